"""Patterns on the work list of whoever holds them: a time limit that ends."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_patterns
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.patterns import limits, selectors
from lamplighter.hub.patterns.models import Decision
from lamplighter.reporting.words import day


def notices(user: User, team: bool) -> list[Notice]:
    """Return what waits for this person, from four weeks before. Nothing of it is in a case."""
    if team or not may_see_patterns(user):
        return []
    held = (
        selectors.standing()
        .filter(holder_id=user.pk)
        .filter(Q(decided__isnull=True) | ~Q(decided=Decision.Kind.NOT_COURSE))
    )
    ids = list(held.values_list("course_id", flat=True))
    if not ids:
        return []
    return [
        Notice(
            text=f"Check the time limit of pattern {course_id}",
            why=f"A summary-only charge must be laid by {day(ending.on)}, six months after the last act "
            "with a known date. The either-way offences have no such limit.",
            due_at=end_of(ending.on),
            href=reverse("patterns:pattern", args=[course_id]),
            whose="Yours",
        )
        for course_id, ending in limits.soon(timezone.localdate(), ids).items()
    ]
