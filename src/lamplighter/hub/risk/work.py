"""Show what a second rater is asked, on their own list and nobody else's: the author does not learn of it."""

from __future__ import annotations

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.clocks.notices import Notice
from lamplighter.hub.risk import rules, selectors


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
