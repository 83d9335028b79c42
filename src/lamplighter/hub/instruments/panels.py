"""Put instruments on the page of a case."""

from __future__ import annotations

from lamplighter.hub.cases.case_page.tabs import OVERVIEW
from lamplighter.hub.cases.panels import Adding, Place
from lamplighter.hub.instruments import permissions

PLACES = [
    Place(
        OVERVIEW,
        "Instruments",
        "instruments:page",
        permissions.may_see_cases,
        order=60,
        within=tuple(
            f"instruments:{name}"
            for name in ("begin", "sheet", "questions", "submit", "set_aside", "correct", "beside")
        ),
    )
]
ADDINGS = [Adding("Answers to an instrument", "instruments:page", permissions.may_answer, order=20)]
