"""Unsure matches on the work list of coordinators: how many wait for a decision."""

from __future__ import annotations

from django.urls import reverse

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.permissions import may_decide_links
from lamplighter.hub.clerical_review import unsure_matches
from lamplighter.hub.clocks.notices import Count
from lamplighter.reporting.words import count


def counts(user: User) -> list[Count]:
    """Return how many wait. Stalking leads and investigators find the list beside the patterns."""
    if user.role != Role.COORDINATOR or not may_decide_links(user):
        return []
    waiting = unsure_matches.how_many()
    if not waiting:
        return []
    number = count(waiting, "unsure match", "unsure matches")
    words = f"{number} {'waits' if waiting == 1 else 'wait'} for a decision."
    return [Count(words, reverse("people:unsure"), "Decide about unsure matches")]
