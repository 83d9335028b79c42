"""Summarise the pattern of a case for those who may read patterns: its sentence and its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_patterns
from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.patterns import presenters
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.one_pattern import timeline
from lamplighter.hub.patterns.one_pattern.selectors import read

LATEST = 12  # incidents beside the form; all of them are on the page of the pattern


@dataclass(frozen=True, slots=True)
class Pattern:
    """``items`` are the latest parts of the timeline, in order; ``left`` is how many come before them."""

    course_id: str
    sentence: str
    items: list[dict[str, Any]]
    left: int


def pattern(user: User, case: Case) -> Pattern | None:
    """Return the standing pattern of the two people of the case; ``None`` where there is none to read."""
    course = _course(case) if may_see_patterns(user) else None
    if course is None:
        return None
    reading = read(course)
    items = timeline.items(reading)
    return Pattern(
        course.course_id,
        presenters.sentence(reading),
        items[-LATEST:],
        sum(1 for item in items[:-LATEST] if "gap" not in item),
    )


def _course(case: Case) -> Course | None:
    standing = Course.objects.filter(superseded_at=None)
    if case.course_id and (found := standing.filter(course_id=case.course_id).first()):
        return found
    people = {party.side: party for party in selectors.parties(case) if party.person_id}
    if len(people) < len(Party.Side):
        return None
    who = selectors.who_they_are(people.values())
    ids = {
        side: [known for known, now in who.items() if now == who[party.person_id]]
        for side, party in people.items()
    }
    both = Q(victim_person__in=ids[Party.Side.VICTIM], suspect_person__in=ids[Party.Side.SUSPECT])
    return standing.filter(both).order_by("-last_at", "pk").first()
