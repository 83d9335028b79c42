"""Prepare actions for their pages and for the table that goes into a return."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import Role, User
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
MEANINGS: Mapping[str, str] = {
    verdicts.NO_RESPONSE: "The agency has said nothing of it here. Silence is late from the due date on.",
    verdicts.ACCEPTED: "The agency says that it does it, or will.",
    verdicts.REJECTED: "The agency says that it will not do it.",
    verdicts.CLAIMED: "The agency says that it is done. No finding that counts says so.",
    verdicts.EVIDENCED: "A finding shows that it is done, and a second person agrees.",
    verdicts.CONTRADICTED: "It was said or shown to be done, and a newer finding says that it is not.",
    verdicts.LAPSED: "It was accepted, its date passed, and the agency has said nothing for a year since.",
}
REMOVED = "Removed action"
ENDED = {Entry.Kind.ENDED: "Not needed any more", Entry.Kind.STRUCK: "Should not have been added"}
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
    "Ended on",
)


def status(found: Stands) -> str:
    """Return how an action stands, in words."""
    if found.ended is not None:
        return ENDED[Entry.Kind(found.ended.kind)]
    return WORDS[found.standing.status]


def title(found: Stands) -> str:
    """Return what is to be done; nothing of what should not have been added."""
    return REMOVED if found.struck else found.action.title


def row(found: Stands) -> dict[str, Any]:
    """Return an action as a line of the list."""
    return {
        "href": reverse("improvement:action", args=[found.action.key]),
        "title": title(found),
        "agency": found.action.agency.name,
        "owner": found.owner.display_name if found.owner else "Nobody yet",
        "due": found.action.due_on,
        "later": None if found.ended else found.later,
        "status": status(found),
        "ended": found.ended is not None,
        "late": count(found.late, "day") if found.late else "",
    }


def page(found: Stands, user: User) -> dict[str, Any]:
    """Return an action with its entries as its page shows them."""
    open_ = found.ended is None
    writes = permissions.may_write_improvement(user)
    coordinates = user.role == Role.COORDINATOR
    speaks = writes and open_ and (user.agency_id == found.action.agency_id or coordinates)
    kept = {Entry.Kind.CHECK, Entry.Kind.WITHDRAWN}
    return {
        "action": found.action,
        "title": title(found),
        "rule": REMOVED if found.struck else found.action.rule,
        "comes_from": "" if found.struck else found.action.comes_from,
        "status": status(found),
        "why": "" if found.ended else found.standing.why.partition(": ")[0].rstrip("."),
        "owner": who(found.owner) if found.owner else "Nobody yet",
        "later": None if found.ended else found.later,
        "late": count(found.late, "day") if found.late else "",
        "entries": [_entry(found, e, user, writes) for e in found.entries if e.kind not in kept],
        "says": speaks,
        "writes": writes and open_,
        "ends": coordinates and open_,
    }


def _entry(found: Stands, entry: Entry, user: User, writes: bool) -> dict[str, Any]:
    gone, check = found.withdrawn(entry), found.check(entry)

    def address(name: str) -> str:
        return reverse(f"improvement:{name}", args=[found.action.key, entry.key])

    # What was ended is as it is, but that its end can be withdrawn.
    ends = entry.kind in Entry.ENDS
    open_ = gone is None and writes and (ends or found.ended is None)
    finding = entry.kind == Entry.Kind.FINDING
    return {
        "what": found_words(entry) if finding else _what(entry),
        "on": entry.on,
        "new_date": entry.new_date,
        "words": "" if gone or (found.struck and not ends) else entry.words,
        "gone": f"Withdrawn on {day(timezone.localdate(gone.at))}: {gone.words}" if gone else "",
        "by": who(entry.by),
        "check": "" if gone or check is None else _check(check, hidden=found.struck),
        "waits": finding and check is None and gone is None and found.ended is None,
        "check_href": address("check")
        if open_ and finding and check is None and entry.by_id != user.pk
        else "",
        "withdraw_href": address("withdraw")
        if gone is None
        and writes
        and entry.to_id is None
        and (entry.by_id == user.pk or user.role == Role.COORDINATOR)
        else "",
    }


def found_words(finding: Entry) -> str:
    """Return what a finding found."""
    return f"Finding: {finding.get_found_display()}"


def about(entry: Entry) -> str:
    """Return an entry as it is put before whoever checks or withdraws it."""
    what = found_words(entry) if entry.kind == Entry.Kind.FINDING else _what(entry)
    return f"{what}, {day(entry.on)}. “{entry.words}”"


def _what(entry: Entry) -> str:
    return f"{who(entry.to)} answers for it" if entry.to else entry.get_kind_display()


def who(user: User) -> str:
    """Return somebody with their agency, for pages of the hub. What leaves the hub names nobody."""
    return f"{user.display_name}, {user.agency.name}" if user.agency else user.display_name


def _check(check: Entry, *, hidden: bool) -> str:
    said = "agrees" if check.agrees else "does not agree"
    return f"{who(check.by)} {said}, {day(check.on)}" + (f": {check.words}" if not hidden else ".")


def table(rows: Iterable[Stands]) -> str:
    """Return actions as CSV for a return, such as a force's self-inspection: no name of anybody is in it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([safe(str(cell)) for cell in _cells(found)] for found in rows)
    return out.getvalue()


def _cells(found: Stands) -> Iterable[str | int | dt.date]:
    said = max((e for e in found.stand if e.kind in Entry.SAID), key=lambda e: (e.on, e.pk), default=None)
    finding = max((e for e, _ in found.agreed), key=lambda e: (e.on, e.pk), default=None)
    action = found.action
    return (
        title(found),
        action.agency.name,
        "" if found.struck else action.comes_from,
        timezone.localdate(action.at),
        action.due_on,
        found.later or "",
        status(found),
        slipped(found),
        "" if found.struck else action.rule,
        said.on if said else "",
        said.get_kind_display() if said else "",
        finding.on if finding else "",
        finding.get_found_display() if finding else "",
        timezone.localdate(found.ended.at) if found.ended else "",
    )


def slipped(found: Stands) -> int:
    """Return the days from the first due date until it was said or shown to be done, or until now."""
    return found.late or found.standing.slipped or 0
