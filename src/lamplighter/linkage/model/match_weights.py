"""Apply a model to records: the match weights of pairs, in bits, and the pairs that are worth weighing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.pair_ids import Packed, distinct, packed, unpacked
from lamplighter.linkage.arrays.row_order import Rows, among, ordered
from lamplighter.linkage.blocking import candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import Limits
from lamplighter.linkage.comparisons.comparison_levels import Level
from lamplighter.linkage.comparisons.comparison_vectors import (
    AT_ONCE,
    OPEN,
    THREADS,
    Levels,
    Scorer,
    evenly,
)
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage.model.agreement_patterns import Weighed, joined, taken
from lamplighter.linkage.model.parameters import Model

Bits = npt.NDArray[np.float64]


class Weigher:
    """A model applied to some features."""

    def __init__(
        self, features: Features, model: Model, scorer: Scorer | None = None, shared: Shared | None = None
    ) -> None:
        self.features = features
        self.model = model
        self.scorer = scorer or Scorer(features, model.table)
        self.shared = shared or Shared(features, model.frequencies)
        self._best, self._rest = self._most_bits()
        self._beside = self._more_beside()

    def under(self, model: Model) -> Weigher:
        """Return the same records under another model."""
        same = model.frequencies is self.model.frequencies
        return Weigher(self.features, model, self.scorer, self.shared if same else None)

    def weigh(self, left: Rows, right: Rows, levels: Levels | None = None) -> Weighed:
        """Return the evidence of pairs of rows."""
        found = self.scorer.levels(left, right) if levels is None else levels
        weighed = Weighed(left, right, found, np.empty(len(left)))
        for start in range(0, len(left), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            own = found[some]
            weighed.evidence[some] = self.model.arrays.weighed(own, self._of(own, left[some], right[some]))
        return weighed

    def frequencies(self, weighed: Weighed) -> Bits:
        """Return the bits of value frequencies of some pairs: (n, c)."""
        return self._of(weighed.levels, weighed.left, weighed.right)

    def _of(self, levels: Levels, left: Rows, right: Rows) -> Bits:
        return self.shared.of_levels(levels, left, right, self.model.table, self.scorer.active)

    def related(self, weighed: Weighed, some: Rows) -> Bits:
        """Bits for two people who have something to do with each other against any two people
        (:meth:`fellegi_sunter.Tables.related`), of ``some`` pairs; none of the others: (n,)."""
        found = np.zeros(len(weighed))
        for start in range(0, len(some), AT_ONCE):
            at = some[start : start + AT_ONCE]
            own = taken(weighed, at)
            found[at] = self.model.arrays.weighed_as_related(own.levels, self.frequencies(own))
        return found

    def bars(self, weighed: Weighed) -> Bits:
        """Return what each comparison adds to the evidence of some pairs: (n, c)."""
        return self.model.arrays.bars(weighed.levels, self.frequencies(weighed))

    def more(self, weighed: Weighed, left: Rows, right: Rows) -> Weighed:
        """Pairs that are weighed already and others, in the order of their rows, none twice."""
        n = len(self.features)
        have = packed(weighed.left, weighed.right, n)
        if (have[1:] < have[:-1]).any():
            weighed, have = taken(weighed, np.argsort(have, kind="stable")), ordered(have)
        wanted = distinct([packed(left, right, n)])
        new = wanted[~among(wanted, have)]
        return merged(weighed, self.weigh(*unpacked(new, n)), np.searchsorted(have, new))

    def promising(self, left: Rows, right: Rows, least: float) -> Weighed:
        """Those of some pairs whose evidence comes to ``least`` bits."""
        at, levels = self.scorer.promising(left, right, self, least)
        weighed = self.weigh(left[at], right[at], levels)
        return taken(weighed, np.flatnonzero(weighed.evidence >= least))

    def candidates(self, chosen: Sequence[Key], limits: Limits, least: float) -> tuple[Weighed, int]:
        """Pairs that share one of ``chosen`` keys and come to ``least`` bits, in order; and how many pairs
        the keys gave."""
        n = len(self.features)
        with ThreadPoolExecutor(1) as pool:
            ready = pool.submit(self.scorer.ready)
            pairs = _every_pair(chosen, candidate_pairs.Hashed(self.features), limits)
            ready.result()

        def look(some: slice) -> Weighed:
            return self.promising(*unpacked(pairs[some], n), least)

        return self._by_parts(len(pairs), look), len(pairs)

    def kept(self, left: Rows, right: Rows, least: float) -> Weighed:
        """Return :meth:`promising` of any number of pairs."""
        self.scorer.ready()

        def look(some: slice) -> Weighed:
            return self.promising(left[some], right[some], least)

        return self._by_parts(len(left), look)

    def _by_parts(self, pairs: int, look: Callable[[slice], Weighed]) -> Weighed:
        """Return what is kept of so many pairs, looked at some at a time."""
        at_once, none = evenly(pairs), np.empty(0, dtype=np.int64)
        parts = [slice(start, start + at_once) for start in range(0, pairs, at_once)]
        with ThreadPoolExecutor(THREADS) as pool:
            kept = list(pool.map(look, parts))
        return joined(kept) if kept else self.weigh(none, none)

    def of_levels(self, c: int, levels: Levels, left: Rows, right: Rows) -> Bits:
        """See :class:`comparison_vectors.Worth`."""
        most = np.asarray(self._best[c].take(levels))
        for level in self._shading(c):
            hit = np.flatnonzero(levels == level.value)
            most[hit] -= self.shared.bits(str(level.tf), left[hit], right[hit])
        return most

    def of_rest(self, c: int, tried: int) -> float:
        """See :class:`comparison_vectors.Worth`."""
        return self._rest[c][tried]

    def of_namesakes(self, levels: Levels) -> Bits:
        """See :class:`comparison_vectors.Worth`."""
        found = np.zeros(len(levels))
        first, exact = self.model.arrays.beside_at
        if self._beside:
            at = np.flatnonzero(levels[:, first] == exact)
            if self.scorer.ladders[first].tried == 0:
                at = np.flatnonzero((levels[:, first] == exact) | (levels[:, first] == OPEN))
            for c, more in self._beside.items():
                found[at] += more.take(levels[at, c])
        return found

    def _more_beside(self) -> dict[int, Bits]:
        """Return the bits that each level may say more for one person where a pair shares a first name than
        it says elsewhere, by its value, the last two for open ones and where nothing was compared."""
        arrays = self.model.arrays
        if arrays.beside is None or arrays.beside_at[0] not in self.scorer.ladders:
            return {}
        there = arrays.own + arrays.beside
        best, plain = (own[arrays.same].max(axis=0) - own[-1] for own in (there, arrays.own))
        more = np.maximum(best - plain, 0.0)
        return {c: np.append(more[c], [more[c].max(), 0.0]) for c in self.scorer.active if more[c].any()}

    def _shading(self, c: int) -> list[Level]:
        """Return the levels of a comparison that are worth the more the rarer the value is."""
        table = self.model.table[c]
        return [v for v in table.levels if v.tf and self.features.has(v.tf) and not v.near]

    def _most_bits(self) -> tuple[dict[int, Bits], dict[int, list[float]]]:
        """Return the most that each level can say for one person, by its value: without its frequency, the
        last two for open ones and where nothing was compared; and with it that of the rest of each
        ladder.
        """
        arrays = self.model.arrays
        best = arrays.own[arrays.same].max(axis=0) - arrays.own[-1]
        most: dict[int, Bits] = {}
        rest: dict[int, list[float]] = {}
        for c, ladder in self.scorer.ladders.items():
            shaded = best[c].copy()
            for level in self._shading(c):
                shaded[level.value] -= np.log2(self.model.frequencies.rare.get(str(level.tf), 1.0))
            values = [v for v, _ in ladder.levels]
            rest[c] = [float(shaded[[*values[tried:], 0]].max()) for tried in range(len(values) + 1)]
            if ladder.dear_null:
                # There may be nothing to compare, which is worth nothing.
                rest[c][0] = max(rest[c][0], 0.0)
            most[c] = np.concatenate([best[c], [rest[c][ladder.tried], 0.0]])
        return most, rest


def merged(weighed: Weighed, others: Weighed, before: Rows) -> Weighed:
    """Pairs with ``others`` among them, each before the pair at its place in ``before``, which rises."""
    fresh = np.zeros(len(weighed) + len(others), dtype=bool)
    fresh[before + np.arange(len(others))] = True

    def both(own: npt.NDArray[Any], more: npt.NDArray[Any]) -> npt.NDArray[Any]:
        found = np.empty(len(fresh), dtype=own.dtype)
        found[fresh], found[~fresh] = more, own
        return found

    levels = np.empty((len(fresh), weighed.levels.shape[1]), dtype=np.int8, order="F")
    for c in range(levels.shape[1]):
        levels[:, c] = both(weighed.levels[:, c], others.levels[:, c])
    return Weighed(
        both(weighed.left, others.left),
        both(weighed.right, others.right),
        levels,
        both(weighed.evidence, others.evidence),
    )


def _every_pair(chosen: Sequence[Key], hashed: candidate_pairs.Hashed, limits: Limits) -> Packed:
    """Return the pairs that share one of some keys, sorted, none twice."""
    n = len(hashed.features)
    parts: list[Packed] = []
    for block in candidate_pairs.every_block(chosen, hashed, limits):
        for a, b in candidate_pairs.pairs_in(block):
            pairs = packed(a, b, n)
            if (a == b).any():
                pairs = pairs[a != b]
            parts.append(pairs)
    return distinct(parts)
