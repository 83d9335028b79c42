"""Prepare actions for their pages and for the table that goes into a return."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.improvement import permissions
from lamplighter.hub.improvement.models import Entry
from lamplighter.hub.improvement.selectors import Stands
from lamplighter.reporting.csv_files import safe
from lamplighter.reporting.words import count, day
from lamplighter.studies.register import verdicts

WORDS: Mapping[str, str] = {
    **verdicts.WORDS,
    verdicts.NO_RESPONSE: "No answer yet",
    verdicts.ACCEPTED: "Under way",
    verdicts.REJECTED: "It will not be done",
    verdicts.LAPSED: "Nothing said for a year",
}
HEADINGS = (
    "Action",
    "Agency",
    "Comes from",
    "Added on",
    "Due on",
    "Later date",
    "Status",
    "Days after the due date",
    "What would show it",
    "Last said on",
    "Last said",
    "Finding of",
    "Finding",
)


def row(found: Stands) -> dict[str, Any]:
    """Return an action as a line of the list."""
    return {
        "href": reverse("improvement:action", args=[found.action.key]),
        "title": found.action.title,
        "agency": found.action.agency.name,
        "due": found.action.due_on,
        "status": WORDS[found.standing.status],
        "late": count(found.late, "day") if found.late else "",
    }


def page(found: Stands, user: User) -> dict[str, Any]:
    """Return an action with its entries as its page shows them."""
    writes = permissions.may_write_improvement(user)
    return {
        "action": found.action,
        "status": WORDS[found.standing.status],
        "late": count(found.late, "day") if found.late else "",
        "entries": [
            _entry(found, e, user, writes)
            for e in found.entries
            if e.kind not in (Entry.Kind.CHECK, Entry.Kind.WITHDRAWN)
        ],
        "writes": writes,
    }


def _entry(found: Stands, entry: Entry, user: User, writes: bool) -> dict[str, Any]:
    gone, check = found.withdrawn(entry), found.check(entry)

    def address(name: str) -> str:
        return reverse(f"improvement:{name}", args=[found.action.key, entry.key])

    open_ = gone is None and writes
    finding = entry.kind == Entry.Kind.FINDING
    return {
        "what": f"Finding: {entry.get_found_display()}" if finding else entry.get_kind_display(),
        "on": entry.on,
        "new_date": entry.new_date,
        "words": "" if gone else entry.words,
        "gone": f"Withdrawn on {day(timezone.localdate(gone.at))}: {gone.words}" if gone else "",
        "by": _who(entry),
        "check": "" if gone or check is None else _check(check),
        "waits": finding and check is None and gone is None,
        "check_href": address("check")
        if open_ and finding and check is None and entry.by_id != user.pk
        else "",
        "withdraw_href": address("withdraw")
        if open_ and (entry.by_id == user.pk or user.role == "coordinator")
        else "",
    }


def _who(entry: Entry) -> str:
    return f"{entry.by.display_name}, {entry.by.agency.name}" if entry.by.agency else entry.by.display_name


def _check(check: Entry) -> str:
    said = "agrees" if check.agrees else "does not agree"
    return f"{_who(check)} {said}, {day(check.on)}: {check.words}"


def table(rows: Iterable[Stands]) -> str:
    """Return actions as CSV for a return, such as a force's self-inspection: no name of anybody is in it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([safe(str(cell)) for cell in _cells(found)] for found in rows)
    return out.getvalue()


def _cells(found: Stands) -> Iterable[str | int | dt.date]:
    stand = [e for e in found.entries if found.withdrawn(e) is None]
    said = max((e for e in stand if e.kind in Entry.SAID), key=lambda e: (e.on, e.pk), default=None)
    moved = max((e.new_date for e in stand if e.new_date), default=None)
    agreed = [
        e
        for e in stand
        if e.kind == Entry.Kind.FINDING and (check := found.check(e)) is not None and check.agrees
    ]
    finding = max(agreed, key=lambda e: (e.on, e.pk), default=None)
    action = found.action
    return (
        action.title,
        action.agency.name,
        action.comes_from,
        timezone.localdate(action.at),
        action.due_on,
        moved or "",
        WORDS[found.standing.status],
        found.late or found.standing.slipped or 0,
        action.rule,
        said.on if said else "",
        said.get_kind_display() if said else "",
        finding.on if finding else "",
        finding.get_found_display() if finding else "",
    )
