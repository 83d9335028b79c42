"""Describe the reports of a case for pages, history and work list. No word of a report, no name."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.urls import reverse

from lamplighter.courses.coding.severity import step_of
from lamplighter.courses.summaries import labels
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_patterns
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import policies
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.patterns.hooks import Named
from lamplighter.reporting.words import count, day, listed, when
from lamplighter.vocabulary.codes import code_set

BREACH = "breach"


def joined(row: CaseReport) -> str:
    """Return the line of the history for a report that joined."""
    return f"New report: {_in_short(row)}"


def left(row: CaseReport, why: str) -> str:
    """Return the line of the history for a report that left."""
    if why == CaseReport.Ended.WITHDRAWN:
        return f"Report withdrawn: {_in_short(row)}"
    return f"No longer a report of this case, found to be about somebody else: {_in_short(row)}"


def _in_short(row: CaseReport) -> str:
    parts = (_recorded(row), _date(row), _agency(row))
    return ", ".join(p for p in parts if p)


def in_a_line(row: CaseReport) -> str:
    """Return an incident in a line, for whoever cites it: what it was, when, whose, and what was done."""
    told = f": {acts}" if (acts := _acts(row)) else ""
    return f"{_upper(_in_short(row))}{told}"


def detail(row: CaseReport) -> str:
    """Return what the history says below: what was done, or whom to ask."""
    if not row.rule:
        return f"Ask {_agency(row)} what it says."
    return f"{told}." if (told := _acts(row)) else ""


def why(rows: Sequence[CaseReport]) -> str:
    """Return what a task comes from."""
    if len(rows) == 1:
        return f"A report joined this case: {_in_short(rows[0])}."
    names = listed(sorted({_agency(r) for r in rows}))
    return f"{_upper(count(len(rows), 'report'))} joined this case, from {names}."


def _recorded(row: CaseReport) -> str:
    known = code_set("offence_groups").codes
    title = known[row.recorded_as].title if row.recorded_as in known else ""
    return f"recorded as {title[0].lower()}{title[1:]}" if title else ""


def _date(row: CaseReport) -> str:
    if row.happened_at and row.precision != "not_known":
        rough = row.precision in ("month", "year")
        return when(row.happened_at, None, row.precision) if rough else day(row.happened_at)
    return f"date not known, reported on {day(row.reported_at)}" if row.reported_at else "date not known"


def _agency(row: CaseReport) -> str:
    return agency_names().get(row.agency, row.agency)


def _acts(row: CaseReport) -> str:
    known = code_set("behaviours").codes
    # The gravest first: who reads it at night may read no further.
    told = sorted((a for a in row.acts if a in known), key=step_of, reverse=True)
    return labels.acts(told) if told else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def rows(
    found: Sequence[CaseReport],
    user: User,
    unread: Collection[str] = (),
    beside: Mapping[uuid.UUID, Sequence[Named]] | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of the page "Reports"; ``beside``: what other contexts hold of each."""
    names = agency_names()
    words = may_see_patterns(user)
    return [
        {
            "when": when(r.happened_at, None, r.precision or None)
            if r.happened_at and r.precision != "not_known"
            else "Date not known",
            "reported": day(r.reported_at) if r.reported_at else "",
            "recorded_as": _upper(_recorded(r).removeprefix("recorded as ")),
            "agency": names.get(r.agency, r.agency),
            "shared": bool(r.rule),
            "acts": _acts(r),
            "limbs": labels.limbs([x for x in r.limbs if x in labels.LIMBS]),
            "breach": BREACH in r.acts,
            "joined": day(r.since) if r.news else "",
            "new": str(r.key) in unread,
            "href": reverse("intake:report", args=[r.report_key]) if words else "",
            "key": r.report_key,
            "beside": (beside or {}).get(r.report_key, ()),
        }
        for r in found
    ]


def named(found: Sequence[Case]) -> list[Named]:
    """Return the cases as links."""
    return [Named(f"Case {c.reference}", reverse("cases:case", args=[c.key])) for c in found]


def told(found: Sequence[CaseReport]) -> list[Named]:
    """Return the cases that were told of a report, each with a sentence about it."""
    status = cases.statuses([row.case for row in found])
    return [
        Named(
            f"Case {row.case.reference}",
            reverse("arrivals:reports", args=[row.case.key]),
            f"is {_state(status.get(row.case_id))}; everybody on it has been told.",
        )
        for row in found
    ]


def _state(status: Any) -> str:
    if status is None or status.name not in policies.OVER:
        return "open"
    return f"no longer open ({status.get_name_display().lower()})"


def line(row: dict[str, Any]) -> str:
    """Return one row of :func:`rows` in a line."""
    if not row["shared"]:
        return f"{row['agency']}. Ask them what it says."
    return ". ".join(p for p in (row["recorded_as"], row["agency"], row["acts"]) if p) + "."


def item(row: dict[str, Any]) -> dict[str, Any]:
    """Return one row of :func:`rows` as a line of the timeline."""
    told = f"{row['agency']}, reported {row['reported']}" if row["reported"] else row["agency"]
    return {
        "day": row["when"],
        "title": f"Incident, recorded as {row['recorded_as'].lower()}" if row["recorded_as"] else "Incident",
        "by": f"{told}. Joined this case on {row['joined']}" if row["joined"] else told,
        "body": f"{row['acts'] or 'No act is recorded'}."
        if row["shared"]
        else f"Not shared with the case. Ask {row['agency']}.",
        "alarm": "Breach" if row["breach"] else "",
        "href": row["href"],
        "strong": True,
    }
