"""Show a child of a case on its page, to everybody on the case."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import permissions as cases
from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.panels import Line, Panel, Place
from lamplighter.hub.cases.participants import ages
from lamplighter.hub.children import presenters
from lamplighter.reporting.words import count


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    """Say who is under 18 and how much of what is asked about them is still open; nothing of adults."""
    day = f"?as_at={timezone.localdate(as_at).isoformat()}" if as_at else ""
    href = reverse("children:page", args=[case.key]) + day
    found = []
    for side, known in ages.of_case(case, as_at).items():
        if known != ages.Known.YES:
            continue
        part = presenters.part(case, side, known, as_at, may=False)
        left = f"{count(part['open'], 'question')} still open" if part["open"] else "Nothing is open"
        adults = " Programmes for adults are not for them." if side == Party.Side.SUSPECT else ""
        found.append(Line(f"{part['who']} under 18", f"{left}.{adults}", href))
    return found


PANELS = [Panel("Children and young people", cases.may_see_cases, lines, order=2)]
PLACES = [
    Place(
        ADMINISTRATION,
        "Under 18s",
        "children:page",
        cases.may_see_cases,
        order=25,
        within=("children:answer",),
    )
]
