"""Train a model without labels: term frequencies, u probabilities of random pairs, then the kinds of pairs.

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

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.log_odds import bits_of, probability_of, rounded
from lamplighter.linkage.arrays.pair_ids import pairs_of
from lamplighter.linkage.arrays.row_order import Rows, bits_of_rows
from lamplighter.linkage.blocking import recall_estimate, rule_selection
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import MOST_RECORDS_A_KEY, Limits
from lamplighter.linkage.comparisons.comparison_levels import Comparison, kinds
from lamplighter.linkage.comparisons.comparison_vectors import Levels, Scorer
from lamplighter.linkage.features.record_features import Features, related
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage.frequencies.value_counts import shared_of
from lamplighter.linkage.model import namesakes
from lamplighter.linkage.model.agreement_patterns import collapsed
from lamplighter.linkage.model.expectation_maximisation import OF_A_TABLE, learn, starting
from lamplighter.linkage.model.fellegi_sunter import Mixture, log_sum, tables
from lamplighter.linkage.model.initials import shares_of_initials, with_initials
from lamplighter.linkage.model.sources import Sources, sources_of

Bits = npt.NDArray[np.float64]
FITTED = 40_000
"""The sample of records to fit on is the root of this many times all of them, and never under five times
as many: of ten million a fixed number would hold hardly two of one person."""
RANDOM_PAIRS = 150_000
SHRINK_RANDOM = 20_000.0  # the table's own u counts as much as this many random pairs, or a fiftieth
FEWEST_RECORDS = 50
MATCHES_SUPPOSED, PAIRS_SUPPOSED = 2.5, 50.0
"""Where there is too little to learn from, so many pairs of one person in so many are supposed beside those
that there are."""
ROUNDS_FOR_SHARE = 50
ROUNDS_FOR_RANDOM = 2
ROUNDS_FOR_PEOPLE, WORTH_COUNTING = 2, 0.01
"""People are counted anew so many times, where they are so much fewer than before."""
LIKELY = 0.9
"""Pairs as likely as this tell whose a record is when people are counted: where namesakes pass for one
person, their name looks rarer than it is."""
RARE = 1e-3
SMALLEST_RATE = 1e-9
_KEYS_AT_ONCE = 63
_SEED = 20261124


@dataclass(frozen=True, slots=True)
class Fitted:
    """Hold what fitting gives: the mixture, how many people have a value, the prior odds of each pair of
    ``sources``, the names of the keys chosen and what each brings, the share of all pairs that are of one
    person, and the pairs that tell how many were missed (:func:`recall_estimate.expected`)."""

    mixture: Mixture
    shared: Shared
    odds: Bits
    sources: Sources
    keys: tuple[str, ...]
    matches: float
    proposed: recall_estimate.Proposed | None
    yields: tuple[rule_selection.Yield, ...] = ()


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


def fit(
    features: Features, table: tuple[Comparison, ...], proposing: Sequence[Key], secret: bytes = b""
) -> Fitted:
    """Return the kinds of pairs, learned from a sample of the pairs that ``proposing`` keys give.

    How many people have a value is counted roughly at first. Where all records are learned from, it is
    counted again of the people that were found, and learned anew.
    """
    if len(features) < FEWEST_RECORDS or not proposing:
        return _unfitted(features, table, proposing, secret)
    rows = sampled(len(features))
    drawn, shared = _drawn(features, rows, table, proposing, secret)
    learned = drawn.learned(shared.among(drawn.sample))
    known = len(rows)
    for _ in range(ROUNDS_FOR_PEOPLE if len(rows) == len(features) else 0):
        people = drawn.people(learned.belief)
        before, known = known, int(people.max()) + 1
        if known > (1 - WORTH_COUNTING) * before:
            break
        shared = shared_of(features, table, secret, people)
        learned = drawn.learned(shared, len(rows) / known)
    pairs, odds, belief = drawn.pairs, learned.odds, learned.belief
    keys = rule_selection.chosen(pairs, belief, proposing)
    at = [proposing.index(k) for k in keys]
    return Fitted(
        learned.mixture,
        shared,
        odds,
        drawn.sources,
        tuple(k.name for k in keys),
        float(odds @ drawn.sources.pairs()) / drawn.every,
        recall_estimate.Proposed(drawn.sample, proposing, pairs, belief, rows),
        rule_selection.yields([proposing[k].name for k in at], pairs.members[:, at], pairs.costs[at], belief),
    )


def _drawn(
    features: Features, rows: Rows, table: tuple[Comparison, ...], proposing: Sequence[Key], secret: bytes
) -> tuple[_Drawn, Shared]:
    """Return what is learned from, of some ``rows``; and how many people have a value, of all."""
    sample = features.of(rows)
    at_random = random_rows(len(sample))
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(Scorer, sample, table)
        # What is known of distinct values serves the sample too.
        ready = pool.submit(lambda: Scorer(features, table).ready())
        counting = pool.submit(shared_of, features, table, secret)
        pairs = rule_selection.sample(sample, proposing, _limits(len(sample), len(proposing)))
        scorer = reading.result()
        ready.result()
        telling = pool.submit(_telling, pairs.members, without(proposing, table))
        met = pool.submit(namesakes.Met.of, sample, scorer, table)
        levels = scorer.levels(pairs.left, pairs.right)
        random_levels = scorer.levels(*at_random)
        drawn = _Drawn(
            sample, table, scorer, sources_of(sample), pairs, levels, telling.result(), at_random,
            random_levels, met.result(),
        )  # fmt: skip
        return drawn, counting.result()


def _telling(members: npt.NDArray[np.bool_], alone: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell whether some key of each pair, by its ``members`` (n, k), proposes it without the help of each
    comparison, as the keys do that are ``alone`` (k, c): (n, c)."""
    found = np.zeros((len(members), alone.shape[1]), dtype=bool)
    for first in range(0, len(alone), _KEYS_AT_ONCE):
        some = slice(first, first + _KEYS_AT_ONCE)
        keys, masks = bits_of_rows(members[:, some]), bits_of_rows(alone[some].T)
        for mask in np.unique(masks[masks > 0]):
            found[:, masks == mask] |= ((keys & mask) != 0)[:, None]
    return found


@dataclass(frozen=True, slots=True)
class _Learned:
    """The mixture, the prior odds of each pair of sources, and how likely each pair that was learned from is
    to be of one person."""

    mixture: Mixture
    odds: Bits
    belief: Bits


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Hold what is learned from: pairs that keys propose of the records of a ``sample``, their ``levels`` (n,
    c) and which comparisons each ``tells`` of (n, c), pairs taken at random, and pairs of one first name."""

    sample: Features
    table: tuple[Comparison, ...]
    scorer: Scorer
    sources: Sources
    pairs: rule_selection.Sampled
    levels: Levels
    tells: npt.NDArray[np.bool_]
    at_random: tuple[Rows, Rows]
    random_levels: Levels
    met: namesakes.Met

    @property
    def every(self) -> float:
        """Tell how many pairs of records there are."""
        return pairs_of(len(self.sample))

    def people(self, belief: Bits) -> Rows:
        """Return which person each record is of, by the pairs that are :data:`LIKELY`."""
        linked = belief >= LIKELY
        return components.components(len(self.sample), self.pairs.left[linked], self.pairs.right[linked])

    def learned(self, shared: Shared, rows_each: float = 1.0) -> _Learned:
        """Return the kinds of pairs, where people have values as often as ``shared`` says and so many
        records.
        """
        table, pairs, n = self.table, self.pairs, len(self.sample)
        shades = shared.of_levels(self.levels, pairs.left, pairs.right, table, self.scorer.active)
        groups = self.sources.groups(pairs.left, pairs.right)
        seen = collapsed(self.levels, shades, np.zeros(len(shades)), groups, self.tells, times=pairs.times)
        random_shades = shared.of_levels(self.random_levels, *self.at_random, table, self.scorer.active)
        own = namesakes.Strangers.of(self.met, self.scorer, shared, table)
        weights, initials = np.ones(len(self.random_levels)), shares_of_initials(self.sample, table)
        odds = np.full(len(self.sources.pairs()), 0.2 * n / self.every)
        share: Callable[[Levels, Bits], Bits] | None = None
        for _ in range(ROUNDS_FOR_RANDOM):
            random = rates_at_random(self.random_levels, weights, table)
            begin = starting(table, kinds(), random, n, self.sample.has, rows_each)
            begin = with_initials(begin, table, kinds(), initials)
            if share is not None:
                begin = replace(begin, namesakes=own.rates(table, random, share))
            mixture, odds = learn(
                seen, begin, table, kinds(),
                odds=odds, of=self.sources.pairs(), pairs=self.every, strength=OF_A_TABLE,
            )  # fmt: skip
            share = partial(random_share, mixture, table, odds=float(odds.max()))
            weights = share(self.random_levels, random_shades)
        arrays = tables(mixture, table, kinds())
        return _Learned(
            mixture, odds, probability_of(arrays.weighed(self.levels, shades) + np.log2(odds)[groups])
        )


def _limits(records: int, keys: int) -> Limits:
    """Return what each key may propose while a table is learned from."""
    limits = Limits.of_table(records, 0.0)
    pairs = float("inf") if limits.most == MOST_RECORDS_A_KEY else 3 * limits.pairs / max(keys, 1)
    return replace(limits, pairs=pairs)


def _unfitted(
    features: Features, table: tuple[Comparison, ...], proposing: Sequence[Key], secret: bytes
) -> Fitted:
    """Return the table's own rates, for too few records to learn from, or such as no key proposes pairs of.

    What a further column tells has to be learned, and here it tells nothing. How many pairs are of one person
    is asked where all can be looked at, and people are counted anew: of eight rows two of one person make
    every value of theirs look common.
    """
    n, sources = max(len(features), 2), sources_of(features)
    random = {c.name: {v.name: v.u for v in c.levels} for c in table}
    begun = starting(table, kinds(), random, n)
    further = [c for c in table if c.unknown]
    unlearned = {c.name: random[c.name] for c in further}
    mixture = replace(begun, rates={kind: {**rates, **unlearned} for kind, rates in begun.rates.items()})
    share = MATCHES_SUPPOSED / PAIRS_SUPPOSED
    shared = shared_of(features, table, secret, uncounted=further)
    if len(features) < FEWEST_RECORDS:
        every = random_rows(len(features))
        scorer, arrays = Scorer(features, table), tables(mixture, table, kinds())
        levels = scorer.levels(*every)
        for _ in range(ROUNDS_FOR_PEOPLE):
            shades = shared.of_levels(levels, *every, table, scorer.active)
            belief, share = _share_of_matches(arrays.weighed(levels, shades), share)
            linked = belief >= LIKELY
            people = components.components(len(features), every[0][linked], every[1][linked])
            shared = shared_of(features, table, secret, people, further)
    odds = np.full(len(sources.pairs()), share / (1 - share))
    return Fitted(mixture, shared, odds, sources, tuple(k.name for k in proposing), share, None)


def _share_of_matches(evidence: Bits, share: float) -> tuple[Bits, float]:
    """Tell how likely pairs with this ``evidence`` (n,) are to be of one person, and the share of all pairs
    that is: by expectation maximisation, beginning with ``share``, with as many pairs more as are
    supposed."""
    for _ in range(ROUNDS_FOR_SHARE):
        belief = probability_of(evidence + bits_of(share))
        share = (float(belief.sum()) + MATCHES_SUPPOSED) / (len(belief) + PAIRS_SUPPOSED)
    return belief, share


def without(keys: Sequence[Key], table: Sequence[Comparison]) -> npt.NDArray[np.bool_]:
    """Tell which keys propose a pair without the help of which comparison: (k, c).

    A pair that a surname proposed says nothing of how often surnames agree, and one that was proposed
    only because the surname agreed is missing where it does not: rates are learned from the others.
    """
    about = [c.about() for c in table]
    return np.array([[not related(k.columns()) & columns for columns in about] for k in keys], dtype=bool)


def random_share(
    mixture: Mixture, table: Sequence[Comparison], levels: Levels, shades: Bits, odds: float
) -> Bits:
    """Tell how likely each of some pairs is to be of two people taken at random, and of no other kind."""
    arrays, prior = tables(mixture, table, kinds()), np.log2(odds)

    def share_of(kinds_of: Bits) -> Bits:
        kinds_of[:, arrays.same] += prior
        return np.exp2(kinds_of[:, -1] - log_sum(kinds_of))

    return arrays.of_patterns(share_of, levels, shades)
