"""Prepare the pages of papers, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases import presenters as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design.environment import long_time
from lamplighter.hub.legal_bases.rules import RULES as BASES
from lamplighter.hub.papers.files import drawing
from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.papers.policies import as_at, issued, withdrawn
from lamplighter.reporting.papers import outline as outlines
from lamplighter.reporting.papers.bundle_checks import TITLES

NOT_ANY_MORE = "A kind of paper that this version of the hub does not make"
by = cases.by


def state(row: Paper) -> str:
    if gone := withdrawn(row):
        return f"Withdrawn {long_time(gone.at)}"
    out = issued(row)
    return f"Issued {long_time(out.at)}" if out else "Draft"


def called(row: Paper) -> str:
    """Return what a version is called on pages."""
    kind = KINDS.get(row.kind)
    if kind is None:
        return NOT_ANY_MORE
    for_whom = dict(kind.versions).get(row.for_whom, "")
    told = f", {for_whom[:1].lower()}{for_whom[1:]}" if for_whom else ""
    return f"{kind.title}{told}{as_at(row)}"


def line(row: Paper, case: Case) -> dict[str, Any]:
    """One version on the list."""
    known = row.kind in KINDS
    return {
        "title": called(row),
        "version": row.number,
        "state": state(row).partition(" ")[0],
        "since": state(row).partition(" ")[2],
        "issued": issued(row) is not None and withdrawn(row) is None,
        "made": f"{long_time(row.at)}, {by(row)}",
        "href": reverse("papers:paper", args=[case.key, row.key]) if known else "",
        "badge": "" if row.partition == "shared" else f"{row.get_partition_display()} only",
    }


def readers(user: User, partition: str, on_case: Sequence[Agency]) -> str:
    return form_readers.readers(partition, user.agency, on_case)


def issue(row: Paper) -> list[tuple[str, str]]:
    """Return who had it, on what basis, and by which numbers each form is known again."""
    out = issued(row)
    if out is None:
        return []
    rows = [
        ("Issued", f"{long_time(out.at)}, {by(out)}"),
        ("To whom", out.recipient),
        ("Legal basis", BASES.title("basis", out.basis)),
        ("Why", out.why),
    ]
    return rows + [
        (f"SHA-256 of the {drawing.NAMES.get(f, 'front sheet')}", d) for f, d in sorted(out.digests.items())
    ]


def is_changed(row: Paper) -> bool:
    """Tell whether words were taken out of a version after it was made."""
    return outlines.digest(outlines.from_json(row.outline, row.at)) != row.digest


def checks(row: Paper) -> list[dict[str, Any]]:
    """Return the eight checks of a bundle, as they were when it was made."""
    held = row.given.get("checks", []) if isinstance(row.given, dict) else []
    return [{"title": TITLES.get(c, c), "passed": passed, "found": found} for c, passed, found in held]


def blocks(paper: outlines.Paper) -> list[dict[str, Any]]:
    """Return the blocks for the template, each with its code."""
    held: list[dict[str, Any]] = outlines.as_json(paper)["blocks"]
    return held
