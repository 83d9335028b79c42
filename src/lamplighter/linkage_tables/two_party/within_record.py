"""Return what the two parties of one record have in common, and what that leaves for others to have in
common.

A victim's relatives share her surname, her colleagues a department, her neighbours a street. Where both
suspects of one victim bear her surname, it tells little of them that they share it with each other: whoever
is of her family has it, however rare the name is. Between two people taken at random it is as rare as in the
whole table; of two who each have it in common with the same person, as common as that is within a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import Comparison, Level

Bits = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]
_SHARED = Level(
    "shared",
    "both parties have it in common, which counts once",
    0,
    None,
    1.0,
    1.0,
    None,
    False,
    False,
    None,
    True,
)
COMMON = Comparison("b:common", "In common within each record", "false", (_SHARED,))
"""Two people taken at random with two others: that either party shares a name with the other record's follows
from the other party's. It has no rate, only the bits of :meth:`Within.raised`."""


LEARNED_FROM = 20.0
"""Pairs of records, as many as the share within a single record counts for."""
OFTEN = 0.05
"""What fewer records have in common is a rarity."""


@dataclass(frozen=True, slots=True)
class Within:
    """``levels`` (n, c): how the two parties of each record compare with each other. ``bits`` (2, c, v): of
    an agreement at level v between first parties, or second ones, who each have it in common with the same
    person, as well or better. ``shares`` (c, v): of records whose parties agree at level v or better."""

    levels: Levels
    shares: Bits
    bits: Bits

    @classmethod
    def of(cls, levels: Levels, table: Sequence[Comparison]) -> Within:
        """Of how the parties of each record compare: ``levels`` (n, c)."""
        shares = np.zeros((len(table), max(len(c.levels) for c in table)))
        for c, comparison in enumerate(table):
            compared = max(int((levels[:, c] >= 0).sum()), 1)
            for v in comparison.levels:
                if v.value > 0 and v.m > v.u:
                    shares[c, v.value] = float((levels[:, c] >= v.value).sum()) / compared
        return cls(levels, shares, np.stack([_bits(shares, table)] * 2))

    def learned(
        self, left: Rows, right: Rows, sides: tuple[Levels, Levels], other: tuple[Bits, Bits],
        table: Sequence[Comparison],
    ) -> Within:  # fmt: skip
        """With what is known of pairs of records: levels (n, c) of their first and second parties, and how
        likely it is (n,) that the first alone, or the second alone, are others. Whoever is bothered by one of
        her family is by another of it oftener than records are of a family."""
        bits = []
        for same, weight in zip(sides[::-1], other, strict=True):
            shares = self.shares.copy()
            for c, v in np.argwhere(shares > 0):
                at = np.flatnonzero((same[:, c] >= v) & (weight > 0))
                one, two = self.levels[left[at], c], self.levels[right[at], c]
                known = weight[at] * ((one >= 0) & (two >= 0))
                both, either = known @ ((one >= v) & (two >= v)), known @ ((one >= v) != (two >= v))
                begun = LEARNED_FROM * shares[c, v]
                shares[c, v] = (2 * both + begun) / (2 * both + either + LEARNED_FROM)
            bits.append(_bits(shares, table))
        return Within(self.levels, self.shares, np.stack(bits))

    def moved_from(self, before: Within) -> float:
        """By how many bits the two differ at the most, of what is no rarity."""
        known = self.shares >= OFTEN
        return float(np.abs(self.bits[:, known] - before.bits[:, known]).max(initial=0.0))

    def shared(self, left: Rows, right: Rows, first: Levels, second: Levels) -> npt.NDArray[np.bool_]:
        """Tell whether all four people of a pair of records have anything in common: (n,)."""
        least = np.minimum(np.minimum(self.levels[left], self.levels[right]), np.minimum(first, second))
        return np.asarray((least > 0).any(axis=1))

    def raised(
        self, left: Rows, right: Rows, sides: tuple[Levels, Levels], shades: tuple[Bits, Bits],
        table: Sequence[Comparison],
    ) -> tuple[Bits, Bits]:  # fmt: skip
        """Bits by which it is commoner for first parties, and for second ones, to agree as they do where each
        has it in common with those of the other side, who agree as well: (n, c) each. ``sides`` are the
        levels of both, ``shades`` the bits of their values' frequencies, (n, c)."""
        first, second = (np.zeros(of.shape, order="F") for of in shades)
        for c in np.flatnonzero(self.shares.any(axis=1)).tolist():
            within = np.minimum(self.levels[left, c], self.levels[right, c])
            # As it is at random: the frequency of the value, or how often the table says that it comes about.
            plain = np.array(
                [0.0 if v.tf and not v.near else np.log2(v.u) for v in reversed(table[c].levels)]
            )
            for found, own, other, shade, bits in zip(
                (first, second), sides, sides[::-1], shades, self.bits, strict=True
            ):
                hit = np.flatnonzero((own[:, c] > 0) & (np.minimum(within, other[:, c]) >= own[:, c]))
                at = own[hit, c]
                found[hit, c] = np.maximum(bits[c, at] - plain[at] - shade[hit, c], 0.0)
        return first, second


def _bits(shares: Bits, table: Sequence[Comparison]) -> Bits:
    found = np.full(shares.shape, -np.inf)
    for c, v in np.argwhere(shares > 0):
        found[c, v] = np.log2(shares[c, v] * table[c].level(v).m)
    return found
