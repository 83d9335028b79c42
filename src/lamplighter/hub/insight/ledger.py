"""The ledger of releases: rows of the database, laid out as the folder that the disclosure engine reads.

In the database, so that a copy of the hub has it whole: a ledger that lost a line would let a later release
be subtracted from a forgotten one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lamplighter.hub.insight import folders
from lamplighter.hub.insight.models import Publication, Release

if TYPE_CHECKING:
    from lamplighter.studies.review.engine import Review

OUT, EARLIER = "out", "ledger"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of the attack: whether all withstood, tables that did not, words for the person who asked."""

    passed: bool
    tables: tuple[str, ...]
    words: str


def publish(found: Review, release: Release, work: Path) -> Outcome:
    """Protect and attack against the whole ledger, inside ``work``. Nothing outlives that folder.

    Raises:
        DisclosureError: no such profile, or the ledger has this edition.
    """
    from lamplighter.studies.review.publication.publishing import publish_review

    for publication in Publication.objects.order_by("pk"):
        lay_out(publication.printed, work / EARLIER / publication.edition)
    (work / EARLIER).mkdir(exist_ok=True)
    told = publish_review(found, release.profile, work / OUT, work / EARLIER, release.edition)
    return Outcome(told.passed, told.tables, told.words.replace(str(work / OUT), "the hub"))


def lay_out(printed: dict[str, str], folder: Path) -> None:
    """The files of one line of the ledger."""
    folder.mkdir(parents=True)
    for name, text in printed.items():
        (folder / name).write_text(text, "utf-8")


def enter(release: Release, work: Path) -> Publication:
    """Keep what withstood: its printed tables for the attacks to come, and the archive for its readers."""
    known = set(Publication.objects.values_list("edition", flat=True))
    (line,) = [p for p in (work / EARLIER).iterdir() if p.name not in known]
    review = release.review
    return Publication.objects.create(
        release=release,
        title="Review of the response to stalking",
        period_from=review.period_from,
        period_to=review.period_to,
        profile=release.profile,
        edition=line.name,
        printed={path.name: path.read_text("utf-8") for path in sorted(line.iterdir())},
        archive=folders.zipped(work / OUT),
    )
