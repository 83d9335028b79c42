"""The pages of a case that are of this context, each in its tab, and what can be added there."""

from __future__ import annotations

from lamplighter.hub.cases import permissions
from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION, OVERVIEW, TIMELINE
from lamplighter.hub.cases.panels import Adding, Place

PLACES = [
    Place(
        OVERVIEW,
        "Overview",
        "cases:case",
        permissions.may_see_cases,
        order=0,
        within=(
            "cases:as_at",
            "cases:triage",
            "cases:safeguarding",
            "cases:reject",
            "cases:rejection",
            "cases:move",
            "cases:close",
            "cases:follow_up",
            "casework:add",
            "casework:task",
        ),
    ),
    Place(TIMELINE, "Timeline", "cases:timeline", permissions.may_see_cases, order=0),
    Place(
        TIMELINE,
        "History",
        "cases:history",
        permissions.may_see_cases,
        order=90,
        within=("casework:note", "casework:correct"),
    ),
    # First of its tab: the names of the two people are a page further.
    Place(
        ADMINISTRATION,
        "Agencies and lead workers",
        "cases:agencies",
        permissions.may_see_cases,
        order=10,
        within=("cases:lead", "cases:end_agency"),
    ),
    Place(
        ADMINISTRATION,
        "People",
        "cases:people",
        permissions.may_see_cases,
        order=20,
        within=("cases:person", "cases:same"),
    ),
    Place(
        ADMINISTRATION,
        "Several suspects",
        "cases:together",
        permissions.may_see_cases,
        order=25,
        within=("cases:part_suspects",),
    ),
    Place(ADMINISTRATION, "Legal status", "cases:legal", permissions.may_see_cases, order=30),
    Place(ADMINISTRATION, "MAPPA", "cases:mappa", permissions.may_see_cases, order=35),
    Place(ADMINISTRATION, "Time spent", "cases:work", permissions.may_see_cases, order=40),
]
ADDINGS = [
    Adding("Legal status", "cases:legal", permissions.may_set_legal_status, order=60),
    Adding("MAPPA", "cases:mappa", permissions.may_set_legal_status, order=61),
    Adding("Time spent", "cases:work", permissions.may_work_on_cases, order=90),
]
