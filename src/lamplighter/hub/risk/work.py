"""Show what a second rater is asked, on their own list and nobody else's: the author does not learn of it."""

from __future__ import annotations

from django.urls import reverse

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.clocks.notices import Count, Notice
from lamplighter.hub.risk import rules, selectors
from lamplighter.hub.risk.models import BlindDecline
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
    """Count for coordinators whom nobody could be asked about, and who knows somebody in a case.

    Of what they assessed themselves they do not learn.
    """
    if user.role != Role.COORDINATOR:
        return []
    found: list[Count] = []
    page = reverse("risk:agreement")
    if nobody := len(selectors.nobody_found()):
        text = f"Nobody could be asked to judge {count(nobody, 'assessment')} of risk a second time."
        found.append(Count(text, page, "See the cases"))
    if knows := sum(row.why == BlindDecline.Why.KNOWS for row in selectors.declined()):
        people = count(knows, "person", "people")
        text = f"{people} who can open a case declined to judge it: they know somebody in it."
        found.append(Count(text, page, "See who, and block them"))
    return found
