"""Orders and their terms, for papers: one place to ask, so that papers know nothing of how they are kept.

The hub holds no register of orders yet. ``hub/orders`` supplies it here, and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lamplighter.hub.cases.models import Case

NOT_HELD = (
    "The hub holds no register of orders, bail and licence conditions. Ask the police and the court "
    "which are in force."
)


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a paper says it. ``breaches``: keys of the incidents that broke a term."""

    title: str
    court: str
    since: dt.date | None
    until: dt.date | None
    terms: tuple[str, ...]
    served_on: dt.date | None = None
    breaches: tuple[str, ...] = ()


def of_case(case: Case, as_at: dt.datetime) -> list[Order] | None:
    """Return the orders that stand in a case; ``None``: the hub does not hold them, which is not "none"."""
    return None
