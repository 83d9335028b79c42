"""The papers of a case: a page inside the tab of what is shared."""

from __future__ import annotations

from lamplighter.hub.cases.case_page.tabs import SHARING
from lamplighter.hub.cases.panels import Adding, Place
from lamplighter.hub.papers import permissions

PLACES = [
    Place(
        SHARING,
        "Papers",
        "papers:page",
        permissions.may_see_cases,
        order=60,
        within=("papers:make", "papers:paper", "papers:issue", "papers:withdraw"),
    ),
]
ADDINGS = [Adding("Paper", "papers:page", permissions.may_make_papers, order=70)]
