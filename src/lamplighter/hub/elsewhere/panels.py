"""The page of what is known elsewhere, for those of a force that works on the case.

The place is there for all of them on every case, and no panel says that there is an answer: whoever gives no
reason learns nothing, not even that there is something to read.
"""

from __future__ import annotations

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.tabs import OVERVIEW
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Place
from lamplighter.hub.elsewhere import permissions


def works_on(user: User, case: Case) -> bool:
    """Tell whether this person's force works on the case: with emergency access alone nobody looks here."""
    return any(p.agency_id == user.agency_id for p in cases.participations(case))


PANELS: list[object] = []
PLACES = [
    Place(
        OVERVIEW,
        "Known elsewhere",
        "elsewhere:page",
        permissions.may_see_elsewhere,
        order=40,
        on=works_on,
        within=("elsewhere:ask", "elsewhere:decide", "elsewhere:request"),
    )
]
