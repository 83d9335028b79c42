"""Learn how each force records, and how many of those who crossed a border have moved, without labels.

By expectation maximisation over persons of two forces who may be one: how likely each two are is worked out
anew from the share of matches and of those who moved. Of the likely ones it is counted how often their
records agree, force by force; of any two people, from records taken at random. A force's factor for a level
is drawn towards 1 as a rate with a gamma prior is (partial pooling). How strongly, is learned too: forces
that differ no more than chance makes them are taken to record alike, and how much a small force says of
itself follows from how different forces are (empirical Bayes; Efron and Morris, 1975).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import Comparison, kinds
from lamplighter.linkage.comparisons.comparison_vectors import Levels
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.fellegi_sunter import log_sum
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking.recording.border_weigher import Recording
from lamplighter.national.linking.recording.ethnic_names import EthnicNames
from lamplighter.national.linking.recording.source_rates import MOVED, SourceRates

Bits = npt.NDArray[np.float64]
ROUNDS, ROUNDS_FOR_FACTORS = 40, 8
AS_MANY_MOVED = 20.0
"""What the model says of who moved counts as so many pairs."""
STRENGTHS = tuple(float(f"{n * 10.0**k:g}") for k in (1, 2, 3, 4) for n in (1, 2, 5))
ALIKE = 1e5
"""Tried for the country's rates to count as so many pairs; at the last, forces record alike."""
LEAST_EVENTS = 3.0
"""The country's rate of a level counts as at least so many sightings: a single slip makes no habit."""
COMMON, SEEN = 1e-3, 20.0
"""Levels that are rarer than this are left as they are, unless a force has so many of them."""
MOST_BITS = 8.0
RANDOM_PAIRS = 200_000
_SEED = 20261201


@dataclass(frozen=True, slots=True)
class MayBeOne:
    """Pairs of records of persons of two forces who may be one: ``left``, ``right`` (n,) rows, ``edge`` (n,)
    the number of the two persons. ``person``, ``force`` of all rows; ``pairs``: how many pairs of persons of
    two forces there are in all."""

    left: Rows
    right: Rows
    edge: Rows
    person: Rows
    force: npt.NDArray[np.str_]
    pairs: float


def learned(features: Features, model: Model, told: MayBeOne, names: EthnicNames) -> Recording:
    """Return how forces record, from some records; ``model`` is that of pairs across forces."""
    if not len(told.left):
        return Recording(names=names)
    weigher = Recording(names=names).weigher(features, model, told.force)
    weighed = weigher.weigh(told.left, told.right)
    found = model.arrays.with_frequencies(model.arrays.patterns(weighed.levels), weigher.frequencies(weighed))
    changing = [i for i, c in enumerate(model.table) if not c.stable]
    told_of_home = np.asarray((weighed.levels[:, changing] >= 0).any(axis=1))
    weight, moved = _moved(found, told, model, told_of_home)
    forces, codes = np.unique(told.force, return_inverse=True)
    same = _Counted.of(weighed.levels, weight, codes[told.left], codes[told.right], len(forces))
    left, right = _at_random(told, codes)
    random = _Counted.of(
        weigher.scorer.levels(left, right), np.ones(len(left)), codes[left], codes[right], len(forces)
    )
    factors: list[dict[str, dict[str, dict[str, float]]]] = [{}, {}]
    strength: dict[str, float] = {}
    for c, comparison in enumerate(model.table):
        for which, counted in enumerate((same, random)):
            bits, as_many = counted.factors(c, comparison)
            if bits is not None:
                factors[which][comparison.name] = _told(bits, comparison, forces.tolist())
                if not which:
                    strength[comparison.name] = as_many
    return Recording(SourceRates(factors[0], factors[1], strength, moved), names)


def _moved(
    kinds_of: Bits, told: MayBeOne, model: Model, of_home: npt.NDArray[np.bool_]
) -> tuple[Bits, float]:
    """Return how much each pair of records counts as one of one person, the records of two persons together
    once, and the share of those who moved. ``of_home`` (n,): which pairs compare anything that changes."""
    arrays, many = model.arrays, int(told.edge.max()) + 1
    own = [k.name for k in kinds() if k.same]
    at, one = own.index(MOVED), arrays.of_one
    plain = kinds_of[:, :one] - arrays.log_share[:one]
    two = log_sum(kinds_of[:, one:]) - log_sum(arrays.log_share[None, one:])[0]
    records = np.bincount(told.edge, minlength=many)
    begun = share = float(np.exp2(arrays.log_share[at]))
    odds = model.priors.victim
    for _ in range(ROUNDS):
        shares = np.exp2(arrays.log_share[:one])
        shares[at] = 0.0
        shares *= (1 - share) / shares.sum()
        shares[at] = share
        by_kind = plain + np.log2(shares)
        whole = log_sum(by_kind)
        best = np.full(many, -np.inf)
        np.maximum.at(best, told.edge, whole - two)
        belief = probability_of(best + np.log2(odds))
        weight = (belief / records)[told.edge]
        of = weight[of_home]
        gone = float(of @ np.exp2(by_kind[of_home, at] - whole[of_home]))
        share = (gone + AS_MANY_MOVED * begun) / (float(of.sum()) + AS_MANY_MOVED)
        odds = max(float(belief.sum()), 0.5) / max(told.pairs, 1.0)
    return weight, round(share, 6)


def _at_random(told: MayBeOne, codes: Rows) -> tuple[Rows, Rows]:
    """Return pairs of records of two forces taken at random, of every person one record."""
    rows = np.unique(told.person, return_index=True)[1]
    both = np.random.default_rng(_SEED).choice(rows, size=(RANDOM_PAIRS, 2))
    both.sort(axis=1)
    both = both[codes[both[:, 0]] != codes[both[:, 1]]]
    return both[:, 0], both[:, 1]


@dataclass(frozen=True, slots=True)
class _Counted:
    """How often each comparison came out how between each two forces: ``counts`` (g, c, v); ``left``,
    ``right`` (g,) the forces."""

    counts: Bits
    left: Rows
    right: Rows
    forces: int

    @classmethod
    def of(cls, levels: Levels, weight: Bits, left: Rows, right: Rows, forces: int) -> _Counted:
        low, high = np.minimum(left, right), np.maximum(left, right)
        group, of = np.unique(low * forces + high, return_inverse=True)
        most = int(levels.max(initial=0)) + 1
        counts = np.zeros((len(group), levels.shape[1], most))
        for c in range(levels.shape[1]):
            some = levels[:, c] >= 0
            at = of[some] * most + levels[some, c]
            counts[:, c] = np.bincount(at, weight[some], len(group) * most).reshape(-1, most)
        return cls(counts, group // forces, group % forces, forces)

    def factors(self, c: int, comparison: Comparison) -> tuple[Bits | None, float]:
        """Return the bits of each force's factor for each level of a comparison (s, v), None where forces
        record alike; and as how many pairs the country's rates count."""
        counts = self.counts[:, c]
        whole = counts.sum(axis=0)
        if whole.sum() <= 0:
            return None, ALIKE
        country = (whole + 1e-9) / (whole + 1e-9).sum()
        of_group = counts.sum(axis=1)
        seen, pairs = self._of_each(counts), self._of_each(of_group[:, None])[:, 0]
        used = (country >= COMMON) & (whole > 0)
        # Some force alone may have many of what is rare elsewhere.
        own = used | (seen >= SEEN)
        as_many = _strength(seen[:, used], pairs, country[used])
        if as_many >= ALIKE:
            return None, as_many
        prior = np.maximum(as_many * country, LEAST_EVENTS)
        factor = np.ones((self.forces, len(country)))
        for _ in range(ROUNDS_FOR_FACTORS):
            expected = country * factor[self.left] * factor[self.right]
            expected *= (of_group / np.maximum(expected.sum(axis=1), 1e-12))[:, None]
            exposed = self._of_each(expected) / factor
            factor = np.where(own, (prior + seen) / (prior + exposed), 1.0)
        bits = np.clip(np.log2(factor), -MOST_BITS, MOST_BITS)
        fixed = [v.value for v in comparison.levels if v.fixed and v.value < bits.shape[1]]
        bits[:, fixed] = 0.0
        return np.round(bits, 6), as_many

    def _of_each(self, counts: Bits) -> Bits:
        """Return the sums of groups (g, v) by force (s, v): a pair counts for both of its forces."""
        found = np.zeros((self.forces, counts.shape[1]))
        np.add.at(found, self.left, counts)
        np.add.at(found, self.right, counts)
        return found


def _strength(seen: Bits, pairs: Bits, country: Bits) -> float:
    """Return as how many pairs of each force the country's rates ``country`` (v,) count, so that what was
    ``seen`` (s, v) of so many ``pairs`` (s,) is likeliest: by how far forces are apart beyond chance."""
    expected = pairs[:, None] * country

    def likely(strength: float) -> float:
        prior = strength * country
        # A Poisson count whose rate has a gamma distribution around the country's.
        each = gammaln(prior + seen) - gammaln(prior) + prior * np.log(prior)
        return float(
            (each - (prior + seen) * np.log(prior + expected) + seen * np.log(expected + 1e-300)).sum()
        )

    tried: Sequence[float] = (*STRENGTHS, ALIKE)
    return max(tried, key=likely)


def _told(bits: Bits, comparison: Comparison, forces: list[str]) -> dict[str, dict[str, float]]:
    """Return the factors that are not 1, by level and force."""
    names = {v.value: v.name for v in comparison.levels}
    told = {
        names[v]: {f: float(b) for f, b in zip(forces, bits[:, v], strict=True) if b}
        for v in range(bits.shape[1])
        if v in names
    }
    return {level: row for level, row in told.items() if row}
