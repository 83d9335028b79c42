"""Prepare general business for its pages and for printed minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.meetings.general import selectors, services
from lamplighter.hub.meetings.models import Business, Meeting
from lamplighter.hub.meetings.services import called
from lamplighter.reporting.words import count, day


def words(row: Business) -> str:
    """Return a row as one text: struck out, or with who does it, by when and what would show it."""
    if row.struck_at is not None:
        return f"Struck out: {row.struck_why}"
    if row.doer is None or row.due_on is None:
        return row.words
    agency = f", {row.doer.agency.name}" if row.doer.agency else ""
    return (
        f"{row.words} ({row.doer.display_name}{agency}, by {day(row.due_on)}. "
        f"What would show it: {row.evidence})"
    )


def who(row: Business) -> str:
    return f"{row.by.display_name}, {row.agency.name}"


def state(row: Business, today: dt.date) -> str:
    """Tell what came of what was asked for; nothing where nothing was."""
    if row.doer is None or row.due_on is None or row.struck_at is not None:
        return ""
    if row.done_at is not None:
        return f"Done, {day(timezone.localdate(row.done_at))}: {row.done_words}"
    late = (today - row.due_on).days
    return f"Overdue by {count(late, 'day')}" if late > 0 else "Not done yet"


def line(row: Business, user: User, now: dt.datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    told = state(row, today)

    def address(name: str) -> str:
        return reverse(f"meetings:business_{name}", args=[row.meeting.key, row.key])

    return {
        "key": row.key,
        "kind": row.get_kind_display(),
        "words": words(row),
        "by": who(row),
        "at": row.at,
        "state": told,
        "late": told.startswith("Overdue"),
        "strike": address("strike") if services.may_strike(user, row) else "",
        "done": address("done") if services.may_finish(user, row) else "",
    }


def items(meeting: Meeting, rows: Collection[Business]) -> list[dict[str, Any]]:
    """Return the items of a meeting, each with how much was said on it."""
    said = [row.item_id for row in rows if row.item_id]
    return [
        {
            "words": words(row),
            "by": who(row),
            "href": reverse("meetings:business", args=[meeting.key, row.key]),
            "said": count(said.count(row.pk), "line") if row.pk in said else "",
        }
        for row in rows
        if row.item_id is None
    ]


def carried(meeting: Meeting, now: dt.datetime) -> list[dict[str, Any]]:
    """Return what earlier meetings asked for and is not done, with where it was agreed."""
    today = timezone.localdate(now)
    return [
        {
            "words": words(row),
            "why": f"Agreed in the {called(row.meeting)}. It stays here until it is done.",
            "state": state(row, today),
            "late": row.due_on is not None and row.due_on < today,
            "href": reverse(
                "meetings:business", args=[row.meeting.key, row.item.key if row.item else row.key]
            ),
        }
        for row in selectors.carried_over(meeting)
    ]
