"""What the case page shows of the victim's side: to those who may read it, and to nobody a hint of it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Line, Panel
from lamplighter.hub.design.environment import long_time
from lamplighter.hub.victim_side import permissions, presenters, rules, selectors

Moment = dt.datetime | None


def side_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    def line(label: str, text: str, page: str, *, alarm: bool = False) -> Line:
        day = f"?as_at={as_at.astimezone(rules.LONDON):%Y-%m-%d}" if as_at else ""
        return Line(label, text, reverse(page, args=[case.key]) + day, alarm)

    found = []
    if by := selectors.advocate(case, as_at):
        found.append(line("Advocate", by.advocate.display_name, "victim:side"))
    if event := selectors.supported(case, as_at):
        found.append(line("Support", presenters.support_line(event), "victim:support"))
    if plans := selectors.safety_plans(case, as_at):
        found.append(line("Safety plan", f"Version {plans[0].number}", "victim:safety_plan"))
    return found


def contact_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    now = as_at or moment.now()
    page = reverse("victim:contact", args=[case.key])
    return [
        Line(
            clock.text,
            f"{'Overdue: was due' if clock.due_at < now else 'Due'} {long_time(clock.due_at)}",
            page,
        )
        for clock in selectors.clocks(case, as_at)
    ]


def update_lines(user: User, case: Case, as_at: Moment) -> list[Line]:
    page = reverse("victim:updates", args=[case.key])
    found = []
    for item in presenters.updates(case, as_at)["open"]:
        words = f"{'Overdue: was due' if item['late'] else 'Due'} {item['due']}"
        found.append(Line(f"Tell the victim: {item['text'].lower()}", words, page))
    return found


PANELS = [
    Panel("The victim's side", "victim:side", permissions.may_read_victim_side, side_lines, order=20),
    Panel(
        "Contact with the victim", "victim:contact", permissions.may_contact_victim, contact_lines, order=21
    ),
    Panel("Victims' Code updates", "victim:updates", permissions.may_see_updates, update_lines, order=22),
]
