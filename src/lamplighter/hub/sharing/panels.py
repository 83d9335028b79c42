"""List what others released to one's own side, on the page of a case."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.tabs import SHARING
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Line, Panel, Place
from lamplighter.hub.sharing import permissions, presenters, selectors


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    return [
        Line(
            f"{row.owner.name}, {presenters.local(row.at)}",
            f"{row.title} (until {presenters.last_day(row)})",
            reverse("sharing:released", args=[case.key, row.disclosure.key]),
        )
        for row in selectors.received(user, case, as_at)
    ]


PANELS = [Panel("Released to you", permissions.may_see_cases, lines, order=70)]
PLACES = [Place(SHARING, "Sharing", "sharing:register", permissions.may_see_cases)]
ADDINGS = [Adding("Information for another agency", "sharing:choose", permissions.may_release, order=80)]
