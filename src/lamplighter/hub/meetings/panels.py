"""The pages of a case that are of its meetings, and what can be asked of the next one."""

from __future__ import annotations

from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.tabs import TIMELINE
from lamplighter.hub.cases.panels import Adding, Place
from lamplighter.hub.meetings import permissions

PLACES = [
    Place(
        TIMELINE,
        # Not "Meetings", which is a place of the navigation: two links of one name, to two pages.
        "Minutes",
        "meetings:case",
        permissions.may_see_cases,
        order=50,
        within=(
            "meetings:item",
            "meetings:line",
            "meetings:correct",
            "meetings:return",
            "meetings:ask",
            "meetings:place",
        ),
    )
]
ADDINGS = [
    Adding(
        "Full discussion or closing, for the next meeting",
        "meetings:ask",
        permissions.may_work_on_cases,
        order=55,
        on=cases.writes_on,
    )
]
