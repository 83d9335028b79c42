"""Hold the people of two-party records, and pairs of such records, as rows that can be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL, Comparison, comparisons
from lamplighter.linkage.comparisons.comparison_vectors import Levels, Scorer
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage.frequencies.value_counts import counted, tf_columns
from lamplighter.linkage_tables.two_party.parties import TwoParties
from lamplighter.linkage_tables.two_party.within_record import COMMON, Within

Bits = npt.NDArray[np.float64]
FIRST, SECOND, BOTH = "1:", "2:", "b:"
"""How the names of comparisons begin: of the first parties, of the second, and of what is of both."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of records, left < right; ``swapped``: the first party of one with the second of the other.

    ``tells`` (n, numbers) is a bit a comparison: whether the pair was proposed without its help. ``by`` (n,)
    is a bit a key: whether it proposed the pair.
    """

    left: Rows
    right: Rows
    swapped: npt.NDArray[np.bool_]
    tells: npt.NDArray[np.int64]
    by: npt.NDArray[np.int64]

    @classmethod
    def plain(cls, left: Rows, right: Rows, swapped: npt.NDArray[np.bool_] | None = None) -> Pairs:
        """Pairs that no key proposed, straight unless they are said to be ``swapped``."""
        nothing = np.zeros(len(left), dtype=np.int64)
        return cls(left, right, nothing > 0 if swapped is None else swapped, nothing[:, None], nothing)

    def at(self, where: Rows | slice) -> Pairs:
        """Some of the pairs."""
        return Pairs(
            self.left[where], self.right[where], self.swapped[where], self.tells[where], self.by[where]
        )

    def __len__(self) -> int:
        return len(self.left)

    def people(self, n: int) -> tuple[tuple[Rows, Rows], tuple[Rows, Rows]]:
        """Rows of the people that are compared as first, and as second, parties."""
        other = np.where(self.swapped, n, 0)
        return (self.left, self.right + other), (self.left + n, self.right + n - other)


@dataclass(frozen=True, slots=True)
class Scene:
    """The people of n records, the first parties before the second (2n rows), and what is of both."""

    people: Features
    shared: Features
    of_people: Scorer
    of_shared: Scorer
    within: Within
    table: tuple[Comparison, ...]

    @property
    def n(self) -> int:
        return len(self.shared)

    def has(self, column: str) -> bool:
        """Tell whether anybody, or any record, has something in a column."""
        return self.people.has(column) or self.shared.has(column)

    def levels(self, pairs: Pairs) -> Levels:
        """Levels of the first parties, of the second, and of both: (pairs, comparisons)."""
        a, b = pairs.people(self.n)
        parts = [self.of_people.levels(*a), self.of_people.levels(*b)]
        parts.append(self.of_shared.levels(pairs.left, pairs.right))
        common = self.within.shared(pairs.left, pairs.right, *parts[:2])
        parts.append(np.where(common, 0, NULL_LEVEL).astype(np.int8)[:, None])
        return np.asfortranarray(np.column_stack(parts))

    def sides(self, levels: Levels) -> tuple[Levels, Levels]:
        """Return the levels of the first parties, and of the second, among those of pairs."""
        c = len(self.of_people.table)
        return levels[:, :c], levels[:, c : 2 * c]

    def shades(self, pairs: Pairs, levels: Levels, shared: tuple[Shared, Shared]) -> Bits:
        """Bits of value frequencies, as :meth:`levels`."""
        a, b = pairs.people(self.n)
        c = len(self.of_people.table)
        parts = []
        for at, (left, right), of, scorer in (
            (slice(0, c), a, shared[0], self.of_people),
            (slice(c, 2 * c), b, shared[0], self.of_people),
            (slice(2 * c, -1), (pairs.left, pairs.right), shared[1], self.of_shared),
        ):
            parts.append(of.of_levels(levels[:, at], left, right, scorer.table, scorer.active))
        more = self.within.raised(
            pairs.left, pairs.right, self.sides(levels), (parts[0], parts[1]), self.of_people.table
        )
        parts[:2] = parts[0] + more[0], parts[1] + more[1]
        parts.append(-np.minimum(*more).sum(axis=1)[:, None])
        return np.asfortranarray(np.column_stack(parts))


def scene_of(told: TwoParties, order: pl.Series) -> Scene:
    parties = [p.people[order].drop("record_id") for p in (told.first, told.second)]
    n = len(order)
    stacked = pl.concat(parties, how="diagonal_relaxed").with_columns(
        record_id=pl.int_range(2 * n).cast(pl.String())
    )
    people = prepare(stacked)
    shared = prepare(told.shared.people[order].with_columns(record_id=pl.int_range(n).cast(pl.String())))
    extras = tuple(dict.fromkeys((*told.first.extras, *told.second.extras)))
    own, both = comparisons(extras), comparisons(told.shared.extras)
    table = tuple(
        replace(c, name=mark + c.name)
        for mark, part in ((FIRST, own), (SECOND, own), (BOTH, both))
        for c in part
    )
    of_people = Scorer(people, own)
    every = np.arange(n)
    within = Within.of(of_people.levels(every, every + n), own)
    return Scene(people, shared, of_people, Scorer(shared, both), within, (*table, COMMON))


def frequencies(scene: Scene) -> tuple[Shared, Shared]:
    found = []
    for features, scorer in ((scene.people, scene.of_people), (scene.shared, scene.of_shared)):
        own = counted(features, tf_columns(features, scorer.table))
        found.append(Shared(features, own))
    return found[0], found[1]
