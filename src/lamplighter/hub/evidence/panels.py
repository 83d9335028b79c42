"""Exhibits on the page of a case: which there are, and what waits."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases.case_page.tabs import TIMELINE
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Line, Panel, Place
from lamplighter.hub.evidence.models import Exhibit
from lamplighter.reporting.words import count


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    """Say how many exhibits the person may read."""
    rows = Exhibit.objects.filter(case=case)
    number = (rows.filter(at__lte=as_at) if as_at else rows).count()
    day = f"?as_at={timezone.localdate(as_at).isoformat()}" if as_at else ""
    href = reverse("evidence:page", args=[case.key]) + day
    return [Line("Exhibits", f"{count(number, 'exhibit')} that you can see", href)] if number else []


PANELS = [Panel("Evidence", permissions.may_see_cases, lines, order=40)]
PLACES = [
    Place(
        TIMELINE,
        "Exhibits",
        "evidence:page",
        permissions.may_see_cases,
        order=50,
        within=(
            *("evidence:exhibit", "evidence:send", "evidence:elsewhere", "evidence:move"),
            *(
                "evidence:step",
                "evidence:support",
                "evidence:incidents",
                "evidence:incident",
                "evidence:open",
                "evidence:redact",
            ),
        ),
    )
]
ADDINGS = [
    Adding("Files as evidence", "evidence:send", permissions.may_work_on_cases, order=20),
    Adding("Evidence kept elsewhere", "evidence:elsewhere", permissions.may_work_on_cases, order=21),
]
