"""Prepare the pages of meetings."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design.environment import long_time
from lamplighter.hub.meetings import selectors
from lamplighter.hub.meetings.agenda.items import Agenda, Item, Section
from lamplighter.hub.meetings.agenda.sources import ATTENDANCE, VICTIM
from lamplighter.hub.meetings.models import Attendance, Line, Meeting, Return
from lamplighter.hub.meetings.services import called, title
from lamplighter.reporting.words import clock, count, day, listed


def in_words(line: Line) -> str:
    """Return a line as one text; of what is to be done who does it, by when, and what would show it."""
    if line.doer is None or line.due_on is None:
        return line.words
    agency = f", {line.doer.agency.name}" if line.doer.agency else ""
    return (
        f"{line.words} ({line.doer.display_name}{agency}, by {day(line.due_on)}. "
        f"What would show it: {line.evidence})"
    )


def when(meeting: Meeting) -> str:
    """``Thursday 3 December 2026, 10am to 11:30am``."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    return f"{starts:%A} {day(starts.date())}, {clock(starts)} to {clock(ends)}"


def state(meeting: Meeting, now: dt.datetime) -> str:
    if meeting.cancelled_at:
        return "Cancelled"
    if meeting.agreed_at:
        return "Minutes agreed"
    if meeting.starts_at <= now <= meeting.ends_at:
        return "Now"
    return "Planned" if meeting.starts_at > now else "Minutes not agreed yet"


def meeting(found: Meeting, now: dt.datetime) -> dict[str, Any]:
    return {
        "key": found.key,
        "title": title(found),
        "called": called(found),
        "when": when(found),
        "place": found.place,
        "chair": found.chair.display_name,
        "state": state(found, now),
        "why": found.cancelled_why,
    }


def facts(found: Meeting) -> list[tuple[str, str]]:
    """Tell what is known of a meeting: no word of a case."""
    told = [
        ("When", when(found)),
        ("Where", found.place or "Not said yet"),
        ("Chair", ", ".join(x for x in (found.chair.display_name, _agency(found.chair)) if x)),
        ("Agencies asked", listed([a.name for a in selectors.agencies(found.agencies)], "and")),
    ]
    if found.asked_at and found.returns_by:
        told.append(("Returns", f"Asked for {long_time(found.asked_at)}, due {long_time(found.returns_by)}"))
    if found.agreed_at:
        told.append(("Minutes", f"Agreed by the chair, {long_time(found.agreed_at)}"))
    if found.cancelled_at:
        told.append(("Cancelled", f"{long_time(found.cancelled_at)}: {found.cancelled_why}"))
    return told


def _agency(user: User) -> str:
    return user.agency.name if user.agency else ""


def attendance(rows: Collection[Attendance]) -> list[dict[str, str]]:
    return [
        {"who": selectors.who_came(row), "agency": row.agency.name, "state": row.get_state_display()}
        for row in rows
    ]


def agenda(found: Agenda, at: Meeting, *, may_order: bool) -> list[dict[str, Any]]:
    """The sections with their items, numbered; what a coordinator may do with each."""
    return [
        {
            "code": section.code,
            "title": section.title,
            "number": number,
            "items": [_item(item, section, at, may_order) for item in section.items],
            "about": section.code == ATTENDANCE,
            "how_many": count(len(section.items), "case"),
        }
        for number, section in enumerate(found.sections, 1)
    ]


def _item(item: Item, section: Section, at: Meeting, may_order: bool) -> dict[str, Any]:
    # What the advocate tells follows the other sections: it has no order of its own.
    may_order = may_order and section.code != VICTIM
    standing = [one for one in section.items if not one.off]
    place = standing.index(item) if item in standing else -1
    return {
        "case": item.case.reference,
        "case_key": item.case.key,
        "href": reverse("meetings:item", args=[item.case.key, at.key]),
        "anchor": f"{section.code}-{item.case.key}",
        "lines": [
            {
                "text": line.text,
                "why": line.why,
                "alarm": line.alarm,
                "badge": badge(line.side),
            }
            for line in item.lines
        ],
        "off": item.off,
        "up": may_order and place > 0,
        "down": may_order and 0 <= place < len(standing) - 1,
        "order": reverse("meetings:order", args=[item.case.key, at.key]) if may_order else "",
        "place": reverse("meetings:place", args=[item.case.key, at.key]) + f"?section={section.code}"
        if may_order
        else "",
    }


def badge(side: str) -> str:
    """Return what marks a line that is not for everybody: it must not be read out."""
    return "" if side == "shared" else side.capitalize()


def of_item(found: Agenda, case: Case) -> list[dict[str, Any]]:
    """Tell what brings a case to the meeting, section by section."""
    return [
        {
            "title": section.title,
            "off": item.off,
            "lines": [
                {"text": one.text, "why": one.why, "alarm": one.alarm, "badge": badge(one.side)}
                for one in item.lines
            ],
        }
        for section, item in found.of_case(case)
    ]


def beside(found: Agenda, case: Case, at: Meeting) -> dict[str, str]:
    """The addresses of the cases before and after this one on the agenda."""
    order = [one.pk for one in found.cases]
    if case.pk not in order:
        return {"previous": "", "next": ""}
    place = order.index(case.pk)

    def href(number: int) -> str:
        there = 0 <= number < len(order)
        return reverse("meetings:item", args=[found.cases[number].key, at.key]) if there else ""

    return {"previous": href(place - 1), "next": href(place + 1)}


def came_of(task: Clock, now: dt.datetime) -> str:
    """Tell how a task of a line stands: what came of it, or how late it is."""
    if task.state != Clock.State.RUNNING:
        ended = day(timezone.localdate(task.ended_at)) if task.ended_at else ""
        return f"{task.get_state_display()}, {ended}: {task.ended_why}".rstrip(": ")
    if task.due_at >= now:
        return "Not done yet"
    days = (timezone.localdate(now) - timezone.localdate(task.due_at)).days
    return f"Overdue by {count(days, 'day')}" if days else "Overdue"


def line(
    row: Line, user: User, at: Meeting, tasks: Mapping[uuid.UUID, Clock], now: dt.datetime
) -> dict[str, Any]:
    """One line of the minutes: who said it and when, on which side, and whether one can correct it."""
    return {
        "key": row.first,
        "kind": row.get_kind_display(),
        "words": in_words(row),
        "struck": row.struck,
        "reason": row.reason,
        "by": ", ".join(x for x in (row.by.display_name if row.by else "", row.owner.name) if x),
        "at": row.said_at,
        "badge": badge(row.partition),
        "late": row.late,
        "task": _task(tasks[row.task], now) if row.task and row.task in tasks else None,
        "mine": row.by_id == user.pk and not at.agreed_at and not row.struck,
    }


def _task(task: Clock, now: dt.datetime) -> dict[str, Any]:
    late = task.state == Clock.State.RUNNING and task.due_at < now
    return {"text": came_of(task, now), "late": late, "href": reverse("clocks:clock", args=[task.key])}


def sent(row: Return) -> dict[str, Any]:
    """One agency's return."""
    parts = [("What is new", row.new), ("What we did", row.did), ("What we ask", row.ask)]
    return {
        "who": row.owner.name,
        "by": ", ".join(x for x in (row.by.display_name if row.by else "", long_time(row.at)) if x),
        "badge": badge(row.partition),
        "parts": [(label, text) for label, text in parts if text],
    }


def of_case(rows: Collection[Line], user: User, now: dt.datetime) -> list[dict[str, Any]]:
    """The lines of a case by meeting, the newest meeting first."""
    tasks = selectors.tasks_of(rows)
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        at = row.meeting
        part = found.setdefault(
            at.pk,
            {"title": title(at), "when": when(at), "key": at.key, "agreed": at.agreed_at, "lines": []},
        )
        part["lines"].append(line(row, user, at, tasks, now))
    return list(found.values())
