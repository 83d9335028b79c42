"""Orders and their terms, for papers: one place to ask, so that papers know nothing of how they are kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lamplighter.hub.cases.models import Case
from lamplighter.hub.orders import presenters, rules
from lamplighter.hub.orders import selectors as orders

STANDS = frozenset({orders.State.IN_FORCE, orders.State.TO_BEGIN})


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a paper says it."""

    title: str
    court: str
    since: dt.date | None
    until: dt.date | None
    terms: tuple[str, ...]
    served_on: dt.date | None = None


def breaches(case: Case, as_at: dt.datetime) -> list[str]:
    """Return the breaches that were recorded, by hand or with a report, each in a line, oldest first."""
    found = [one.breach for one in orders.breaches(case, as_at) if not one.same]
    return [presenters.breach_in_a_line(row) for row in reversed(found)]


def of_case(case: Case, as_at: dt.datetime) -> list[Order]:
    """Return the orders that stand in a case as everybody on it may know them.

    One that is kept on a side, until it may be known, is in no paper. A zone keeps its neutral name.
    """
    on = rules.day_of(as_at)
    return [
        Order(
            title=rules.kind(one.order.kind, one.made.on if one.made else on).title,
            court=one.order.court,
            since=one.order.begins_on,
            until=one.order.last_day,
            terms=tuple(term.words for term in one.terms),
            served_on=one.served.on if one.served else None,
        )
        for one in orders.orders(case, as_at)
        if one.order.partition == "shared" and one.state(on) in STANDS
    ]
