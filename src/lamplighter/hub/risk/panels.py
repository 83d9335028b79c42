"""The risk of a case: on its bar, on its page, and on pages of its own."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases.case_page.tabs import OVERVIEW
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Bar, Line, Panel, Place
from lamplighter.hub.risk import presenters, selectors

Moment = dt.datetime | None


def bar(user: User, case: Case, as_at: Moment) -> Bar:
    """Say the level, the day and who, or since when nobody has assessed it."""
    hidden = bool(selectors.asked_to_rate(user, case))
    risk = selectors.current(case, as_at)
    fact = presenters.bar_fact(risk, as_at, hidden=hidden)
    return Bar((presenters.bar_tag(risk, hidden=hidden),), (fact,) if fact else ())


def lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    """Say what stands, and what makes another assessment due."""
    day = f"?as_at={timezone.localdate(as_at).isoformat()}" if as_at else ""
    risk, rows = selectors.current(case, as_at), selectors.triggers(case, as_at)
    waiting = selectors.unanswered(rows, risk, as_at)
    href = reverse("risk:page", args=[case.key]) + day
    found = [Line("Risk", presenters.level_line(risk), href, alarm=risk.level == "high")]
    if presenters.overdue(risk, as_at):
        found.append(Line("Risk", "Another assessment is overdue.", href, alarm=True))
    for row in waiting:
        told = presenters.trigger(row, risk, as_at)
        found.append(Line(told["title"], f"{told['on']}. {told['state']}.", href, alarm=True))
    return found


PANELS = [Panel("Risk", permissions.may_see_cases, lines, order=1)]
PLACES = [
    Place(
        OVERVIEW,
        "Risk",
        "risk:page",
        permissions.may_see_cases,
        order=10,
        within=(
            "risk:assess",
            "risk:assessment",
            "risk:answer",
            "risk:compare",
            "risk:record",
            "risk:set_aside",
            "risk:rate",
            "risk:decline",
            "risk:measure",
        ),
    ),
    Place(OVERVIEW, "Triggers of an assessment", "risk:triggers", permissions.may_see_cases, order=11),
    Place(
        OVERVIEW,
        "Risk plan",
        "risk:plan",
        permissions.may_see_cases,
        order=12,
        within=("risk:scenario", "risk:action", "risk:view"),
    ),
]
ADDINGS = [
    Adding("Assessment of the risk", "risk:assess", permissions.may_work_on_cases, order=15),
    Adding("Something that changes the risk", "risk:record", permissions.may_work_on_cases, order=16),
    Adding("Scenario of the risk plan", "risk:scenario", permissions.may_work_on_cases, order=17),
]
