"""Show what a second rater is asked, on their own list and nobody else's: the author does not learn of it."""

from __future__ import annotations

from django.urls import reverse

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.clocks.notices import Count, Notice
from lamplighter.hub.risk import rules, selectors
from lamplighter.reporting.words import count


def notices(user: User, team: bool) -> list[Notice]:
    if team or not may_see_cases(user):
        return []
    return [
        Notice(
            text=rules.title("limit", "blind"),
            why="You were chosen at random. One assessment is not shown to you until you have judged.",
            due_at=ask.due_at,
            href=reverse("risk:rate", args=[ask.case.key]),
            whose="You alone",
            case=ask.case.reference,
        )
        for ask in selectors.asked_to_rate(user)
    ]


def counts(user: User) -> list[Count]:
    """Count what nobody could be asked to judge blind, for coordinators. Of their own they do not learn."""
    if user.role != Role.COORDINATOR or not (found := len(selectors.nobody_found())):
        return []
    text = f"Nobody could be asked to judge {count(found, 'assessment')} of risk a second time."
    return [Count(text, reverse("risk:agreement"), "See the cases")]
