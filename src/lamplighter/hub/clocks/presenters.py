"""The lines of the work list: a verb, a case, a clock and its reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.selectors import Part

EMPTY = {
    "Overdue": "Nothing is overdue.",
    "Today": "Nothing more is due today.",
    "This week": "Nothing more is due this week.",
    "What comes next": "Nothing is due in the next 60 days.",
}


def parts(found: list[Part], user: User) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "name": part.name,
            "lines": [line(clock, user, now) for clock in part.clocks],
            "more": part.more,
            "empty": EMPTY[part.name],
        }
        for part in found
    ]


def line(clock: Clock, user: User, now: dt.datetime) -> dict[str, Any]:
    return {
        "key": clock.key,
        "text": clock.text,
        "case": clock.case.reference,
        "href": page_of(clock),
        "due": clock.due_at,
        "span": span(clock.due_at - now),
        "late": clock.due_at < now,
        "why": clock.why,
        "whose": whose(clock, user),
        "in_place": not clock.page,
    }


def whose(clock: Clock, user: User) -> str:
    if clock.assigned_to_id is None:
        return "Nobody has it yet"
    return "Yours" if clock.assigned_to_id == user.pk else clock.assigned_to.display_name


def span(left: dt.timedelta) -> str:
    """``in 3 hours``, ``2 days late``: whole units, rounded down."""
    seconds = abs(int(left.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {words}" if left.total_seconds() > 0 else f"{words} late"
    return "now"


def page_of(clock: Clock) -> str:
    """Where the work is recorded: the page named by the clock, with its row where the page takes one."""
    case = str(clock.case.key)
    tries = [[case, str(clock.of_key)], [case]] if clock.of_key else [[case]]
    for arguments in tries if clock.page else []:
        try:
            return reverse(clock.page, args=arguments)
        except NoReverseMatch:
            continue
    return reverse("cases:case", args=[case])
