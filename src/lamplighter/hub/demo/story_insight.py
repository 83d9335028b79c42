"""Two reviews that the analyst asked for: the worker makes them when the site has started."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.insight import services
from lamplighter.hub.insight.models import Review


def tell(users: dict[str, User], case: Case) -> None:
    """The last year of the made-up world: the hub's own cases, and every report about stalking."""
    analyst = users["analyst"]
    today = timezone.localdate()
    last = today - dt.timedelta(days=1)
    leap = (today.month, today.day) == (2, 29)
    first = dt.date(today.year - 1, 3, 1) if leap else today.replace(year=today.year - 1)
    with identity.as_person(analyst):
        for scope in (Review.Scope.CASES, Review.Scope.REPORTS):
            services.ask_for_review(analyst, scope, first, last)
