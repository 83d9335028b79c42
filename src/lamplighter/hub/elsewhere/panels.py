"""The page of what is known elsewhere, for the people of a police force on every case that they can open.

No panel says that there is an answer: whoever gives no reason learns nothing, not even that there is
something to read. Whether a case has something for them the wall decides, not the place.
"""

from __future__ import annotations

from lamplighter.hub.cases.case_page.tabs import OVERVIEW
from lamplighter.hub.cases.panels import Place
from lamplighter.hub.elsewhere import permissions

PLACES = [
    Place(
        OVERVIEW,
        "Known elsewhere",
        "elsewhere:page",
        permissions.may_see_elsewhere,
        order=40,
        within=("elsewhere:ask", "elsewhere:decide", "elsewhere:request"),
    )
]
