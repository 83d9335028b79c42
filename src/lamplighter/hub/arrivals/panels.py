"""The reports about the two people, on the page of a case."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_report, may_see_cases
from lamplighter.hub.arrivals import presenters, selectors
from lamplighter.hub.cases.case_page.tabs import TIMELINE
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Line, Panel, Place

LATEST = 3


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    found = selectors.reports(case, as_at)
    day = f"?as_at={timezone.localdate(as_at).isoformat()}" if as_at else ""
    there = reverse("arrivals:reports", args=[case.key]) + day
    rows = presenters.rows(found[:LATEST], user)
    return [Line(row["when"], presenters.line(row), there) for row in rows]


PANELS = [Panel("Latest reports", may_see_cases, lines, order=5)]
PLACES = [Place(TIMELINE, "Reports", "arrivals:reports", may_see_cases, order=10)]
ADDINGS = [Adding("Report of an incident", "intake:new", may_report, order=10, whole=True)]
