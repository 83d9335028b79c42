"""The orders of a case: on its bar, on its page, and on pages of their own."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.tabs import OVERVIEW
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Bar, Line, Panel, Place
from lamplighter.hub.orders import permissions, presenters, selectors
from lamplighter.hub.orders.selectors import State

Moment = dt.datetime | None
SHOWN = (State.IN_FORCE, State.TO_BEGIN, State.ASKED)


def bar(user: User, case: Case, as_at: Moment) -> Bar:
    """Say how many orders are in force."""
    found = selectors.of_cases([case.pk], as_at, with_terms=False).get(case.pk, [])
    return Bar(presenters.bar_tags(found, presenters.today(as_at)))


def lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    """Say which orders there are, whether one was decided on, and which breaches wait for an answer."""
    query = f"?as_at={timezone.localdate(as_at).isoformat()}" if as_at else ""
    on = presenters.today(as_at)

    def href(page: str, *args: object) -> str:
        return reverse(f"orders:{page}", args=[case.key, *args]) + query

    found = [
        Line(presenters.kind(one.order.kind), presenters.line(one, on), href("order", one.order.thread))
        for one in selectors.orders(case, as_at)
        if one.state(on) in SHOWN
    ]
    if not found:
        found = [Line("Orders", "None is recorded as in force or applied for.", href("page"))]
    decided = selectors.decisions(case, as_at)
    if selectors.standing(decided) is None and selectors.suspect_named(case, as_at):
        words = "Nobody has recorded whether a stalking protection order is applied for."
        found.append(Line("Decision", words, href("page"), alarm=True))
    for row in selectors.court_ends(case, as_at, decided):
        words = "Nobody has recorded whether an order was asked for."
        found.append(Line(presenters.at_court(row)["line"], words, href("page"), alarm=True))
    for one in selectors.breaches_unanswered(case, as_at):
        found.append(Line("Breach", presenters.breach_line(one), href("broken", one.breach.key), alarm=True))
    return found


PANELS = [Panel("Orders", permissions.may_see_cases, lines, order=2)]
PLACES = [
    Place(
        OVERVIEW,
        "Orders and breaches",
        "orders:page",
        permissions.may_see_cases,
        order=14,
        within=(
            *("orders:order", "orders:record", "orders:change", "orders:step", "orders:decide"),
            *("orders:breach", "orders:broken", "orders:answer", "orders:stalking"),
            *("orders:zones", "orders:zone"),
        ),
    )
]
ADDINGS = [
    Adding("Breach of an order, bail or licence", "orders:breach", permissions.may_work_on_cases, order=12),
    Adding("Order, with its terms", "orders:record", permissions.may_work_on_cases, order=18),
    Adding("Decision on an order", "orders:decide", permissions.may_decide_orders, order=19),
]
