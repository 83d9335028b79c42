"""Breaches and orders that a judgement of the risk can rest on: see ``cases.hooks``.

Everybody on the case reads an assessment, so what one side alone knows of is not offered: an application
that the suspect must not learn of. A breach that came with a report is cited as that report.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from lamplighter.hub.cases.hooks import Reason
from lamplighter.hub.cases.models import Case
from lamplighter.hub.orders import presenters, selectors
from lamplighter.hub.orders.models import Breach, Order


def citable(case: Case) -> list[Reason]:
    """Return the breaches that were recorded on a page, then the orders that were made, as they say now."""
    there = [one.breach for one in selectors.breaches(case) if not one.same]
    broken = [row for row in there if row.report_key is None]
    made = [one.order for one in selectors.orders(case) if one.made and one.order.partition == "shared"]
    found = [Reason(row.key, presenters.breach_in_a_line(row), is_incident=True) for row in broken]
    return found + [Reason(row.key, presenters.order_in_a_line(row), is_incident=False) for row in made]


def cited(case: Case, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return those of some keys that are breaches or versions of an order, each in a line. Two questions."""
    breaches = Breach.objects.filter(case=case, key__in=keys).select_related("owner")
    orders = Order.objects.filter(case=case, key__in=keys, partition="shared")
    found = {row.key: presenters.breach_in_a_line(row) for row in breaches}
    return found | {row.key: presenters.order_in_a_line(row) for row in orders}
