"""Kinds of tables that the linkage was not written for: other holders, other columns, other noise.

Run ``python -m benchmarks.kinds --help``.

A kind is a function from a seed to a frame of strings with a column ``truth``: who each row is of, or which
two. :data:`ASIDE` was drawn by lot before any kind was linked. A kind in it is opened only after the changes
that the others led to are made; one that has been opened is no longer unseen, and is to be told so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from benchmarks.kinds import people, two_party

Maker = Callable[[int], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Kind:
    """``two_party``: each row tells of two people."""

    name: str
    make: Maker
    two_party: bool = False

    @property
    def hard(self) -> str:
        """What makes it hard, in one line."""
        return (self.make.__doc__ or "").strip().splitlines()[0]


PEOPLE: Mapping[str, Maker] = {
    "custody": people.custody,
    "searches": people.searches,
    "missing": people.missing,
    "emergency": people.emergency,
    "housing": people.housing,
    "refuges": people.refuges,
    "firearms": people.firearms,
    "taxis": people.taxis,
    "electors": people.electors,
    "courts": people.courts,
    "handles": people.handles,
    "anzeigen": people.anzeigen,
}
TWO_PARTY: Mapping[str, Maker] = {
    "police_extract": two_party.police_extract,
    "calls_999": two_party.calls_999,
    "court_orders": two_party.court_orders,
    "orders_us": two_party.orders_us,
    "orders_german": two_party.orders_german,
    "helpline": two_party.helpline,
    "marac": two_party.marac,
    "clares_law": two_party.clares_law,
    "school": two_party.school,
    "neighbours": two_party.neighbours,
    "prison_mail": two_party.prison_mail,
    "hospital": two_party.hospital,
    "platform": two_party.platform,
    "stacked": two_party.stacked,
}
ASIDE = frozenset({"custody", "courts", "taxis", "electors", "court_orders", "neighbours", "stacked"})
"""``numpy.random.default_rng(20261128).choice(list(PEOPLE), 4, replace=False)`` of the twelve kinds of
people; ``random.Random("two people a row").sample(sorted(TWO_PARTY), 3)`` of the kinds of two people, when
``neighbours`` was called ``housing``."""
KINDS = (*(Kind(n, m) for n, m in PEOPLE.items()), *(Kind(n, m, True) for n, m in TWO_PARTY.items()))
