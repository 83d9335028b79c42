"""The court bundle of a case: issued papers and exhibits as one file, and the checks that it must pass."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from lamplighter.hub.cases.models import Case
from lamplighter.hub.papers import rules, selectors
from lamplighter.hub.papers.contents import exhibits
from lamplighter.hub.papers.files import drawing
from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.papers.policies import as_at, issued, withdrawn
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.papers import outline as outlines
from lamplighter.reporting.papers.bundle import Part, assembled
from lamplighter.reporting.papers.bundle_checks import Check, checked
from lamplighter.reporting.papers.tagged_pdf import paper_pdf
from lamplighter.reporting.words import day

KIND = "bundle"


def choices(case: Case, now: dt.datetime) -> list[tuple[str, str]]:
    """Return what can go into a bundle: issued papers with nothing sealed, and exhibits, in their order."""
    rows = [row for row in selectors.papers(case) if _goes(row)]
    rows.sort(key=lambda row: (KINDS[row.kind].order, row.at))
    found = [(f"paper:{row.key}", _title(row)) for row in rows]
    held = [e for e in exhibits.of_case(case, now) if e.has_pages]
    return found + [(f"exhibit:{e.key}", f"Exhibit {e.number}: {e.title}") for e in held]


def _goes(row: Paper) -> bool:
    """Leave out what was not issued, what says too much for everybody who reads a bundle, and bundles."""
    kind = KINDS.get(row.kind)
    if kind is None or kind.plain or row.kind == KIND or not issued(row) or withdrawn(row):
        return False
    return not outlines.sealed(drawing.outline(row))


def _title(row: Paper) -> str:
    kind = KINDS[row.kind]
    called = dict(kind.versions)[row.for_whom]
    told = f", {called[:1].lower()}{called[1:]}" if called else ""
    return f"{kind.title}{told}{as_at(row)}, version {row.number}"


def parts(case: Case, chosen: Sequence[str], now: dt.datetime) -> list[Part]:
    """Return the documents, each as its pages. Raises ``NotPossibleError`` for one that is there no more."""
    held = {f"exhibit:{e.key}": e for e in exhibits.of_case(case, now)}
    found = []
    for one in chosen:
        if one in held:
            e = held[one]
            try:
                drawn = exhibits.pages(case, e.key)
            except NotPossibleError as refusal:
                raise NotPossibleError(f"Exhibit {e.number}: {refusal}", "parts") from refusal
            found.append(Part(f"Exhibit {e.number}: {e.title}", drawn, picture=True))
        elif one.startswith("paper:") and (row := _paper(case, one.removeprefix("paper:"))):
            found.append(Part(_title(row), paper_pdf(drawing.outline(row))))
        else:
            raise NotPossibleError(
                "A document of the bundle was withdrawn, or you may not read it any more. Begin a "
                "new bundle.",
                "parts",
            )
    return found


def _paper(case: Case, key: str) -> Paper | None:
    rows = Paper.objects.filter(case=case, key=uuid.UUID(key)).select_related(*selectors.RELATED)
    found = rows.first()
    return found if found is not None and _goes(found) else None


def file_and_checks(
    case: Case,
    front: outlines.Paper,
    given: dict[str, Any],
    *,
    name: str,
    hidden: frozenset[str],
    before: Sequence[int],
    now: dt.datetime,
) -> tuple[bytes, list[Check]]:
    """Return the bundle, and what the eight checks say of it."""
    documents = parts(case, given["parts"], now)
    made = assembled(front, documents, given["starts"])
    most = int(rules.one("bundle", timezone.localdate(now)).extra["most_dpi"])
    found = checked(made, documents, given["starts"], name=name, hidden=hidden, before=before, most_dpi=most)
    return made, found


def front(given: dict[str, Any], paper: outlines.Paper, index: outlines.Blocks) -> outlines.Paper:
    """Return the front sheet and index."""
    rows = (
        ("Court", given["court"]),
        ("Case", paper.reference.removeprefix("Case ")),
        ("Made", day(timezone.localdate(paper.as_at))),
    )
    return replace(paper, blocks=(outlines.Facts(rows), outlines.Heading("Index"), *index))
