"""Incidents from what the victim brought, on the timeline of the case, for the side that keeps them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.timeline import VICTIM, Item
from lamplighter.hub.cases.models import Case
from lamplighter.hub.messages import presenters, selectors


def items(user: User, case: Case, as_at: dt.datetime | None, query: str) -> list[Item]:
    """Return each incident on the day on which it happened."""
    found = selectors.incidents(case, as_at)
    told = zip(found, presenters.timeline(found, case, user, query), strict=True)
    return [Item(_aware(d.started_at), VICTIM, line) for d, line in told]


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    return timezone.make_aware(moment) if moment else None
