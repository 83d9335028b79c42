"""A model applied to records: the evidence of pairs, in bits, and the pairs that are worth weighing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import blocking
from lamplighter.linkage.blocking import Key, Limits, Packed
from lamplighter.linkage.coded import Rows
from lamplighter.linkage.features import Features
from lamplighter.linkage.frequencies import Shared
from lamplighter.linkage.model import Model
from lamplighter.linkage.scoring import OPEN, Levels, Scorer

Bits = npt.NDArray[np.float64]
AT_ONCE = 1_000_000
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Weighed:
    """Pairs of rows with their levels (n, c), bits of value frequencies (n, c) and evidence (n,)."""

    left: Rows
    right: Rows
    levels: Levels
    frequencies: Bits
    evidence: Bits

    def __len__(self) -> int:
        return len(self.left)

    @property
    def pairs(self) -> npt.NDArray[np.int64]:
        """Pairs of rows: shape (n, 2)."""
        return np.column_stack([self.left, self.right])


class Weigher:
    """A model applied to some features."""

    def __init__(self, features: Features, model: Model, scorer: Scorer | None = None) -> None:
        self.features = features
        self.model = model
        self.scorer = scorer or Scorer(features, model.table)
        self.shared = Shared(features, model.frequencies)
        self._best = self._most_bits()

    def under(self, model: Model) -> Weigher:
        """The same records under another model."""
        return Weigher(self.features, model, self.scorer)

    def weigh(self, left: Rows, right: Rows, levels: Levels | None = None) -> Weighed:
        """The evidence of pairs of rows."""
        found = self.scorer.levels(left, right) if levels is None else levels
        parts = self.shared.of_levels(found, left, right, self.model.table, self.scorer.active)
        arrays = self.model.arrays
        kinds = arrays.with_frequencies(arrays.patterns(found), parts)
        return Weighed(left, right, found, parts, arrays.evidence(kinds))

    def promising(self, left: Rows, right: Rows, least: float) -> Weighed:
        """Those of some pairs whose evidence comes to ``least`` bits."""
        at, levels = self.scorer.promising(left, right, self._worth, least)
        weighed = self.weigh(left[at], right[at], levels)
        return taken(weighed, np.flatnonzero(weighed.evidence >= least))

    def candidates(self, chosen: Sequence[Key], limits: Limits, least: float) -> tuple[Weighed, int]:
        """Pairs that share one of ``chosen`` keys and come to ``least`` bits, none twice; and how many
        were looked at."""
        hashed, n = blocking.Hashed(self.features), len(self.features)
        looked_at = 0
        kept: list[tuple[Packed, Levels]] = []

        def look(left: Rows, right: Rows) -> tuple[Packed, Levels]:
            at, levels = self.scorer.promising(left, right, self._worth, least)
            return blocking.packed(left[at], right[at], n), levels

        with ThreadPoolExecutor(_THREADS) as pool:
            waiting: deque[Future[tuple[Packed, Levels]]] = deque()
            for left, right in _chunks(chosen, hashed, limits):
                looked_at += len(left)
                waiting.append(pool.submit(look, left, right))
                if len(waiting) > _THREADS:
                    kept.append(waiting.popleft().result())
            kept.extend(f.result() for f in waiting)
        pairs = np.concatenate([p for p, _ in kept]) if kept else np.empty(0, dtype=np.int64)
        first = _first_of_each(pairs)
        width = len(self.model.table)
        levels = np.concatenate([v for _, v in kept]) if kept else np.empty((0, width), dtype=np.int8)
        left, right = blocking.unpacked(pairs[first], n)
        weighed = self.weigh(left, right, np.asfortranarray(levels[first]))
        return taken(weighed, np.flatnonzero(weighed.evidence >= least)), looked_at

    def _most_bits(self) -> Bits:
        """The most that each level can say for one person: (c, v + 1), the last for open ones."""
        arrays, table = self.model.arrays, self.model.table
        best = arrays.own[arrays.same].max(axis=0) - arrays.own[-1]
        most = np.zeros((len(table), best.shape[1] + 1))
        most[:, :-1] = best
        for c, comparison in enumerate(table):
            values = []
            for level in comparison.levels:
                columns = comparison.columns()
                bits = float(best[c, level.value])
                if level.tf and self.features.has(level.tf) and not level.near:
                    bits -= float(np.log2(self.model.frequencies.rare.get(level.tf, 1.0)))
                if columns:
                    values.append(bits)
            most[c, -1] = max([0.0, *values])
        return most

    def _worth(self, c: int, value: int, left: Rows, right: Rows) -> Bits | float:
        if value == OPEN:
            return float(self._best[c, -1])
        level = self.model.table[c].level(value)
        bits = float(self._best[c, value])
        if level.tf and self.features.has(level.tf) and not level.near:
            return np.asarray(bits - self.shared.bits(level.tf, left, right))
        return bits


def taken(weighed: Weighed, at: Rows) -> Weighed:
    """Some of the pairs."""
    return Weighed(
        weighed.left[at],
        weighed.right[at],
        weighed.levels[at],
        weighed.frequencies[at],
        weighed.evidence[at],
    )


def joined(one: Weighed, other: Weighed) -> Weighed:
    """The pairs of both."""
    return Weighed(
        np.concatenate([one.left, other.left]),
        np.concatenate([one.right, other.right]),
        np.concatenate([one.levels, other.levels]),
        np.concatenate([one.frequencies, other.frequencies]),
        np.concatenate([one.evidence, other.evidence]),
    )


def _first_of_each(pairs: Packed) -> Rows:
    """Where each distinct pair stands first, in the order of the pairs."""
    order = pl.Series(pairs).arg_sort().to_numpy()
    ordered = pairs[order]
    begins = np.ones(len(pairs), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return order[begins].astype(np.int64)


def _chunks(chosen: Sequence[Key], hashed: blocking.Hashed, limits: Limits) -> Iterator[tuple[Rows, Rows]]:
    """The pairs of some keys, a million or so at a time."""
    waiting: list[tuple[Rows, Rows]] = []
    held = 0
    for block in blocking.every_block(chosen, hashed, limits):
        for a, b in blocking.pairs_in(block):
            apart = a != b
            waiting.append((a[apart], b[apart]))
            held += len(a)
            if held >= AT_ONCE:
                yield _joined(waiting)
                waiting, held = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
    return np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])
