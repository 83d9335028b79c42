"""The lines of the work list: a verb, a case, a clock and its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import Notice
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.my_work import policies
from lamplighter.hub.my_work.selectors import Part

EMPTY = {
    "Overdue": "Nothing is overdue.",
    "Today": "Nothing more is due today.",
    "This week": "Nothing more is due this week.",
    "Next steps": "Nothing is due in the next 60 days.",
    "Overdue before that day": "Nothing was overdue.",
    "Due that day": "Nothing that was due that day was left undone.",
    "Later that week": "Nothing more was due that week.",
    "What came next": "Nothing was due in the 60 days after it.",
}


def past_parts(found: list[Part], user: User, as_at: dt.datetime) -> list[dict[str, Any]]:
    """The parts of the list as it was then. Each line leads to its case as it was then."""
    made = parts(found, user, now=as_at)
    day = f"?as_at={timezone.localdate(as_at).isoformat()}"
    for part, told in zip(found, made, strict=True):
        for clock, line in zip(part.clocks, told["lines"], strict=True):
            line["href"] = reverse("cases:case", args=[clock.case.key]) + day
            line["since_then"] = since_then(clock)
    return made


def since_then(clock: Clock) -> str:
    """Describe the outcome of a task, in words."""
    if clock.ended_at is None:
        return "It has not ended yet."
    words = {Clock.State.DONE: "Done", Clock.State.CANCELLED: "Taken off the list"}
    return f"{words[Clock.State(clock.state)]} on {day_of(clock.ended_at)}."


def day_of(moment: dt.datetime) -> str:
    return long_date(timezone.localdate(moment))


def parts(
    found: list[Part],
    user: User,
    advice: Mapping[int, str] | None = None,
    now: dt.datetime | None = None,
) -> list[dict[str, Any]]:
    """The parts of the list, each with its clocks and notices in the order of their moments."""
    now = now or timezone.now()
    return [
        {
            "name": part.name,
            "word": part.word,
            "lines": sorted(
                [
                    *(line(clock, user, now, (advice or {}).get(clock.pk, "")) for clock in part.clocks),
                    *(notice_line(n, now) for n in part.notices),
                ],
                key=lambda told: told["due"],
            ),
            "more": part.more,
            "empty": EMPTY[part.name],
        }
        for part in found
    ]


def line(clock: Clock, user: User, now: dt.datetime, advice: str = "") -> dict[str, Any]:
    return {
        "key": clock.key,
        "text": clock.text,
        "case_key": clock.case.key,
        "case": clock.case.reference,
        "href": page_of(clock, user),
        "due": clock.due_at,
        "span": span(clock.due_at - now),
        "late": clock.due_at < now,
        "why": clock.why,
        "advice": advice,
        "whose": whose(clock, user),
        "mine": clock.assigned_to_id == user.pk,
        "own": clock.owner_id == user.agency_id,
        # Its page ends it; or Done does, with what came of it.
        "by_done": not clock_selectors.ends_on_a_page(clock) and policies.may_end(user, clock),
    }


def notice_line(notice: Notice, now: dt.datetime) -> dict[str, Any]:
    """A line without a clock: it is done on its own page, and nobody takes it or gives it away."""
    return {
        "key": None,
        "text": notice.text,
        "case_key": None,
        "case": notice.case,
        "href": notice.href,
        "due": notice.due_at,
        "span": span(notice.due_at - now),
        "late": notice.due_at < now,
        "why": notice.why,
        "advice": "",
        "whose": notice.whose,
        "mine": False,
        "own": False,
        "by_done": False,
    }


def whose(clock: Clock, user: User) -> str:
    if clock.assigned_to_id == user.pk:
        return "Assigned to you"
    if clock.assigned_to is None:
        own = clock.owner_id == user.agency_id
        return "Anyone in your team" if own else f"Anyone in {clock.owner.name}"
    return f"Assigned to {clock.assigned_to.display_name}"


def span(left: dt.timedelta) -> str:
    """``In 3 hours``, ``Overdue by 2 days``: whole units, rounded down."""
    seconds = abs(int(left.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"In {words}" if left.total_seconds() > 0 else f"Overdue by {words}"
    return "Due now"


def page_of(clock: Clock, user: User) -> str:
    """Return where the work is recorded: the page named by the clock, with its row where the page takes one.

    The case, for somebody whose role does not open that page: no line leads to a refusal.
    """
    case = str(clock.case.key)
    tries = [[case, str(clock.of_key)], [case]] if clock.of_key else [[case]]
    for arguments in tries if clock.page else []:
        try:
            address = reverse(clock.page, args=arguments)
        except NoReverseMatch:
            continue
        may = getattr(resolve(address).func, "permission", None)
        if may is None or may(user):
            return address
    return reverse("cases:case", args=[case])


def given(found: list[Clock], user: User, now: dt.datetime) -> list[dict[str, Any]]:
    """The tasks that somebody gave: with whom they are, or who ended them and what came of it."""
    return [
        line(clock, user, now)
        | {
            "running": clock.state == Clock.State.RUNNING,
            "with": clock.assigned_to.display_name if clock.assigned_to else "Nobody",
            "ended": long_time(clock.ended_at) if clock.ended_at else "",
            "how": clock.get_state_display(),
            "by": clock.ended_by.display_name if clock.ended_by else "",
            "outcome": clock.ended_why,
        }
        for clock in found
    ]


def ended(clock: Clock) -> dict[str, Any]:
    """Return an ended task as a line of the timeline of its case."""
    how = "Done" if clock.state == Clock.State.DONE else "Not needed any more"
    by = clock.ended_by.display_name if clock.ended_by else ""
    return {
        "when": clock.ended_at,
        "title": f"{how}: {clock.text}",
        "by": ", ".join(x for x in (by, clock.owner.name) if x),
        "body": clock.ended_why,
        "badge": "" if clock.partition == "shared" else clock.get_partition_display(),
        "href": reverse("clocks:clock", args=[clock.key]),
    }
