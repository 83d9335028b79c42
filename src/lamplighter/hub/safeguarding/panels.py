"""Add checks and warnings to the page of a case: each side its own, and nobody a hint of the other."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.tabs import OVERVIEW, SUSPECT, VICTIM
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Line, Panel, Place
from lamplighter.hub.perpetrator_side.selectors import open_to
from lamplighter.hub.safeguarding import permissions, presenters, selectors

Moment = dt.datetime | None


def _href(page: str, case: Case, as_at: Moment) -> str:
    day = f"?as_at={timezone.localtime(as_at):%Y-%m-%d}" if as_at else ""
    return reverse(f"safeguarding:{page}", args=[case.key]) + day


def warning_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    """List what those who are warned read first."""
    return [
        Line("Warning", presenters.message_line(row), _href("warnings", case, as_at), alarm=True)
        for row in selectors.messages(case, as_at)
    ]


def ask_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    """List what those who work with the suspect read of the check."""
    standing = selectors.standing(case, user.agency_id, as_at)
    told = presenters.answer_line(standing, as_at or moment.now())
    return [Line("Victim-safety check", told, _href("checks", case, as_at))]


def check_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    """The checks that an advocate has to sign."""
    rows = [presenters.check(row, as_at) for row in selectors.checks(case, as_at)]
    return [
        Line(
            "Check to sign",
            f"{one['title']}. {'Overdue: was due' if one['late'] else 'Due'} {one['due']}",
            _href("victim_checks", case, as_at),
        )
        for one in rows
        if not one["signed"]
    ]


PANELS = [
    Panel("Warnings of danger", permissions.may_read_warnings, warning_lines, order=5),
    Panel(
        "Check on the victim’s side",
        permissions.may_read_victim_side,
        check_lines,
        order=19,
        on=permissions.victim_side_open,
    ),
    Panel("Safety of the victim", permissions.may_look_here, ask_lines, order=39, on=open_to),
]
PLACES = [
    Place(
        OVERVIEW,
        "Warnings",
        "safeguarding:warnings",
        permissions.may_read_warnings,
        order=20,
        on=permissions.warned,
    ),
    Place(
        VICTIM,
        "Safety checks",
        "safeguarding:victim_checks",
        permissions.may_read_victim_side,
        order=80,
        on=permissions.victim_side_open,
        within=("safeguarding:sign",),
    ),
    Place(
        SUSPECT,
        "Victim-safety check",
        "safeguarding:checks",
        permissions.may_look_here,
        order=15,
        on=open_to,
        within=("safeguarding:ask",),
    ),
    Place(
        SUSPECT,
        "Warnings sent",
        "safeguarding:warned",
        permissions.may_look_here,
        order=16,
        on=open_to,
        within=("safeguarding:warn",),
    ),
]
ADDINGS = [
    Adding(
        "Warning: somebody may be in danger",
        "safeguarding:warn",
        permissions.may_work_here,
        order=28,
        on=cases.works_on,
    ),
    Adding("Victim-safety check", "safeguarding:ask", permissions.may_work_here, order=29, on=cases.works_on),
]
