"""The closing check on the overview of a case, and its pages."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION, OVERVIEW, VICTIM
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Line, Panel, Place
from lamplighter.hub.closing import permissions, presenters, selectors
from lamplighter.hub.victim_side import permissions as victim


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    """Say which outcome is proposed and what it waits for; nothing where none is."""
    found = presenters.proposal(selectors.proposed(case, as_at))
    if found is None:
        return []
    day = f"?as_at={timezone.localdate(as_at).isoformat()}" if as_at else ""
    href = reverse("closing:page", args=[case.key]) + day
    waits = " and ".join(w.lower() for w in found["waits"])
    state = "Refused." if found["refused"] else f"To be signed by: {waits}." if waits else "Signed by two."
    return [Line(f"Proposed: {found['title']}", state, href)]


PANELS = [Panel("Closing", permissions.may_see_closing, lines, order=4)]
PLACES = [
    Place(
        OVERVIEW,
        "Closing check",
        "closing:page",
        permissions.may_see_closing,
        order=30,
        within=(
            "closing:propose",
            "closing:considered",
            "closing:sign",
            "closing:told",
            "closing:ask_override",
            "closing:override",
        ),
    ),
    Place(
        VICTIM,
        "Review after withdrawal",
        "closing:review",
        victim.may_work_with_victim,
        order=95,
    ),
    Place(
        ADMINISTRATION,
        "Handing over",
        "closing:handovers",
        may_see_cases,
        order=45,
        within=("closing:handover",),
    ),
    Place(
        ADMINISTRATION,
        "Telling who it is",
        "closing:identity",
        permissions.may_decide_identity,
        order=46,
        within=("closing:decide_identity", "closing:authorise"),
    ),
    Place(ADMINISTRATION, "File audit", "closing:audit", permissions.may_sign, order=47),
]
