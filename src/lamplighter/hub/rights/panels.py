"""Say how long one's own agency keeps what it holds, on the page of a case."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Line, Panel, Place
from lamplighter.hub.rights import permissions, presenters
from lamplighter.hub.rights.retention import schedule


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    here = reverse("rights:retention", args=[case.key])
    found = [
        Line("Hold", f"Placed by {h.owner.name}: nothing may be erased", here)
        for h in schedule.holds(case, as_at)
    ]
    if last := schedule.decided(user, case, as_at):
        found.append(Line("Decided", presenters.decision(last), here))
    return found


PANELS = [Panel("Retention", permissions.may_review, lines, order=90)]
PLACES = [Place(ADMINISTRATION, "Retention", "rights:retention", permissions.may_review, order=50)]
