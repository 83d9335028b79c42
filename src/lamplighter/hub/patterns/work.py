"""Patterns on the work list: a time limit that ends, a review date, a record that a force is to correct."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.permissions import may_see_patterns
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.patterns import abuse, limits, selectors, steps
from lamplighter.hub.patterns.models import Decision
from lamplighter.reporting.words import day


def notices(user: User, team: bool) -> list[Notice]:
    """Return what waits for this person, and with ``team`` for their agency. Nothing of it is in a case."""
    if not may_see_patterns(user):
        return []
    if team:
        return [*_to_correct(user), *_to_look(user, "Anyone in your team")]
    # A stalking lead answers for how the force records.
    asked = _to_correct(user) if user.role == Role.STALKING_LEAD else []
    return [*asked, *_to_look(user, "Assigned to you"), *_held(user)]


def _to_look(user: User, whose: str) -> list[Notice]:
    """Return one line for all: after an import there can be hundreds."""
    waiting = abuse.of(user)
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
    return [*_ending(ids), *_reviews(user, ids)]


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


def _ending(ids: list[str]) -> list[Notice]:
    if not ids:
        return []
    return [
        Notice(
            text=f"Check the time limit of pattern {course_id}",
            why=f"A summary-only charge must be laid by {day(ending.on)}, six months after the last act "
            "with a known date. The either-way offences have no such limit.",
            due_at=end_of(ending.on),
            href=reverse("patterns:pattern", args=[course_id]),
            whose="Assigned to you",
        )
        for course_id, ending in limits.soon(timezone.localdate(), ids).items()
    ]
