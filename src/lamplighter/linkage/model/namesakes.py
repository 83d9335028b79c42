"""Estimate the u probabilities of two people who share a first name by chance.

Within a kind of pair, comparisons are taken to be independent. Of two strangers with one first name they are
not: names come and go with the years, are a man's or a woman's, and call for second names ("Mary Ann"). Two
strangers of one first name are oftener of one sex and of nearly one age than strangers are, and what agrees
there tells less than it would alone. How much is read off pairs of records that share a first name and have
different surnames, without labels (what correlated fields do to a linkage: Thibaudeau, 1993; Winkler, 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import CODES, Comparison
from lamplighter.linkage.comparisons.comparison_vectors import Scorer
from lamplighter.linkage.features.encoded_columns import Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage.model.fellegi_sunter import BESIDE, Levels, Rates

Bits = npt.NDArray[np.float64]
MOST_PAIRS = 60_000
PSEUDO = 1_000.0
"""The rates of any two strangers count as so many pairs: in a small table those who share a first name are a
few people, each written in several ways."""
COMMON = 1e-3
"""What is rarer than this between strangers is left as it is: the few who are one person would outnumber the
strangers who have it in common."""
_SEED = 20261127
_NONE = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Met:
    """Pairs of records that share a first name and have different surnames, ``left`` and ``right`` (n,), and
    their ``levels`` (n, c)."""

    left: Rows
    right: Rows
    levels: Levels

    @classmethod
    def of(cls, features: Features, scorer: Scorer, table: tuple[Comparison, ...]) -> Met:
        """Those of some records; none where people have no first names, or no surnames."""
        left, right = pairs(features) if features.has("first") and features.has("sur") else _NONE
        levels = scorer.levels(left, right)
        some = strangers(levels, table)
        return cls(left[some], right[some], levels[some])


@dataclass(frozen=True, slots=True)
class Strangers:
    """Pairs of records that share a first name and have different surnames: their ``levels`` (n, c) and the
    bits of their value frequencies, ``shades`` (n, c)."""

    levels: Levels
    shades: Bits

    @classmethod
    def of(cls, met: Met, scorer: Scorer, shared: Shared, table: tuple[Comparison, ...]) -> Strangers:
        """Those who met, where people have values as often as ``shared`` says."""
        return cls(met.levels, shared.of_levels(met.levels, met.left, met.right, table, scorer.active))

    def rates(
        self, table: Sequence[Comparison], random: Rates, share: Callable[[Levels, Bits], Bits]
    ) -> Rates:
        """Share of each level, of comparisons about what a person keeps; nothing where there are no pairs.

        ``share`` says how likely pairs of levels and frequencies are to be of strangers. It is asked of all
        but the comparison itself: what agrees there would make a stranger look like the same person, and the
        strangers of whom it does are what is counted.
        """
        found: dict[str, Mapping[str, float]] = {}
        for i, c in enumerate(table):
            some = np.flatnonzero(self.levels[:, i] >= 0)
            if c.name in (BESIDE[0], "surname") or not (c.stable or c.kind in CODES) or not len(some):
                continue
            levels, shades = self.levels[some], self.shades[some]
            own = levels[:, i].copy()
            levels[:, i], shades[:, i] = -1, 0.0
            times = share(levels, shades)
            counts = np.bincount(own, weights=times, minlength=len(c.levels)).astype(np.float64)
            found[c.name] = _drawn(c, counts, random[c.name])
        return found


def pairs(features: Features, most: int = MOST_PAIRS) -> tuple[Rows, Rows]:
    """Pairs of rows that share a first name, of every whole name one row, so that nobody counts for more than
    another: all when they are few, else a repeatable sample of about ``most``, in which every such pair has
    the same chance."""
    column, surname = features.columns.by_name["first"], features.columns.by_name["sur"]
    assert isinstance(column, Texts)
    assert isinstance(surname, Texts)
    rows = np.flatnonzero((column.codes >= 0) & (surname.codes >= 0))
    whole = column.codes[rows].astype(np.int64) * (len(surname.values) + 1) + surname.codes[rows]
    rows = rows[np.unique(whole, return_index=True)[1]]
    order = rows[np.argsort(column.codes[rows], kind="stable")]
    sizes = np.bincount(column.codes[order])
    sizes = sizes[sizes > 0].astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    each = sizes * (sizes - 1) // 2
    ends = np.cumsum(each)
    if not len(ends) or not ends[-1]:
        return _NONE
    rng = np.random.default_rng(_SEED)
    drawn = np.arange(ends[-1]) if ends[-1] <= most else np.sort(rng.integers(0, ends[-1], most))
    group = np.searchsorted(ends, drawn, side="right")
    nth = drawn - (ends[group] - each[group])
    # The pair (a, b), a < b, of a group is the number b (b - 1) / 2 + a.
    b = ((1 + np.sqrt(1 + 8 * nth.astype(np.float64))) / 2).astype(np.int64)
    b -= b * (b - 1) // 2 > nth
    b += b * (b + 1) // 2 <= nth
    a = nth - b * (b - 1) // 2
    one, other = order[starts[group] + a], order[starts[group] + b]
    return np.minimum(one, other), np.maximum(one, other)


def strangers(levels: Levels, table: Sequence[Comparison]) -> npt.NDArray[np.bool_]:
    """Tell which of some pairs share a first name and have surnames that differ: (n,)."""
    names = {c.name: i for i, c in enumerate(table)}
    first, surname = names[BESIDE[0]], names["surname"]
    exact = next(v.value for v in table[first].levels if v.name == BESIDE[1])
    return np.asarray((levels[:, first] == exact) & (levels[:, surname] == 0))


def _drawn(comparison: Comparison, counts: Bits, random: Mapping[str, float]) -> Mapping[str, float]:
    """Shares as counted, drawn towards those ``random``: what is common is shared out anew, the rest keeps
    its own."""
    common = [v for v in comparison.levels if random[v.name] >= COMMON]
    kept, seen = sum(random[v.name] for v in common), sum(float(counts[v.value]) for v in common)
    anew = {
        v.name: (float(counts[v.value]) * kept + PSEUDO * random[v.name]) / (seen + PSEUDO) for v in common
    }
    return {**random, **anew}
