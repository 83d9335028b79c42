"""Say what an engine does: keys to pairs, pairs to weights, edges to components.

The records are *profiles*: one row for a person as one source knows them. Two profiles of one source are
never a pair, so each pair of sources is looked at once. All engines give the same pairs in the same order,
weights within 1e-9 bits, and the same components, called alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking import blocking_rules
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import MOST_RECORDS_A_KEY, Limits
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.agreement_patterns import Weighed
from lamplighter.linkage.model.parameters import Model

Pairs = tuple[Rows, Rows]
"""Two rows of each pair: ``left`` and ``right`` (n,) int64, left < right, in order of both, none twice."""
Counts = npt.NDArray[np.int64]
PAIRS_A_PROFILE = 12.0
"""So many pairs are made for each profile of many, at most; one that several keys propose counts for each."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """``features``: of n profiles; ``sources`` (n,) int64: the number of the source of each."""

    features: Features
    sources: Rows

    def __post_init__(self) -> None:
        if len(self.sources) != len(self.features):
            raise ValueError(
                f"{len(self.features)} profiles have a source each, not {len(self.sources)} sources."
            )

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True, slots=True)
class Rules:
    """Say which pairs are made: of profiles of two sources that share one of ``keys``.

    A key that more than ``most`` profiles share is narrowed by each of its ``narrow`` parts in turn, and what
    is still shared by more then is passed over. ``pairs``: how many all keys together may propose; common
    keys go first: half of the pairs, at most, are of keys as they are, the rest of narrowed ones.
    """

    keys: tuple[Key, ...]
    most: int = MOST_RECORDS_A_KEY
    pairs: float = float("inf")

    @classmethod
    def of_model(cls, model: Model, features: Features, pairs_a_profile: float = PAIRS_A_PROFILE) -> Rules:
        """Return the rules of a model's keys, with so many pairs a profile."""
        keys = blocking_rules.named(features, model.extras, model.keys)
        limits = Limits.of_table(len(features), pairs_a_profile * len(features))
        return cls(tuple(keys), limits.most, limits.pairs)

    def largest(self, counts: Counts) -> int:
        """Return how many profiles may share a key; ``counts`` (m,): how many keys so many profiles have."""
        return Limits(self.most, self.pairs / 2).largest_of(counts)

    def largest_narrowed(self, plain: Counts, counts: Counts) -> int:
        """Return the same of narrowed keys, of which there are ``counts``; ``plain`` are those that were not
        narrowed."""
        size = np.arange(len(plain))
        allowed = size <= self.largest(plain)
        spent = float((plain * size * (size - 1) / 2)[allowed].sum())
        return Limits(self.most, max(self.pairs - spent, 0.0)).largest_of(counts)


class Engine(Protocol):
    """The three verbs of linking across sources."""

    def pairs(self, profiles: Profiles, rules: Rules) -> Pairs:
        """Return the pairs of profiles of two sources that the rules make."""

    def weights(self, features: Features, model: Model, left: Rows, right: Rows, least: float) -> Weighed:
        """Return those of some pairs whose evidence comes to ``least`` bits, in their order, with the level
        of each comparison and the evidence.

        Evidence is in bits, without any prior: the log-odds of a pair are its evidence and the prior bits of
        its two sources, and ``least`` is what is wanted of the log-odds less the highest of these priors.
        """

    def components(self, n: int, left: Rows, right: Rows) -> Rows:
        """Return what each of ``n`` rows hangs together with under some edges: (n,), the first row of its
        component."""


def counts_of(sizes: Rows, most: int) -> Counts:
    """Return how many groups have each number of members up to ``most``; all larger ones have one more."""
    return np.bincount(np.minimum(sizes, most + 1), minlength=most + 2).astype(np.int64)


def summed(counts: Sequence[Counts], most: int) -> Counts:
    """Return the counts of several kinds of keys together."""
    return np.asarray(np.sum([np.zeros(most + 2, dtype=np.int64), *counts], axis=0))
