"""The other case of the same two people, on the page of a case: for those who may open both."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Line, Panel, Place
from lamplighter.hub.cases.permissions import may_decide_cases
from lamplighter.hub.duplicates import selectors


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    found = []
    for row in selectors.of_case(case):
        if (as_at and row.at > as_at) or (row.parted_at and (as_at is None or row.parted_at <= as_at)):
            continue
        if row.other_id == case.pk:
            text = f"Work goes on in case {row.case.reference}. This case is closed as its duplicate."
            found.append(Line("Joined", text, reverse("cases:case", args=[row.case.key])))
        else:
            text = f"Case {row.other.reference} is closed as a duplicate of this one."
            found.append(Line("Joined", text, reverse("cases:case", args=[row.other.key])))
    if as_at is None and not found and may_decide_cases(user):
        here = reverse("duplicates:joined", args=[case.key])
        others = selectors.candidates(case)
        found += [
            Line("Not joined", f"Case {c.reference} is open about the same two people.", here)
            for c in others[:1]
        ]
    return found


def on(user: User, case: Case) -> bool:
    """Say whether there is something to read or to do. Every page asks, so nothing is compared for it."""
    return may_decide_cases(user) or bool(selectors.of_case(case))


PANELS = [Panel("The other case of these two people", may_see_cases, lines, order=3)]
PLACES = [
    Place(
        ADMINISTRATION,
        "Joined cases",
        "duplicates:joined",
        may_see_cases,
        order=90,
        on=on,
        within=("duplicates:join", "duplicates:part"),
    )
]
