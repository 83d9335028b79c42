"""Thin engine until the shared one is merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.pair_ids import distinct, packed, unpacked
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking import blocking_rules, candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import Hashed, Limits
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.agreement_patterns import Weighed
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model

Pairs = tuple[Rows, Rows]
PAIRS_A_PROFILE = 12.0


@dataclass(frozen=True, slots=True)
class Profiles:
    features: Features
    sources: Rows

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True, slots=True)
class Rules:
    keys: tuple[Key, ...]
    most: int
    pairs: float

    @classmethod
    def of_model(cls, model: Model, features: Features, pairs_a_profile: float = PAIRS_A_PROFILE) -> Rules:
        keys: Sequence[Key] = blocking_rules.usable(features, model.extras)
        limits = Limits.of_table(len(features), pairs_a_profile * len(features))
        return cls(tuple(keys), limits.most, limits.pairs)


class Engine(Protocol):
    def pairs(self, profiles: Profiles, rules: Rules) -> Pairs: ...
    def weights(self, features: Features, model: Model, left: Rows, right: Rows, least: float) -> Weighed: ...
    def components(self, n: int, left: Rows, right: Rows) -> Rows: ...


class OnArrays:
    def pairs(self, profiles: Profiles, rules: Rules) -> Pairs:
        n, hashed = len(profiles), Hashed(profiles.features)
        parts = []
        for block in candidate_pairs.every_block(rules.keys, hashed, Limits(rules.most, rules.pairs)):
            for a, b in candidate_pairs.pairs_in(block):
                some = profiles.sources[a] != profiles.sources[b]
                parts.append(packed(a[some], b[some], n))
        return unpacked(distinct(parts), n)

    def weights(self, features: Features, model: Model, left: Rows, right: Rows, least: float) -> Weighed:
        return Weigher(features, model).promising(left, right, least)

    def components(self, n: int, left: Rows, right: Rows) -> Rows:
        return components.components(n, left, right)
