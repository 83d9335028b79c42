"""Every kind of table, and which are put aside.

A kind is a function from a seed to a frame of strings with a column ``truth``: who each row is of, or which
two. :data:`ASIDE` was drawn by lot before any kind was linked. A kind in it is opened only after the changes
that the others led to are made; one that has been opened is no longer unseen, and is to be told so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from benchmarks.kinds import (
    people_care,
    people_elsewhere,
    people_licences,
    people_police,
    two_party_courts,
    two_party_online,
    two_party_places,
    two_party_police,
    two_party_services,
)

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
    "custody": people_police.custody,
    "searches": people_police.searches,
    "missing": people_police.missing,
    "emergency": people_care.emergency,
    "housing": people_care.housing,
    "refuges": people_care.refuges,
    "firearms": people_licences.firearms,
    "taxis": people_licences.taxis,
    "electors": people_licences.electors,
    "courts": people_elsewhere.courts,
    "handles": people_elsewhere.handles,
    "anzeigen": people_elsewhere.anzeigen,
}
TWO_PARTY: Mapping[str, Maker] = {
    "police_extract": two_party_police.police_extract,
    "calls_999": two_party_police.calls_999,
    "court_orders": two_party_courts.court_orders,
    "orders_us": two_party_courts.orders_us,
    "orders_german": two_party_courts.orders_german,
    "helpline": two_party_services.helpline,
    "marac": two_party_services.marac,
    "clares_law": two_party_services.clares_law,
    "school": two_party_places.school,
    "neighbours": two_party_places.neighbours,
    "prison_mail": two_party_places.prison_mail,
    "hospital": two_party_places.hospital,
    "platform": two_party_online.platform,
    "stacked": two_party_online.stacked,
}
ASIDE = frozenset({"custody", "courts", "taxis", "electors", "court_orders", "neighbours", "stacked"})
"""``numpy.random.default_rng(20261128).choice(list(PEOPLE), 4, replace=False)`` of the twelve kinds of
people; ``random.Random("two people a row").sample(sorted(TWO_PARTY), 3)`` of the kinds of two people, when
``neighbours`` was called ``housing``."""
KINDS = (*(Kind(n, m) for n, m in PEOPLE.items()), *(Kind(n, m, True) for n, m in TWO_PARTY.items()))
