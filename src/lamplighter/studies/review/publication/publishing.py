"""The review for everybody: protected, drawn from protected values only, attacked, and only then released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lamplighter.disclosure import profiles
from lamplighter.disclosure.attack import told
from lamplighter.disclosure.folders import ledger
from lamplighter.disclosure.gate import Blocked, publish
from lamplighter.disclosure.looks import like_parts
from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.tables import Codes, Release
from lamplighter.reporting.folder import report_files
from lamplighter.reporting.html_page import html_page
from lamplighter.studies.review.derived_figures import FILE, as_file, written_down
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.publication.merging import thinned
from lamplighter.studies.review.publication.protected_values import Published
from lamplighter.studies.review.publication.report import report_of
from lamplighter.studies.review.sections.models import SMALLEST_P

NAME = "review"
#: Groups that make up another by chance are asked about in tables from anywhere; these come from one count.
PARTITION = (
    "because a review counts each report in one group, and declares every group that is the sum of others"
)


@dataclass(frozen=True)
class Blank:
    """Nothing may be seen: every figure hidden. What numbers a page still holds then are words of ours."""

    protected: bool = True

    def count(self, table: str, codes: Codes) -> int | None:
        """Hidden."""
        return None

    def curve(self, name: str) -> Sequence[tuple[float, float]] | None:
        """Withheld."""
        return None

    def summary(self, name: str, codes: Codes) -> float | None:
        """Hidden."""
        return None

    def model(self, name: str) -> Mapping[str, float] | None:
        """Withheld."""
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of publishing: whether it left, words for the person who asked, tables the attack broke."""

    passed: bool
    words: str
    tables: tuple[str, ...] = ()


def numbers_of_words(review: Review) -> tuple[float, ...]:
    """Numbers in the report that are no figures: limits, outcome types, years of methods, published figures.

    Found by writing the report with every figure hidden, so a figure that went round the protection would
    be among them: a test holds that they are the same whatever the data.
    """
    from lamplighter.disclosure.attack.texts import numbers_of_page

    page = html_page(report_of(review, Blank()))
    # A page without models does not say how small a p-value may be; the real one does.
    return tuple(sorted(numbers_of_page(page) | {SMALLEST_P}))


def release_of(review: Review, edition: str) -> Release:
    """The tables, curves, medians and models that would leave, with the truth in them."""
    meta = review.cohort.bundle.metadata
    title = f"Review of the response to stalking, {', '.join(meta.force)}"
    plain = review.found.release(NAME, title, edition)
    return replace(plain, quoted={"words": numbers_of_words(review)})


def publish_review(
    review: Review, profile: str, out: Path, earlier: Path | None = None, edition: str = ""
) -> Outcome:
    """Protect, draw, attack, and write into ``out`` what withstood.

    Raises:
        DisclosureError: no such profile, ``out`` is not empty, or the ledger has this edition.
    """
    meta = review.cohort.bundle.metadata
    name = edition or meta.period_to.isoformat()
    rules = profiles.profile(profile, None)
    fit, sentences = thinned(review, rules, name, ledger(earlier))

    def draw(printed: Printed) -> Mapping[str, bytes]:
        with written_down() as entries:
            report = report_of(fit, Published(printed))
        report = replace(report, warnings=(*report.warnings, *sentences))
        return {**report_files(report), FILE: as_file(entries)}

    release = release_of(fit, name)
    answers = {question.key: PARTITION for question in like_parts(release, rules.threshold)}
    outcome = publish(replace(release, answers=answers), rules, out, earlier, draw=draw)
    if isinstance(outcome, Blocked):
        return Outcome(
            passed=False, words=f"Blocked: nothing was released.\n{outcome.words}", tables=outcome.tables
        )
    account = outcome.account
    primary = sum(cell.primary for cell in account.hidden)
    return Outcome(
        passed=True,
        words=(
            f"{account.cells:,} cells: {primary:,} hidden for themselves, "
            f"{len(account.hidden) - primary:,} so "
            f"that those cannot be worked out.\n{told(outcome.attack)}\nReleased into {out}"
        ),
    )
