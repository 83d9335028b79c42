"""Weigh the candidate pairs of people in reports under a model, with what else speaks for or against each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.pair_ids import Packed, distinct, packed, repeated, unpacked
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking import blocking_rules, candidate_pairs, hashed_keys
from lamplighter.linkage.blocking.candidate_pairs import Limits
from lamplighter.linkage.dyads import dyad_evidence, dyad_frames, pair_context, report_candidates
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.agreement_patterns import Weighed
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


NOBODY: tuple[Rows, Rows] = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Believed:
    """All weighed pairs of a set of records under one model.

    ``frame`` is that of :func:`pair_context.pair_frame`, of records that stand in reports; ``looked_at`` is
    how many pairs the keys proposed; ``by_keys`` how many of the weighed ones, the first, are among these.
    """

    weigher: Weigher
    weighed: Weighed
    frame: pl.DataFrame | None
    context: dyad_evidence.Context
    looked_at: int
    by_keys: int

    @property
    def features(self) -> Features:
        return self.weigher.features

    @property
    def model(self) -> Model:
        return self.weigher.model

    @property
    def parts(self) -> pl.DataFrame:
        """``frame`` of records that stand in reports."""
        assert self.frame is not None, "These records stand in no reports."
        return self.frame

    @property
    def bits(self) -> Bits:
        """Log-odds of every pair."""
        return np.asarray(self.weighed.evidence + self.context.total)


def of_reports(
    features: Features, model: Model, references: pl.DataFrame, said: tuple[Rows, Rows] = NOBODY
) -> Believed:
    """Weigh everything that keys, two reports together or a component of links propose; of a component are
    also the pairs of rows that somebody ``said`` to be one person."""
    weigher = Weigher(features, model)
    found, looked_at = _proposed(features)
    seen = looked_at, len(found[0])
    believed = _in_reports(weigher, widened(weigher, found, references), references, seen)
    weighed = believed.weighed
    absent = components.absent_pairs(hanging_together(believed, said), weighed.left, weighed.right)
    if not len(absent[0]):
        return believed
    # What the reports say of each pair is worked out again for all, and not kept meanwhile.
    del believed, found
    return _in_reports(weigher, weigher.more(weighed, *absent), references, seen)


def hanging_together(believed: Believed, said: tuple[Rows, Rows] = NOBODY, bar: float = 0.0) -> Rows:
    """Return the component of each record under the pairs that come to the ``bar`` of log-odds, and those
    that somebody ``said`` to be one person.
    """
    weighed, linked = believed.weighed, believed.bits >= bar
    left, right = np.r_[weighed.left[linked], said[0]], np.r_[weighed.right[linked], said[1]]
    return components.components(len(believed.features), left, right)


def _in_reports(
    weigher: Weigher, weighed: Weighed, references: pl.DataFrame, seen: tuple[int, int]
) -> Believed:
    frame = pair_context.pair_frame(weigher.features, weighed, weigher.model.table)
    context = dyad_frames.contexts(with_related(weigher, weighed, frame), weigher.model, references)
    return Believed(weigher, weighed, frame, context, *seen)


def with_related(weigher: Weigher, weighed: Weighed, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with ``related``: bits for two people who have something to do with each other against any
    two, of pairs of victims and of suspects, 0 of all others."""
    some = dyad_evidence.of_one_party(dyad_frames.kind_of(frame))
    return frame.with_columns(related=weigher.related(weighed, some))


def _proposed(features: Features) -> tuple[tuple[Rows, Rows], int]:
    """Pairs that share a key of the table, and more than a weak one among many records; and how many share
    one, each counted for every key."""
    hashed, n = candidate_pairs.Hashed(features), len(features)
    most = hashed_keys.most_for(n)
    limits, alone = Limits(most=most), hashed_keys.fewest(most) == 1
    looked_at = 0
    found: list[Packed] = []
    # The weak keys first, which propose most pairs, of which hardly any are left.
    for weak in (True, False):
        parts = [
            packed(a[a != b], b[a != b], n)
            for key in blocking_rules.usable(features)
            if (key.weak and not alone) == weak
            for block in candidate_pairs.blocks(key, hashed, limits)
            for a, b in candidate_pairs.pairs_in(block)
        ]
        looked_at += sum(map(len, parts))
        found.append(repeated(parts) if weak else distinct([*found, *parts]))
    return unpacked(found[-1], n), looked_at


def widened(weigher: Weigher, found: tuple[Rows, Rows], references: pl.DataFrame) -> Weighed:
    """``found`` and the pairs that pairs of reports propose (see :mod:`report_candidates`), weighed, in
    order."""
    weighed = weigher.weigh(*found)
    frame = pair_context.pair_frame(weigher.features, weighed, weigher.model.table)
    asked = report_candidates.report_pairs(frame, weigher.model, references)
    return weigher.more(weighed, *report_candidates.completed(weigher.features, asked).T)
