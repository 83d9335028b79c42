"""Fitting without labels: value frequencies, what random pairs look like, then the kinds of pairs.

The same steps serve 500 records and ten million. Of many records a random sample is
enough: every count of pairs falls with the square of the share, so odds stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import choosing, namesakes, recall
from lamplighter.linkage.blocking import Limits
from lamplighter.linkage.features import Features, related
from lamplighter.linkage.frequencies import Shared, counted
from lamplighter.linkage.key_kinds import Key
from lamplighter.linkage.learning import OF_A_TABLE, learn, starting
from lamplighter.linkage.levels import Comparison, kinds
from lamplighter.linkage.mixture import Mixture, log_sum, tables
from lamplighter.linkage.ordering import Rows
from lamplighter.linkage.patterns import collapsed
from lamplighter.linkage.scoring import Levels, Scorer

Bits = npt.NDArray[np.float64]
FITTED = 40_000
"""The sample of records to fit on is the root of this many times all of them, and never under five times
as many: of ten million a fixed number would hold hardly two of one person."""
RANDOM_PAIRS = 150_000
SHRINK_RANDOM = 20_000.0  # the table's own u counts as much as this many random pairs, or a fiftieth
FEWEST_RECORDS = 50
ROUNDS_FOR_RANDOM = 2
RARE = 1e-3
SMALLEST_RATE = 1e-9
_SEED = 20261124


@dataclass(frozen=True, slots=True)
class Sources:
    """Which source each record is of: ``codes`` (n,), and the sources' ``names``."""

    codes: npt.NDArray[np.int64]
    names: tuple[str, ...]

    def groups(self, left: Rows, right: Rows) -> npt.NDArray[np.int64]:
        """A number for the pair of sources of each pair of rows."""
        if len(self.names) == 1:
            return np.zeros(len(left), dtype=np.int64)
        a, b = self.codes[left], self.codes[right]
        return np.asarray(np.minimum(a, b) * len(self.names) + np.maximum(a, b))

    def pairs(self) -> Bits:
        """How many pairs of records each pair of sources has: by the number of the pair."""
        counts = np.bincount(self.codes, minlength=len(self.names)).astype(np.float64)
        every = np.triu(np.outer(counts, counts))
        every[np.diag_indices(len(counts))] = counts * (counts - 1) / 2
        return np.maximum(every.ravel(), 0.0)

    def name(self, group: int) -> str:
        """The two sources of a group."""
        a, b = divmod(group, len(self.names))
        return "|".join(sorted((self.names[a], self.names[b])))


MOST_SOURCES = 8


def sources_of(features: Features) -> Sources:
    """The sources of some records; one for all where none is said, or too many are."""
    named = features.facts["source"]
    if named.null_count() == len(named):
        return Sources(np.zeros(len(features), dtype=np.int64), ("",))
    named = named.fill_null("")
    names = named.unique().sort().to_list()
    if len(names) > MOST_SOURCES:
        return Sources(np.zeros(len(features), dtype=np.int64), ("",))
    codes = named.replace_strict({v: i for i, v in enumerate(names)}, return_dtype=pl.Int64()).to_numpy()
    return Sources(codes.astype(np.int64), tuple(names))


@dataclass(frozen=True, slots=True)
class Fitted:
    """What fitting gives: the mixture, how many people have a value, the prior odds of each pair of
    ``sources``, the names of the keys chosen and what each brings, the share of all pairs that are of one
    person, and the pairs that tell how many were missed (:func:`recall.expected`)."""

    mixture: Mixture
    shared: Shared
    odds: Bits
    sources: Sources
    keys: tuple[str, ...]
    matches: float
    proposed: recall.Proposed | None
    yields: tuple[choosing.Yield, ...] = ()


def random_rows(n: int, most: int = RANDOM_PAIRS) -> tuple[Rows, Rows]:
    """Pairs of different rows: all of them when they are few, else a repeatable sample."""
    if n * (n - 1) // 2 <= most:
        left, right = np.triu_indices(n, 1)
        return left.astype(np.int64), right.astype(np.int64)
    both = np.random.default_rng(_SEED).integers(0, n, size=(most, 2))
    both.sort(axis=1)
    both = both[both[:, 0] < both[:, 1]]
    return both[:, 0], both[:, 1]


def sampled(n: int) -> Rows:
    """Rows to fit on: all, or a repeatable sample."""
    most = max(5 * FITTED, round((FITTED * n) ** 0.5))
    if n <= most:
        return np.arange(n, dtype=np.int64)
    return np.sort(np.random.default_rng(_SEED).choice(n, size=most, replace=False))


def rates_at_random(
    levels: Levels, weights: Bits, table: Sequence[Comparison]
) -> dict[str, dict[str, float]]:
    """Share of each level between two people taken at random, drawn a little towards the table's own."""
    found: dict[str, dict[str, float]] = {}
    for i, c in enumerate(table):
        some = levels[:, i] >= 0
        counts = np.bincount(levels[some, i], weights=weights[some], minlength=len(c.levels))
        pseudo = min(SHRINK_RANDOM, 0.02 * counts.sum() + 50.0)
        whole = sum(v.u for v in c.levels)
        row: dict[str, float] = {}
        for v in c.levels:
            rate = (counts[v.value] + pseudo * v.u / whole) / (counts.sum() + pseudo)
            # A rare thing that agrees convinces by itself, so that strangers who share it are never
            # seen: its rate may not fall far below the table's.
            least = v.u / 2 if v.u < RARE else SMALLEST_RATE
            row[v.name] = v.u if v.fixed else rounded(max(rate, least))
        found[c.name] = row
    return found


def tf_columns(features: Features, table: Sequence[Comparison]) -> set[str]:
    """The columns whose value frequencies count, and of which there is something."""
    return {v.tf for c in table for v in c.levels if v.tf and features.has(v.tf)}


def _shared(features: Features, table: Sequence[Comparison], secret: bytes) -> Shared:
    """How many people have the values of some features, looked up for each distinct value."""
    names = tf_columns(features, table)
    shared = Shared(features, counted(features, names, secret))
    for name in names:
        shared.of_values(name)
    return shared


def fit(
    features: Features, table: tuple[Comparison, ...], proposing: Sequence[Key], secret: bytes = b""
) -> Fitted:
    """The kinds of pairs, learned from a sample of the pairs that ``proposing`` keys give."""
    if len(features) < FEWEST_RECORDS or not proposing:
        return _unfitted(features, table, proposing, _shared(features, table, secret))
    rows = sampled(len(features))
    sample = features.of(rows)
    n = len(sample)
    every = max(n * (n - 1) / 2, 1.0)
    at_random = random_rows(n)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(Scorer, sample, table)
        # What is known of distinct values serves the sample too.
        ready = pool.submit(lambda: Scorer(features, table).ready())
        counting = pool.submit(_shared, features, table, secret)
        pairs = choosing.sample(sample, proposing, _limits(n, len(proposing)))
        scorer = reading.result()
        ready.result()
        levels = scorer.levels(pairs.left, pairs.right)
        random_levels = scorer.levels(*at_random)
        shared = counting.result().among(sample)
    shades = shared.of_levels(levels, pairs.left, pairs.right, table, scorer.active)
    sources = sources_of(sample)
    groups = sources.groups(pairs.left, pairs.right)
    tells = np.zeros(levels.shape, dtype=bool)
    for member, alone in zip(pairs.members.T, without(proposing, table), strict=True):
        tells |= member[:, None] & alone
    seen = collapsed(levels, shades, np.zeros(len(levels)), groups, tells, times=pairs.times)
    random_shades = shared.of_levels(random_levels, *at_random, table, scorer.active)
    own = namesakes.Strangers.of(sample, scorer, shared, table)
    weights = np.ones(len(at_random[0]))
    odds = np.full(len(sources.pairs()), 0.2 * n / every)
    share: Callable[[Levels, Bits], Bits] | None = None
    for _ in range(ROUNDS_FOR_RANDOM):
        random = rates_at_random(random_levels, weights, table)
        begin = starting(table, kinds(), random, n, sample.has)
        if share is not None:
            begin = replace(begin, namesakes=own.rates(table, random, share))
        mixture, odds = learn(
            seen, begin, table, kinds(),
            odds=odds, of=sources.pairs(), pairs=every, strength=OF_A_TABLE,
        )  # fmt: skip
        share = partial(random_share, mixture, table, odds=float(odds.max()))
        weights = share(random_levels, random_shades)
    arrays = tables(mixture, table, kinds())
    belief = probability(arrays.weighed(levels, shades) + np.log2(odds)[groups])
    keys = choosing.chosen(pairs, belief, proposing)
    at = [proposing.index(k) for k in keys]
    return Fitted(
        mixture,
        shared,
        odds,
        sources,
        tuple(k.name for k in keys),
        float(odds @ sources.pairs()) / every,
        recall.Proposed(sample, proposing, pairs, belief, rows),
        choosing.yields([proposing[k].name for k in at], pairs.members[:, at], pairs.costs[at], belief),
    )


def _limits(records: int, keys: int) -> Limits:
    """What each key may propose while a table is learned from."""
    limits = Limits.of_table(records, 0.0)
    return Limits() if limits.most == Limits().most else Limits(limits.most, 3 * limits.pairs / max(keys, 1))


def _unfitted(
    features: Features, table: tuple[Comparison, ...], proposing: Sequence[Key], shared: Shared
) -> Fitted:
    """The table's own rates, for too few records to learn from, or such as no key proposes pairs of."""
    n, sources = max(len(features), 2), sources_of(features)
    random = {c.name: {v.name: v.u for v in c.levels} for c in table}
    share = 1.0 / max(n / 2, 20.0)
    odds = np.full(len(sources.pairs()), share / (1 - share))
    mixture = starting(table, kinds(), random, n)
    return Fitted(mixture, shared, odds, sources, tuple(k.name for k in proposing), share, None)


def without(keys: Sequence[Key], table: Sequence[Comparison]) -> npt.NDArray[np.bool_]:
    """Which keys propose a pair without the help of which comparison: (k, c).

    A pair that a surname proposed says nothing of how often surnames agree, and one that was proposed
    only because the surname agreed is missing where it does not: rates are learned from the others.
    """
    looks_at = [c.columns() - {"nominal"} if c.name != "nominal" else {"nominal"} for c in table]
    return np.array([[not related(k.columns()) & columns for columns in looks_at] for k in keys], dtype=bool)


def probability(bits: Bits) -> Bits:
    """Probability of log-odds in bits."""
    found = np.clip(bits, -500, 500)
    # In place: there may be tens of millions.
    np.exp2(np.negative(found, out=found), out=found)
    found += 1.0
    return np.asarray(np.divide(1.0, found, out=found))


def random_share(
    mixture: Mixture, table: Sequence[Comparison], levels: Levels, shades: Bits, odds: float
) -> Bits:
    """How likely each of some pairs is to be of two people taken at random, and of no other kind."""
    arrays = tables(mixture, table, kinds())
    bits = arrays.with_frequencies(arrays.patterns(levels), shades)
    bits[:, arrays.same] += np.log2(odds)
    return np.exp2(bits[:, -1] - log_sum(bits))


def rounded(value: float) -> float:
    """Six significant figures: sums over threads differ in the last digits, and a model's id must
    not."""
    return float(f"{value:.6g}")
