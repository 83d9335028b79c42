"""Reports that are set aside, on the work list of those who look after imports."""

from __future__ import annotations

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_import
from lamplighter.hub.clocks.notices import Count
from lamplighter.hub.intake.set_aside import selectors as aside
from lamplighter.reporting.words import count


def counts(user: User) -> list[Count]:
    """Return how many reports could not be matched, for coordinators and administrators."""
    number = aside.how_many() if may_import(user) else 0
    if not number:
        return []
    words = f"{count(number, 'report was', 'reports were')} set aside: the hub could not match "
    words += "it with the others." if number == 1 else "them with the others."
    return [Count(words, reverse("intake:set_aside"), "See reports set aside")]
