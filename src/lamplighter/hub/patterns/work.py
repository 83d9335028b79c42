"""Patterns on the work list: a time limit that ends, a review date, a record that a force is to correct."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lamplighter.courses.findings.time_limits import months as limit_months
from lamplighter.courses.findings.time_limits import warn_days
from lamplighter.courses.words import count as spelt
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.permissions import may_accept_lessons, may_see_patterns
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.patterns import configuration, selectors
from lamplighter.hub.patterns.decisions import domestic_abuse, steps, time_limits
from lamplighter.hub.patterns.learning import phrases
from lamplighter.hub.patterns.models import Decision
from lamplighter.reporting.words import count, day


def notices(user: User, team: bool) -> list[Notice]:
    """Return what waits for this person, and with ``team`` for their agency. Nothing of it is in a case."""
    if not may_see_patterns(user):
        return []
    if team:
        return [*_to_correct(user), *_taken_by_nobody(user), *_to_look(user, "Anyone in your team")]
    # A stalking lead answers for how the force records.
    asked = [*_to_correct(user), *_taken_by_nobody(user)] if user.role == Role.STALKING_LEAD else []
    return [*asked, *_to_look(user, "Assigned to you"), *_lessons(user), *_held(user)]


def _lessons(user: User) -> list[Notice]:
    """Return one line for all lessons that others proposed, for whoever may accept them."""
    if not may_accept_lessons(user):
        return []
    found = phrases.to_decide(user)
    if not found:
        return []
    first = timezone.localdate(min(lesson.at for lesson in found))
    what = "what a correction teaches" if len(found) == 1 else f"what {len(found)} corrections teach"
    return [
        Notice(
            text=f"Decide on {what}",
            why="Somebody proposed that the hub learns it. Read what would change, then accept or refuse it.",
            due_at=end_of(first + dt.timedelta(days=configuration.learned_within(first))),
            href=reverse("patterns:lesson", args=[found[0].key])
            if len(found) == 1
            else reverse("patterns:lessons"),
            whose="Assigned to you",
        )
    ]


def _read_otherwise(user: User, ids: list[str]) -> list[Notice]:
    """Patterns of this person that changed by what the hub learned since they last opened them."""
    return [
        Notice(
            text=f"Read how pattern {course_id} changed",
            why="Acts in its reports read otherwise, by what the hub learned or took back. "
            "“How this pattern came to be as it is” says what.",
            due_at=end_of(on + dt.timedelta(days=configuration.learned_within(on))),
            href=reverse("patterns:pattern", args=[course_id]),
            whose="Assigned to you",
        )
        for course_id, on in selectors.read_otherwise(user, ids).items()
    ]


def _to_look(user: User, whose: str) -> list[Notice]:
    """Return one line for all: after an import there can be hundreds."""
    waiting = domestic_abuse.of(user)
    if not waiting:
        return []
    what = "a pattern" if len(waiting) == 1 else f"{len(waiting)} patterns"
    return [
        Notice(
            text=f"Look at {what} of possible domestic or honour-based abuse",
            why="Somebody of a force that recorded it looks at each and records what they did.",
            due_at=end_of(waiting[0].due),
            href=reverse("patterns:list") + "?view=abuse",
            whose=whose,
        )
    ]


def _to_correct(user: User) -> list[Notice]:
    found = steps.open_for(user)
    reference = steps.references(found)
    return [
        Notice(
            text=f"Correct how {reference.get(step.report_id, 'a report')} was recorded",
            why=f"{step.by.display_name} decided that it is part of a course of conduct.",
            due_at=end_of(step.due_on),
            href=reverse("patterns:step", args=[step.key]),
            whose="Anyone in your team",
        )
        for step in found
    ]


def _held(user: User) -> list[Notice]:
    held = (
        selectors.standing()
        .filter(holder_id=user.pk)
        .filter(Q(decided__isnull=True) | ~Q(decided=Decision.Kind.NOT_COURSE))
    )
    ids = list(held.values_list("course_id", flat=True))
    return [*_ending(user, ids), *_reviews(user, ids), *_read_otherwise(user, ids)]


def _reviews(user: User, ids: list[str]) -> list[Notice]:
    return [
        Notice(
            text=f"Review pattern {step.course_id}",
            why="The review date that was set with the decision. Deciding again ends it.",
            due_at=end_of(step.due_on),
            href=reverse("patterns:pattern", args=[step.course_id]),
            whose="Assigned to you",
        )
        for step in steps.reviews_of(user, ids)
    ]


def _ending(user: User, ids: list[str]) -> list[Notice]:
    """The limits of the patterns that are assigned to this person: at each warning until they have opened the
    pattern since, and in the last four weeks in any case."""
    if not ids:
        return []
    today = timezone.localdate()
    ends = time_limits.soon(today, ids, running=True)
    looked = selectors.looked_on(user, ends)
    found = []
    for course_id, ending in ends.items():
        reached = time_limits.passed(ending.act, today, configuration.warnings(today))
        last = ending.days <= warn_days()
        seen = looked.get(course_id)
        if not last and (reached is None or (seen is not None and seen >= reached[1])):
            continue
        found.append(
            Notice(
                text=f"Check the time limit of pattern {course_id}",
                why="Proceedings for a summary-only charge must begin not later than "
                f"{day(ending.on)}, {spelt(limit_months(), 'month')} after the last act with a known "
                "date. The either-way offences have no such limit.",
                due_at=end_of(ending.on if last else reached[1] if reached else ending.on),
                href=reverse("patterns:pattern", args=[course_id]),
                whose="Assigned to you",
            )
        )
    return found


def _taken_by_nobody(user: User) -> list[Notice]:
    """Patterns of a force that nobody has, for whoever answers for how it records; due when the first limit
    ends."""
    today = timezone.localdate()
    free = selectors.standing().filter(
        holder_id=None, flagged=True, decided=None, agencies__contains=[user.agency_id]
    )
    ends = time_limits.soon(today, list(free.values_list("course_id", flat=True)), running=True)
    months = configuration.warnings(today)
    warned = [e for e in ends.values() if time_limits.passed(e.act, today, months)]
    if not warned:
        return []
    first = min(e.on for e in warned)
    one = len(warned) == 1
    return [
        Notice(
            text=f"Assign {count(len(warned), 'pattern')} with a time limit that runs",
            why=f"{'It' if one else 'They'} may be stalking, and nobody has {'it' if one else 'them'}. "
            f"The last act was {months[0]} months ago or more, and the first limit of a summary-only charge "
            f"ends on {day(first)}.",
            due_at=end_of(first),
            href=f"{reverse('patterns:list')}?{urlencode({'limit': 'runs', 'held': 'nobody'})}",
            whose="Anyone in your team",
        )
    ]
