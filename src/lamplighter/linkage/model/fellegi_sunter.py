"""Weigh comparison vectors by the Fellegi-Sunter model, with m and u probabilities for each kind of pair.

Two records are of one person in more than one way, and of two people in more than one way: two people
taken at random, but also relatives who share a home and a surname, twins, a father and a son. Each such
*kind* of pair has rates of its own, so that "same surname, same address, same telephone" is not counted
three times when a brother would explain all three. The evidence of a pair is

    log2  sum over kinds of one person    share(kind) * product of rates
          -------------------------------------------------------------
          sum over kinds of two people    share(kind) * product of rates

Within a kind, comparisons are independent; across kinds they are not, and that is the point. The rates of
two people at random are read off random pairs and never fitted to candidates; the others are learned
(:mod:`model.expectation_maximisation`). Where a level stands for one value among many, all likelihoods are
divided by that value's frequency, so that a kind with a rate of its own keeps its rate, and a kind at random
has the frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import Comparison, Kind

Bits = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]
Rates = Mapping[str, Mapping[str, float]]
SMALLEST = 1e-12
BESIDE = ("forename", "exact")
"""The comparison and its level beside which others come out in their own way: see :mod:`namesakes`."""
_PATTERNS_AT_ONCE = 50_000
_FEW_PATTERNS = 2_000
"""So many are worked out at once: for the pairs of one report, a step for each comparison costs more."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Rates of every kind of pair. ``random`` are those of two people taken at random: comparison ->
    level -> share. ``rates``: kind -> comparison -> level -> share, of kinds that have their own.
    ``shares``: of kinds of one person they sum to 1; of kinds of two people, beside 1 for the random.
    ``namesakes``: what takes the place of ``random`` between two who share a first name by chance, of
    comparisons that have it."""

    random: Rates
    rates: Mapping[str, Rates]
    shares: Mapping[str, float]
    namesakes: Rates = field(default_factory=dict)


@dataclass(slots=True)
class Tables:
    """A mixture as arrays of bits, for the comparisons of a table.

    ``own`` (k, c, v): bits of level v of comparison c in kind k, the random kind last. ``at_random``
    (k, c): whether a value frequency takes the place of the rate. ``log_share`` (k,). ``same`` (k,): which
    kinds are of one person; they come first, ``of_one`` of them. ``base``: what makes the evidence of a pair
    with nothing to compare zero. ``beside`` (k, c, v): bits that a level has more in pairs at the level
    ``beside_at`` of the comparison of that number, None where there are none.
    """

    own: Bits
    at_random: npt.NDArray[np.bool_]
    log_share: Bits
    same: npt.NDArray[np.bool_]
    beside: Bits | None = None
    beside_at: tuple[int, int] = (0, 0)
    of_one: int = field(init=False)
    base: float = field(init=False)
    related_base: float = field(init=False)
    _padded: Bits = field(init=False)
    _added: Bits | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.of_one = int(self.same.sum())
        assert self.same[: self.of_one].all(), "Kinds of one person come first."
        one, two = self.log_share[: self.of_one], self.log_share[self.of_one :]
        self.base = float(log_sum(two[None, :])[0] - log_sum(one[None, :])[0])
        self.related_base = float(log_sum(two[None, :])[0] - log_sum(two[None, :-1])[0])
        self._padded = _by_level(self.own)
        self._added = None if self.beside is None else _by_level(self.beside)

    def _steps(self, levels: Levels) -> Bits:
        """Bits of each comparison of a few patterns of levels (n, c) under each kind, the share of the kind
        with the first: (n, c, k). Summed in their order they come out to the last digit as below."""
        steps = self._padded[np.arange(levels.shape[1]), levels]
        if self._added is not None:
            at = self.is_beside(levels)
            steps[at] += self._added[np.arange(levels.shape[1]), levels[at]]
        steps[:, 0] += self.log_share
        return np.asarray(steps)

    def is_beside(self, levels: Levels) -> Rows:
        """Return the pairs of levels (n, c) in which ``beside`` counts."""
        return np.flatnonzero(levels[:, self.beside_at[0]] == self.beside_at[1])

    def _add_beside(self, total: Bits, own: npt.NDArray[np.intp], at: Rows, c: int) -> None:
        if self._added is not None and self._added[c].any():
            total[at] += self._added[c].take(own[at], axis=0)

    def patterns(self, levels: Levels) -> Bits:
        """Bits of patterns of levels (n, c) under each kind, without value frequencies: (n, k)."""
        n, comparisons = levels.shape
        if n <= _FEW_PATTERNS:
            return np.asarray(self._steps(levels).sum(axis=1))
        # A column a kind: the sums over kinds below then go along columns.
        total = np.empty((n, len(self.log_share)), order="F")
        total[:] = self.log_share
        at = self.is_beside(levels)
        for c in range(comparisons):
            if levels[:, c].max() >= 0:
                own = levels[:, c].astype(np.intp)
                for k in range(total.shape[1]):
                    total[:, k] += self._padded[c, :, k].take(own)
                self._add_beside(total, own, at, c)
        return total

    def with_frequencies(self, patterns: Bits, frequencies: Bits) -> Bits:
        """``patterns`` (n, k) with the bits of value frequencies (n, c) in the kinds at random."""
        found = patterns.copy(order="K")
        for c in np.flatnonzero(frequencies.any(axis=0)):
            for k in np.flatnonzero(self.at_random[:, c]):
                found[:, k] += frequencies[:, c]
        return found

    def evidence(self, kinds: Bits) -> Bits:
        """Bits for one person against two, from the bits of the kinds (..., k)."""
        one = self.of_one
        return np.asarray(log_sum(kinds[..., :one]) - log_sum(kinds[..., one:]) + self.base)

    def related(self, kinds: Bits) -> Bits:
        """Bits for two people who have something to do with each other against any two people, from the bits
        of the kinds (..., k)."""
        two = kinds[..., self.of_one :]
        return np.asarray(log_sum(two[..., :-1]) - log_sum(two) + self.related_base)

    def weighed(self, levels: Levels, frequencies: Bits) -> Bits:
        """Return the evidence of patterns of levels (n, c) with their frequencies (n, c), of many on two
        threads.
        """
        return self.of_patterns(self.evidence, levels, frequencies)

    def weighed_as_related(self, levels: Levels, frequencies: Bits) -> Bits:
        """:meth:`related` of patterns of levels (n, c) with their frequencies (n, c)."""
        return self.of_patterns(self.related, levels, frequencies)

    def of_patterns(self, bits_of: Callable[[Bits], Bits], levels: Levels, frequencies: Bits) -> Bits:
        """Return what ``bits_of`` makes of the bits of the kinds (n, k) of patterns of levels (n, c) with
        their frequencies (n, c), of many on two threads: (n,)."""
        if len(levels) <= _PATTERNS_AT_ONCE:
            return bits_of(self.with_frequencies(self.patterns(levels), frequencies))
        found = np.empty(len(levels))

        def weigh(start: int) -> None:
            some = slice(start, start + _PATTERNS_AT_ONCE)
            kinds = self.with_frequencies(self.patterns(levels[some]), frequencies[some])
            found[some] = bits_of(kinds)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(weigh, range(0, len(levels), _PATTERNS_AT_ONCE)))
        return found

    def bars(self, levels: Levels, frequencies: Bits) -> Bits:
        """Return what each comparison adds to the evidence, given those before it in the table: (n, c).

        The bars of a pair sum to its evidence: each is the evidence with the comparison less that without.
        """
        n, comparisons = levels.shape
        if n <= _FEW_PATTERNS:
            steps = self._steps(levels)
            steps += np.where(levels >= 0, frequencies, 0.0)[:, :, None] * self.at_random.T
            after = self.evidence(np.cumsum(steps, axis=1))
            return np.diff(after, axis=1, prepend=self.evidence(self.log_share))
        found = np.zeros((n, comparisons))

        def add(start: int) -> None:
            some = slice(start, start + _PATTERNS_AT_ONCE)
            self._add_bars(found[some], levels[some], frequencies[some])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(add, range(0, n, _PATTERNS_AT_ONCE)))
        return found

    def _add_bars(self, found: Bits, levels: Levels, frequencies: Bits) -> None:
        # A column a kind, as above.
        kinds = np.empty((len(levels), len(self.log_share)), order="F")
        kinds[:] = self.log_share
        before = self.evidence(kinds)
        at = self.is_beside(levels)
        for c in range(levels.shape[1]):
            if levels[:, c].max() < 0:
                continue
            own = levels[:, c].astype(np.intp)
            for k in range(kinds.shape[1]):
                kinds[:, k] += self._padded[c, :, k].take(own)
                if self.at_random[k, c]:
                    kinds[:, k] += frequencies[:, c]
            self._add_beside(kinds, own, at, c)
            now = self.evidence(kinds)
            np.subtract(now, before, out=found[:, c])
            before = now


def tables(mixture: Mixture, table: Sequence[Comparison], kinds: Sequence[Kind]) -> Tables:
    """Return the mixture as arrays. A level with a value frequency has 0 bits where it is at random: the
    frequency itself is added for each pair."""
    most = max(len(c.levels) for c in table)
    own = np.zeros((len(kinds) + 1, len(table), most))
    at_random = np.zeros((len(kinds) + 1, len(table)), dtype=bool)
    for k, kind in enumerate([*kinds, None]):
        for c, comparison in enumerate(table):
            random = kind is None or kind.is_random(comparison)
            at_random[k, c] = random
            rates = mixture.random if random or kind is None else mixture.rates[kind.name]
            for level in comparison.levels:
                # A model of an older table has no rates of a level that came since: they are the table's.
                begun = level.u if random or kind is None or not kind.same else level.m
                rate = max(rates[comparison.name].get(level.name, begun), SMALLEST)
                stands_for_one = level.tf and not level.near
                own[k, c, level.value] = 0.0 if random and stands_for_one else np.log2(rate)
    shares = [*(max(mixture.shares[k.name], SMALLEST) for k in kinds), 1.0]
    same = np.array([*(k.same for k in kinds), False])
    return Tables(own, at_random, np.log2(np.array(shares)), same, *_beside(mixture, table, at_random, most))


def _beside(
    mixture: Mixture, table: Sequence[Comparison], at_random: npt.NDArray[np.bool_], most: int
) -> tuple[Bits | None, tuple[int, int]]:
    """Return what ``namesakes`` adds in kinds in which both the first name and the comparison are at random,
    and beside which level of which comparison."""
    if not mixture.namesakes:
        return None, (0, 0)
    first = next(i for i, c in enumerate(table) if c.name == BESIDE[0])
    level = next(v.value for v in table[first].levels if v.name == BESIDE[1])
    added = np.zeros((*at_random.shape, most))
    for c, comparison in enumerate(table):
        for v in comparison.levels if comparison.name in mixture.namesakes else ():
            more = mixture.namesakes[comparison.name][v.name] / mixture.random[comparison.name][v.name]
            added[:, c, v.value] = np.where(at_random[:, c] & at_random[:, first], np.log2(more), 0.0)
    return added, (first, level)


def _by_level(bits: Bits) -> Bits:
    """Bits (k, c, v) as (c, v + 1, k): level -1, nothing to compare, is the last and has none."""
    return np.ascontiguousarray(np.pad(bits.transpose(1, 2, 0), ((0, 0), (0, 1), (0, 0))))


def log_sum(bits: Bits) -> Bits:
    """Bits of the sum, along the last axis."""
    most = bits.max(axis=-1, keepdims=True)
    return np.asarray(most[..., 0] + np.log2(np.exp2(bits - most).sum(axis=-1)))
