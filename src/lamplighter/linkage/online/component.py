"""Gather records that are tied to each other, in the order of their ids, and what is stored about pairs of
them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.components import components as connected
from lamplighter.linkage.arrays.pair_words import Packed, ends, of_whom, packed, unpacked
from lamplighter.linkage.arrays.row_order import Rows, among, different
from lamplighter.linkage.clustering import cluster_evidence
from lamplighter.linkage.clustering.cluster_evidence import Holds
from lamplighter.linkage.clustering.profiles import Evidence
from lamplighter.linkage.comparisons.weight_bars import HELD, KEPT
from lamplighter.linkage.online.compared_records import Met
from lamplighter.linkage.online.scored_pairs import Beliefs
from lamplighter.linkage.online.store import Ties


@dataclass(frozen=True, slots=True)
class Tied:
    """``records``: report id by record id; ``names``: record ids in order; ``place``: where each stands among
    them. ``ties`` are those among them, and ``pairs`` (n,) their places, packed."""

    records: Mapping[str, str]
    names: list[str]
    place: Mapping[str, int]
    ties: Ties
    pairs: Packed

    @classmethod
    def of(cls, records: Mapping[str, str], ties: Ties) -> Tied:
        """Some records, and the stored beliefs of which both are among them."""
        names = sorted(records)
        place = {r: i for i, r in enumerate(names)}
        known, pairs = _paired(place, ties.left, ties.right)
        return cls(records, names, place, ties.of_some(known), pairs)

    @property
    def together(self) -> npt.NDArray[np.bool_]:
        """Tell which of the ties tie: (n,)."""
        return np.asarray((self.ties.weight >= 0) | (self.ties.hold == HELD[KEPT]))

    def places_of(self, pairs: Sequence[tuple[str, str]]) -> Packed:
        """Pairs of records by their places, without those that are not among these."""
        left, right = zip(*pairs, strict=True) if pairs else ((), ())
        return _paired(self.place, left, right)[1]

    def places(self, met: Met, pairs: Packed) -> Packed:
        """Pairs of those who have been met by their places; who is not among these comes after them."""
        who, own = of_whom(pairs)
        after = len(self.names)
        place = np.array([self.place.get(met.people[n].record_id, after + n) for n in who], dtype=np.int64)
        return packed(*(place[side] for side in unpacked(own)))

    def components(self, met: Met, linked: Packed, judged: Packed) -> Rows:
        """Return the component of everybody here, and after them of those who have been met, under the
        ``linked`` of the ``judged`` pairs, and stored pairs that are none of these: by their places.
        """
        stored = self.pairs[self.together & ~among(self.pairs, np.sort(judged))]
        n = len(self.names)
        one, other = unpacked(np.concatenate([linked, stored]))
        # Hardly anybody is linked now who was not tied before.
        after = different(np.concatenate([one[one >= n], other[other >= n]]))
        one, other = (np.where(side < n, side, n + np.searchsorted(after, side)) for side in (one, other))
        label = connected(n + len(after), one, other)
        every = np.arange(n + len(met.people)) + n + len(after)
        every[:n], every[after] = label[:n], label[n:]
        return every

    def numbers(self, met: Met, pairs: Packed) -> Packed:
        """Return the other way round, without those that have not been met."""
        number = np.array([met.number.get(r, -1) for r in self.names], dtype=np.int64)
        a, b = (number[side] for side in unpacked(pairs))
        known = (a >= 0) & (b >= 0)
        return packed(a[known], b[known])

    def reports_of(self, pairs: Packed) -> set[str]:
        """Return the reports of the records of some pairs."""
        return {self.records[self.names[n]] for n in ends(pairs)}

    def evidence(self, fresh: Beliefs) -> tuple[Evidence, Holds]:
        """Return what speaks for and against pairs, with ``fresh`` beliefs in the place of stored ones."""
        new, pairs = _paired(self.place, fresh.left, fresh.right)
        stays = ~among(self.pairs, np.sort(pairs))
        stored, old = self.ties.of_some(stays), self.pairs[stays]
        bars = np.repeat(new, fresh.sizes)
        return cluster_evidence.from_columns(
            *unpacked(np.concatenate([old, pairs])),
            np.concatenate([stored.hold, fresh.hold[new]]),
            np.concatenate([stored.sizes, fresh.sizes[new]]),
            np.concatenate([stored.parts, fresh.told.parts[fresh.reasons[bars]]]),
            np.concatenate([stored.bits, fresh.bits[bars]]),
        )


def _paired(
    place: Mapping[str, int], left: Sequence[str], right: Sequence[str]
) -> tuple[npt.NDArray[np.bool_], Packed]:
    """Tell which pairs of records are of two that have a place, and the places of those, packed."""
    a, b = (np.array([place.get(r, -1) for r in side], dtype=np.int64) for side in (left, right))
    known = (a >= 0) & (b >= 0)
    return known, packed(a[known], b[known])
