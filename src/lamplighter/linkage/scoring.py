"""Levels of pairs of records, on arrays: what was compared and how it came out.

The batch and the form use this one function. Only who proposes the pairs differs.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.coded import Rows
from lamplighter.linkage.features import Features
from lamplighter.linkage.levels import NULL_LEVEL, Comparison, comparisons
from lamplighter.linkage.sql_arrays import condition, holds, is_dear
from lamplighter.linkage.sql_scene import Boolean, Scene

Levels = npt.NDArray[np.int8]
Bits = npt.NDArray[np.float64]
AT_ONCE = 200_000
THREADS = 2
"""Arrays are worked on outside Python's lock, so two threads do twice as much."""
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
        "vrm_prefixes",
    }
)
Worth = Callable[[int, int, Rows, Rows], "Bits | float"]
"""The most bits that a level of a comparison can be worth, for pairs of rows."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The conditions of one comparison: when there is nothing to compare, then level by level.

    The first ``cheap`` levels compare no texts letter by letter; ``plain_null`` is when a column that
    is needed holds nothing.
    """

    null: Boolean
    levels: tuple[tuple[int, Boolean], ...]
    cheap: int
    dear_null: bool

    @property
    def tried(self) -> int:
        """How many levels :meth:`begin` tries."""
        return 0 if self.dear_null else self.cheap

    @property
    def left(self) -> int:
        """How many conditions are left after that."""
        return len(self.levels) - self.tried

    def climb(self, scene: Scene, at: Rows) -> Levels:
        """The level of each pair of ``at``."""
        found = np.zeros(len(at), dtype=np.int8)
        nothing = holds(self.null(scene, at))
        found[nothing] = NULL_LEVEL
        return self._tried(scene, at, found, np.flatnonzero(~nothing), self.levels)

    def begin(self, scene: Scene, at: Rows) -> Levels:
        """The level of each pair where the cheap conditions tell, ``OPEN`` elsewhere."""
        if self.dear_null:
            return np.full(len(at), OPEN, dtype=np.int8)
        whole = self.cheap == len(self.levels)
        found = np.full(len(at), 0 if whole else OPEN, dtype=np.int8)
        nothing = holds(self.null(scene, at))
        found[nothing] = NULL_LEVEL
        return self._tried(scene, at, found, np.flatnonzero(~nothing), self.levels[: self.cheap])

    @staticmethod
    def _tried(
        scene: Scene, at: Rows, found: Levels, left: Rows, levels: tuple[tuple[int, Boolean], ...]
    ) -> Levels:
        for value, boolean in levels:
            if not len(left):
                break
            met = holds(boolean(scene, at[left]))
            found[left[met]] = value
            left = left[~met]
        return found


def ladder(comparison: Comparison, features: Features) -> Ladder:
    """A comparison of the table, ready for arrays, with the levels that these features can come to."""
    return _ladder(comparison, tuple(v.value for v in comparison.levels if v.possible(features.has)))


@cache
def _ladder(comparison: Comparison, values: tuple[int, ...]) -> Ladder:
    levels = [(v.value, v.sql, v.cheap) for v in comparison.levels if v.sql and v.value in values]
    dear = [not cheap and is_dear(sql) for _, sql, cheap in levels]
    return Ladder(
        condition(comparison.null_sql, LIST_FEATURES),
        tuple((value, condition(sql, LIST_FEATURES)) for value, sql, _ in levels),
        dear.index(True) if True in dear else len(dear),
        is_dear(comparison.null_sql),
    )


def active(features: Features, table: tuple[Comparison, ...]) -> list[int]:
    """Which comparisons of the table these features can say anything about."""
    own = {name for name in features.columns.by_name if features.has(name)}
    found = []
    for i, comparison in enumerate(table):
        looked_at = comparison.columns() - {"nominal"} if comparison.name != "nominal" else {"nominal"}
        if looked_at & own:
            found.append(i)
    return found


class Scorer:
    """Levels of pairs of the rows of some features."""

    def __init__(self, features: Features, table: tuple[Comparison, ...] | None = None) -> None:
        self.features = features
        self.table = comparisons() if table is None else table
        self.active = active(features, self.table)
        self.ladders = {i: ladder(self.table[i], features) for i in self.active}

    def levels(self, left: Rows, right: Rows) -> Levels:
        """Levels of pairs of rows: shape (n, c), -1 where there is nothing to compare."""
        found = np.full((len(left), len(self.table)), NULL_LEVEL, dtype=np.int8, order="F")

        def climb(start: int) -> None:
            some = slice(start, start + AT_ONCE)
            scene = Scene(self.features.columns, left[some], right[some])
            at = np.arange(len(scene.left))
            for i in self.active:
                found[some, i] = self.ladders[i].climb(scene, at)

        starts = range(0, len(left), AT_ONCE)
        if len(starts) < 2:
            for start in starts:
                climb(start)
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(climb, starts))
        return found

    def promising(self, left: Rows, right: Rows, worth: Worth, least: float) -> tuple[Rows, Levels]:
        """Which of some pairs can still come to ``least`` bits of evidence, and their levels.

        What is cheap to compare is compared first; a pair that cannot come to ``least`` any more,
        whatever the rest says, is dropped before names are compared letter by letter.
        """
        scene = Scene(self.features.columns, left, right)
        every = np.arange(len(left))
        found = np.full((len(left), len(self.table)), NULL_LEVEL, dtype=np.int8, order="F")
        most = np.zeros(len(left))
        for i in self.active:
            found[:, i] = self.ladders[i].begin(scene, every)
            most += self._bound(i, found[:, i], left, right, worth)
        # What has least left to try comes first, and spares the rest.
        for i in sorted(self.active, key=lambda i: self.ladders[i].left):
            open_ = np.flatnonzero((found[:, i] == OPEN) & (most >= least))
            if len(open_):
                found[open_, i] = self.ladders[i].climb(scene, open_)
                told = self._bound(i, found[open_, i], left[open_], right[open_], worth)
                most[open_] += told - worth(i, OPEN, left[:0], right[:0])
        kept = np.flatnonzero(most >= least)
        return kept, found[kept]

    def _bound(self, i: int, levels: Levels, left: Rows, right: Rows, worth: Worth) -> Bits:
        """The most bits that each pair can get from one comparison."""
        most = np.zeros(len(levels))
        for level in self.table[i].levels:
            hit = np.flatnonzero(levels == level.value)
            if len(hit):
                most[hit] = worth(i, level.value, left[hit], right[hit])
        open_ = levels == OPEN
        if open_.any():
            most[open_] = worth(i, OPEN, left[:0], right[:0])
        return most
