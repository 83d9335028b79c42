"""Hold how often what two forces recorded of one person, or of two, agrees.

One force abbreviates first names, another has twice as many typing errors: an agreement, and a difference,
says as much as it is rare in what these two forces record. Each force has a factor for every level of every
comparison, and two forces have both: with rate m(level) in the country, it is

    m(level) * r(force, level) * r(other force, level),  divided by the sum over the levels

in two forces, and the same with factors of their own in two people at random. A force of which there is
little to be seen keeps a factor near 1 (:mod:`learned_rates`). Whoever crossed a border has often moved, so
that of the kinds of pairs of one person "moved" has a share of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.comparisons.comparison_levels import Comparison, Kind, kinds
from lamplighter.linkage.model.fellegi_sunter import SMALLEST, Tables
from lamplighter.linkage.model.parameters import Model

Bits = npt.NDArray[np.float64]
Factors = Mapping[str, Mapping[str, Mapping[str, float]]]
"""comparison -> level -> force -> bits; a force that is not there has none."""
MOVED = "moved"


@dataclass(frozen=True, slots=True)
class SourceRates:
    """``same``, ``random``: bits of the factors of each force, in pairs of one person and of two at random;
    ``strength``: as how many pairs the country's rates counted, by comparison, where forces differ at all;
    ``moved``: the share of pairs of one person across a border who have moved; None: as the model has it."""

    same: Factors = field(default_factory=dict)
    random: Factors = field(default_factory=dict)
    strength: Mapping[str, float] = field(default_factory=dict)
    moved: float | None = None

    def forces(self) -> tuple[str, ...]:
        """Return the forces that have a factor of their own."""
        every = (
            own for factors in (self.same, self.random) for row in factors.values() for own in row.values()
        )
        return tuple(sorted({force for own in every for force in own}))

    def tables(self, model: Model, left: str, right: str, *, border: bool = True) -> Tables:
        """Return a model's rates for pairs of records of two forces, or of one where there is no border."""
        arrays, own = model.arrays, model.arrays.own.copy()
        every: list[Kind | None] = [*kinds(), None]
        for c, comparison in enumerate(model.table):
            same = _together(self.same, comparison, left, right)
            random = _together(self.random, comparison, left, right)
            if same is None and random is None:
                continue
            at_random = np.log2([max(v, SMALLEST) for v in _rates(model, comparison)])
            for k in range(len(every)):
                shift = random if arrays.at_random[k, c] else same
                if shift is not None:
                    begun = at_random if arrays.at_random[k, c] else own[k, c, : len(shift)]
                    free = np.array([not v.fixed for v in _by_value(comparison)])
                    own[k, c, : len(shift)] += _kept(begun, shift, free)
        return replace(arrays, own=own, log_share=self._shares(arrays, border=border))

    def _shares(self, arrays: Tables, *, border: bool) -> Bits:
        found = arrays.log_share.copy()
        names = [k.name for k in kinds()]
        if self.moved is None or not border or MOVED not in names:
            return found
        at = names.index(MOVED)
        others = [i for i in range(arrays.of_one) if i != at]
        rest = np.exp2(found[others])
        found[at] = np.log2(self.moved)
        found[others] = np.log2((1 - self.moved) * rest / rest.sum())
        return found

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able document."""
        return {"same": self.same, "random": self.random, "strength": self.strength, "moved": self.moved}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> SourceRates:
        """Return those of a document."""
        return cls(**{k: document[k] for k in ("same", "random", "strength", "moved")})


def digest_of(document: Mapping[str, Any]) -> str:
    """Return a hash of a document."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:24]


def _by_value(comparison: Comparison) -> Sequence[Any]:
    return sorted(comparison.levels, key=lambda v: v.value)


def _rates(model: Model, comparison: Comparison) -> list[float]:
    """Return the shares of the levels in two people at random, by value."""
    row = model.mixture.random[comparison.name]
    return [row.get(v.name, v.u) for v in _by_value(comparison)]


def _together(factors: Factors, comparison: Comparison, left: str, right: str) -> Bits | None:
    """Return the bits of both forces' factors, by value of the level; None where neither has any."""
    row = factors.get(comparison.name)
    if row is None:
        return None
    found = np.array(
        [sum(row.get(v.name, {}).get(f, 0.0) for f in (left, right)) for v in _by_value(comparison)]
    )
    return found if found.any() else None


def _kept(begun: Bits, shift: Bits, free: npt.NDArray[np.bool_]) -> Bits:
    """Return what is added to the bits of some shares so that, ``shift`` added, they sum to what they did;
    those that are not ``free`` stay."""
    shares, own = np.exp2(begun[free]), shift[free]
    found = np.zeros(len(begun))
    found[free] = own - np.log2(float((shares * np.exp2(own)).sum()) / float(shares.sum()))
    return found
