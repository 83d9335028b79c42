"""What is believed of single pairs, with the bars that explain it: the rows of ``results.PAIRS_SCHEMA``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage import reasons as why
from lamplighter.linkage import results
from lamplighter.linkage.model import Bands
from lamplighter.linkage.reasons import Bar, Reason
from lamplighter.linkage.single import Judge, Judged, Pair

_BESIDE = (results.SHARED, results.DESCRIBED, results.MATTER)


@dataclass(frozen=True, slots=True)
class Belief:
    """One row of ``results.PAIRS_SCHEMA``; the ``bits`` of its ``reasons`` sum to its weight."""

    left_record: str
    right_record: str
    match_weight: float
    probability: float
    band: str
    hold: str | None
    reasons: Sequence[Reason]
    bits: Sequence[float]
    model: str

    @property
    def levels(self) -> list[Bar]:
        return why.bars_of(self.reasons, self.bits)

    @property
    def parts(self) -> npt.NDArray[np.int64]:
        return why.parts_of(self.reasons)

    @property
    def pair(self) -> Pair:
        return self.left_record, self.right_record


def believed(judged: Judged, at: Sequence[int], judge: Judge) -> list[Belief]:
    """Some of the judged pairs, explained."""
    if not at:
        return []
    rows = list(at)
    bars = judge.model.arrays.bars(judged.levels[rows], judged.frequencies[rows]).tolist()
    levels = judged.levels[rows].tolist()
    context, model = judged.context, judge.model
    prior = context.prior.tolist()
    beside = np.column_stack([context.shared, context.described, context.matter]).tolist()
    found = []
    for i, own, level in zip(rows, bars, levels, strict=True):
        weight = float(judged.bits[i])
        probability = probability_of(weight)
        left, right = judged.pairs[i]
        kind = judged.kinds[i]
        reasons, bits = [why.before(kind)], [prior[i]]
        for name, value in zip(_BESIDE, beside[i], strict=True):
            if value != 0:
                reasons.append(why.beside(name, value > 0, kind))
                bits.append(value)
        for of, value, worth in zip(judge.reasons, level, own, strict=True):
            if value >= 0:
                reasons.append(of[value])
                bits.append(worth)
        found.append(
            Belief(
                left.record_id,
                right.record_id,
                weight,
                probability,
                band_of(probability, judged.hold[i], model.bands),
                judged.hold[i],
                reasons,
                bits,
                model.version,
            )
        )
    return found


def probability_of(weight: float) -> float:
    """The probability of so many bits of log-odds."""
    return float(1 / (1 + 2.0 ** -min(max(weight, -500.0), 500.0)))


def band_of(probability: float, hold: str | None, bands: Bands) -> str:
    """As :func:`results.pairs_frame` has it: a pair that is barred or unnamed is never linked."""
    if hold == results.KEPT:
        return "linked"
    if probability < bands.decide_at:
        return "not_linked"
    if probability < bands.link_at:
        return "to_decide"
    return "linked" if hold is None else "to_decide" if hold == results.UNNAMED else "not_linked"
