"""Find the comparison vectors of pairs of records, on arrays: the level that each comparison comes to.

The batch and the form use this one function. Only who proposes the pairs differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL, Comparison, columns_in, comparisons
from lamplighter.linkage.comparisons.evaluate.logic import Always, Once
from lamplighter.linkage.comparisons.evaluate.on_arrays import condition, holds, is_dear
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.features.row_pairs import FALSE, TRUE, UNKNOWN, Boolean, Scene

Levels = npt.NDArray[np.int8]
Bits = npt.NDArray[np.float64]
AT_ONCE = 150_000
"""So many pairs are looked at in one go: with fewer, threads wait for each other more often, and more take
more memory and no less time."""
FEW = 20_000
THREADS = 2
"""Arrays are worked on outside Python's lock, so two threads do twice as much."""
_SLACK = 1e-9
"""Sums are rounded: so much more is allowed for."""
OPEN = -2
"""The level of a comparison of which only the cheap conditions have been tried."""
LIST_FEATURES = frozenset(
    {
        "given",
        "first_class",
        "sur_parts",
        "phones",
        "tokens",
        "emails",
        "handles",
        "handle_cores",
        "platforms",
        "vrms",
        "vrm_parts",
        "vrm_ends",
    }
)


class Worth(Protocol):
    """The most bits that levels can be worth."""

    def of_levels(self, c: int, levels: Levels, left: Rows, right: Rows) -> Bits:
        """Of levels of a comparison, for pairs of rows: (n,)."""

    def of_rest(self, c: int, tried: int) -> float:
        """Of any level of a comparison but the first few of its ladder, which were ``tried``."""

    def of_namesakes(self, levels: Levels) -> Bits:
        """Return how much more than that levels (n, c), some of them open, can be worth to pairs that share a
        first name: (n,)."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The conditions of one comparison: when there is nothing to compare, then level by level.

    The first ``cheap`` levels compare no texts letter by letter.
    """

    null: Boolean
    levels: tuple[tuple[int, Boolean], ...]
    cheap: int
    dear_null: bool

    @property
    def tried(self) -> int:
        """Tell how many levels :meth:`begin` tries."""
        return 0 if self.dear_null else self.cheap

    @property
    def left(self) -> int:
        """Tell how many conditions are left after that."""
        return len(self.levels) - self.tried

    def climb(self, scene: Scene, at: Rows) -> Levels:
        """Return the level of each pair of ``at``."""
        found = np.zeros(len(at), dtype=np.int8)
        return self._tried(scene, at, found, self._something(scene, at, found), self.levels)

    def begin(self, scene: Scene, at: Rows) -> Levels:
        """Return the level of each pair where the cheap conditions tell, ``OPEN`` elsewhere."""
        if self.dear_null:
            return np.full(len(at), OPEN, dtype=np.int8)
        whole = self.cheap == len(self.levels)
        found = np.full(len(at), 0 if whole else OPEN, dtype=np.int8)
        left = self._something(scene, at, found)
        return self._tried(scene, at, found, left, self.levels[: self.cheap])

    def _something(self, scene: Scene, at: Rows, found: Levels) -> Rows | None:
        """Tell where there is something to compare, None for everywhere; ``found`` is told of the others."""
        if self.null == Always(FALSE):
            return None
        nothing = holds(self.null(scene, at))
        found[np.flatnonzero(nothing)] = NULL_LEVEL
        return np.flatnonzero(~nothing)

    @staticmethod
    def _tried(
        scene: Scene, at: Rows, found: Levels, left: Rows | None, levels: tuple[tuple[int, Boolean], ...]
    ) -> Levels:
        """Levels one after the other, of those pairs of ``at`` that are ``left``: all of them for None."""
        for value, boolean in levels:
            some = at if left is None else at.take(left)
            if not len(some):
                break
            met = holds(boolean(scene, some))
            hit, rest = np.flatnonzero(met), np.flatnonzero(~met)
            found[hit if left is None else left.take(hit)] = value
            left = rest if left is None else left.take(rest)
        return found


def ladder(comparison: Comparison, features: Features) -> Ladder:
    """Return a comparison of the table, ready for arrays, with the levels that these features can come to."""
    values = tuple(v.value for v in comparison.levels if v.possible(features.has))
    names = comparison.columns()
    empty = frozenset(n for n in names if not features.has(n))
    return _ladder(comparison, values, empty, frozenset(n for n in names if features.has_all(n)))


@cache
def _ladder(
    comparison: Comparison, values: tuple[int, ...], empty: frozenset[str], full: frozenset[str]
) -> Ladder:
    def asked(sql: str) -> Boolean:
        # By its own columns alone, so that it is the same one in whichever comparison.
        own = columns_in(sql)
        return condition(sql, LIST_FEATURES, empty & own, full & own)

    levels = [
        (v.value, asked(v.sql), not v.cheap and is_dear(v.sql))
        for v in comparison.levels
        if v.sql and v.value in values
    ]
    levels = [row for row in levels if row[1] not in (Always(FALSE), Always(UNKNOWN))]
    dear = [row[2] for row in levels]
    null = asked(comparison.null_sql)
    return Ladder(
        null,
        tuple((value, boolean) for value, boolean, _ in levels),
        dear.index(True) if True in dear else len(dear),
        not comparison.cheap and is_dear(comparison.null_sql) and not isinstance(null, Always),
    )


def _shared(ladders: Mapping[int, Ladder]) -> dict[int, Ladder]:
    """Return the ladders, with conditions that several have asked once of each pair."""
    times = Counter(boolean for made in ladders.values() for _, boolean in made.levels)

    def once(boolean: Boolean) -> Boolean:
        return Once(boolean) if times[boolean] > 1 else boolean

    return {
        i: replace(made, levels=tuple((value, once(boolean)) for value, boolean in made.levels))
        for i, made in ladders.items()
    }


def active(features: Features, table: tuple[Comparison, ...]) -> list[int]:
    """Return which comparisons of the table these features can say anything about."""
    own = {name for name in features.columns.by_name if features.has(name)}
    found = []
    for i, comparison in enumerate(table):
        if comparison.about() & own:
            found.append(i)
    return found


def evenly(n: int) -> int:
    """Tell how many of ``n`` pairs to look at at once, so that no thread is left without work at the end."""
    return -(-n // max(THREADS * -(-n // (THREADS * AT_ONCE)), 1)) or 1


class Scorer:
    """Levels of pairs of the rows of some features."""

    def __init__(self, features: Features, table: tuple[Comparison, ...] | None = None) -> None:
        self.features = features
        self.table = comparisons() if table is None else table
        every = {i: ladder(self.table[i], features) for i in active(features, self.table)}
        self.ladders = _shared({i: made for i, made in every.items() if made.null != Always(TRUE)})
        self.active = list(self.ladders)

    def ready(self) -> None:
        """Work out what is needed of every distinct value, by comparing a few neighbours, so that
        no two threads come upon it at once."""
        some = np.arange(min(FEW, len(self.features) - 1))
        self.levels(some, some + 1)

    def levels(self, left: Rows, right: Rows) -> Levels:
        """Levels of pairs of rows: shape (n, c), -1 where there is nothing to compare."""
        found = np.full((len(left), len(self.table)), NULL_LEVEL, dtype=np.int8, order="F")
        at_once = max(evenly(len(left)), FEW)

        def climb(start: int) -> None:
            some = slice(start, start + at_once)
            scene = Scene(self.features.columns, left[some], right[some])
            at = np.arange(len(scene.left))
            for i in self.active:
                found[some, i] = self.ladders[i].climb(scene, at)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(climb, range(0, len(left), at_once)))
        return found

    def promising(self, left: Rows, right: Rows, worth: Worth, least: float) -> tuple[Rows, Levels]:
        """Return which of some pairs can still come to ``least`` bits of evidence, and their levels.

        What is cheap to compare is compared first; a pair that cannot come to ``least`` any more,
        whatever the rest says, is dropped before names are compared letter by letter.
        """
        scene = Scene(self.features.columns, left, right)
        every = np.arange(len(left))
        found = np.full((len(left), len(self.table)), NULL_LEVEL, dtype=np.int8, order="F")
        most = np.full(len(left), _SLACK)
        for i in self.active:
            found[:, i] = self.ladders[i].begin(scene, every)
            most += worth.of_levels(i, found[:, i], left, right)
        most += worth.of_namesakes(found)
        # What has least left to try comes first, and spares the rest.
        for i in sorted(self.active, key=lambda i: self.ladders[i].left):
            self._finish(i, scene, found[:, i], most, worth, least)
        kept = np.flatnonzero(most >= least)
        return kept, found.T.take(kept, axis=1).T

    def _finish(self, i: int, scene: Scene, found: Levels, most: Bits, worth: Worth, least: float) -> None:
        """Try the dear levels of a comparison, while a pair can come to ``least`` with what is left of them.

        ``found`` (n,), its levels so far, and ``most`` (n,), the bits that a pair can come to, are brought up
        to date; a pair that cannot stays open.
        """
        ladder = self.ladders[i]
        open_ = np.flatnonzero((found == OPEN) & (most >= least))
        allowed = worth.of_rest(i, ladder.tried)
        if ladder.dear_null and len(open_):
            found[open_] = ladder.climb(scene, open_)
            most[open_] += worth.of_levels(i, found[open_], scene.left[open_], scene.right[open_]) - allowed
            return
        for tried, (value, boolean) in enumerate(ladder.levels[ladder.tried :], ladder.tried + 1):
            if not len(open_):
                break
            met = holds(boolean(scene, open_))
            hit, open_ = open_.take(np.flatnonzero(met)), open_.take(np.flatnonzero(~met))
            found[hit] = value
            most[hit] += worth.of_levels(i, found[hit], scene.left.take(hit), scene.right.take(hit)) - allowed
            now = worth.of_rest(i, tried)
            if now < allowed:
                most[open_] += now - allowed
                allowed = now
                open_ = open_.take(np.flatnonzero(most.take(open_) >= least))
        found[open_] = 0
