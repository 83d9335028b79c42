"""Show the victim's side on the case page: to those who may read it, and to nobody a hint of it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.tabs import VICTIM
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Line, Panel, Place
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.victim_side import permissions, presenters, rules, selectors

Moment = dt.datetime | None


def _href(page: str, case: Case, as_at: Moment) -> str:
    """The page as it was at the same moment."""
    day = f"?as_at={as_at.astimezone(rules.LONDON):%Y-%m-%d}" if as_at else ""
    return reverse(page, args=[case.key]) + day


def side_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    found = []
    if by := selectors.advocate(case, as_at):
        found.append(Line("Advocate", by.advocate.display_name, _href("victim:side", case, as_at)))
    if event := selectors.supported(case, as_at):
        text = presenters.support_line(event)
        found.append(Line("Support", text, _href("victim:support", case, as_at)))
    if plans := selectors.safety_plans(case, as_at):
        text = f"Version {plans[0].number}, {long_date(plans[0].at)}"
        found.append(Line("Safety plan", text, _href("victim:safety_plan", case, as_at)))
    return found


def contact_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    now = as_at or moment.now()
    page = _href("victim:contact", case, as_at)
    last = [
        Line("Last contact", presenters.contact_line(found), page)
        for found in selectors.contacts(case, as_at, limit=1)
    ]
    return last + [
        Line(
            clock.text,
            f"{'Overdue: was due' if clock.due_at < now else 'Due'} {long_time(clock.due_at)}",
            page,
        )
        for clock in selectors.clocks(case, as_at)
    ]


def update_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    page = _href("victim:updates", case, as_at)
    found = []
    for item in presenters.updates(case, as_at)["open"]:
        words = f"{'Overdue: was due' if item['late'] else 'Due'} {item['due']}"
        found.append(Line(f"Tell the victim: {item['text'].lower()}", words, page))
    return found


PANELS = [
    Panel(
        "The victim's side",
        permissions.may_read_victim_side,
        side_lines,
        order=20,
        on=permissions.victim_side_open,
    ),
    Panel(
        "Contact with the victim",
        permissions.may_see_contact,
        contact_lines,
        order=21,
        on=permissions.contact_open,
    ),
    Panel("Victims' Code updates", permissions.may_see_updates, update_lines, order=22),
]


def _confided(name: str, page: str, order: int, *within: str) -> Place:
    """A page of the victim's confidences."""
    may, on = permissions.may_read_victim_side, permissions.victim_side_open
    return Place(VICTIM, name, page, may, order=order, on=on, within=within)


PLACES = [
    _confided("Summary", "victim:side", 10, "victim:advocate"),
    Place(
        VICTIM,
        "Contact with the victim",
        "victim:contact",
        permissions.may_see_contact,
        order=20,
        on=permissions.contact_open,
        within=(
            "victim:result",
            "victim:cadence",
            "victim:broken",
            "victim:safe_contact",
            "victim:change_safe_contact",
        ),
    ),
    Place(
        VICTIM,
        "Victims' Code updates",
        "victim:updates",
        permissions.may_see_updates,
        order=30,
        within=("victim:told", "victim:enhanced"),
    ),
    _confided("Support", "victim:support", 40),
    _confided("Impact and statement", "victim:impact", 50, "victim:statement"),
    _confided("Needs", "victim:needs", 60),
    _confided("Offers", "victim:offers", 62),
    _confided("Public funds", "victim:funds", 65),
    _confided("Safety plan", "victim:safety_plan", 70),
]
ADDINGS = [
    Adding(
        "Contact with the victim",
        "victim:contact",
        permissions.may_contact_victim,
        order=20,
        part="#record",
    ),
    Adding("Change in support for action", "victim:support", permissions.may_work_with_victim, order=21),
    Adding("Impact on the victim", "victim:impact", permissions.may_work_with_victim, order=22),
    Adding("Needs assessment", "victim:needs", permissions.may_work_with_victim, order=23),
    Adding(
        "Offer of an advocate or of a needs assessment",
        "victim:offers",
        permissions.may_work_with_victim,
        order=23,
    ),
    Adding("Recourse to public funds", "victim:funds", permissions.may_work_with_victim, order=23),
    Adding("Safety plan", "victim:safety_plan", permissions.may_work_with_victim, order=24),
    Adding("Event to tell the victim of", "victim:updates", permissions.may_enter_events, order=25),
]
