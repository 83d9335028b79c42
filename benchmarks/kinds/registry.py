"""Every kind of table, and which are put aside.

A kind is a function from a seed to a frame of strings with a column ``truth``: who each row is of, or which
two. :data:`ASIDE` was drawn by lot before any kind was linked. A kind in it is opened only after the changes
that the others led to are made; one that has been opened is no longer unseen, and is to be told so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from benchmarks.kinds import people_care, people_elsewhere, people_licences, people_police

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
TWO_PARTY: Mapping[str, Maker] = {}
ASIDE = frozenset({"custody", "courts", "taxis", "electors"})
"""``numpy.random.default_rng(20261128).choice(list(PEOPLE), 4, replace=False)`` of the twelve kinds of
people."""
KINDS = (*(Kind(n, m) for n, m in PEOPLE.items()), *(Kind(n, m, True) for n, m in TWO_PARTY.items()))
