"""The lines of enquiry on the overview of a case, and their pages."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.tabs import OVERVIEW
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Line, Panel, Place
from lamplighter.hub.enquiries import permissions, presenters, rules, selectors


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    """Say how many lines are open, and which is lost first; nothing where there is none."""
    day = f"?as_at={timezone.localdate(as_at).isoformat()}" if as_at else ""
    href = reverse("enquiries:page", args=[case.key]) + day
    found = selectors.lines(case, as_at)
    if not found:
        return []
    today = rules.day_of(as_at or moment.now())
    told = [Line("Lines of enquiry", presenters.summary(found, today), href)]
    soon = rules.soon_days(today)
    near = [one for one in found if not one.resolved and (one.due_on(today) - today).days <= soon]
    for one in sorted(near, key=lambda x: (x.due_on(today), x.row.pk))[:3]:
        late = one.due_on(today) < today
        told.append(Line(selectors.title(one.row, today), one.why_now(today), href, alarm=late))
    return told


PANELS = [Panel("Lines of enquiry", permissions.may_see_enquiries, lines, order=3)]
PLACES = [
    Place(
        OVERVIEW,
        "Lines of enquiry",
        "enquiries:page",
        permissions.may_see_enquiries,
        order=20,
        within=("enquiries:line", "enquiries:add"),
    )
]
ADDINGS = [Adding("Line of enquiry", "enquiries:add", permissions.may_see_enquiries, order=18)]
