"""The reports of a case on its timeline, each on the day of its act."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.arrivals import presenters, selectors
from lamplighter.hub.cases.case_page.timeline import REPORTS, Item
from lamplighter.hub.cases.models import Case


def items(user: User, case: Case, as_at: dt.datetime | None, query: str) -> list[Item]:
    """Return the reports that the case shows. One without a date stands on the day of the report."""
    found = selectors.reports(case, as_at)
    told = zip(found, presenters.rows(found, user), strict=True)
    return [Item(_aware(r.happened_at or r.reported_at), REPORTS, presenters.item(row)) for r, row in told]


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    """What agencies write is the time of the clock on the wall."""
    return timezone.make_aware(moment) if moment else None
