"""Two reviews that the analyst asked for: the worker makes them when the site has started."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.insight import services
from lamplighter.hub.insight.models import Review


def tell(users: dict[str, User], case: Case) -> None:
    """The hub's own cases of the last four quarters, and every report about stalking of the last year."""
    analyst = users["analyst"]
    today = timezone.localdate()
    last = today - dt.timedelta(days=1)
    leap = (today.month, today.day) == (2, 29)
    first = dt.date(today.year - 1, 3, 1) if leap else today.replace(year=today.year - 1)
    with identity.as_person(analyst):
        services.ask_for_review(analyst, Review.Scope.CASES, *_four_quarters(today))
        services.ask_for_review(analyst, Review.Scope.REPORTS, first, last)


def _four_quarters(today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of the four whole quarters before this one."""
    this = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    return this.replace(year=this.year - 1), this - dt.timedelta(days=1)
