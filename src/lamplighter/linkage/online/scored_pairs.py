"""Hold the match weights of single pairs, with the bars that explain them: the rows of
``weight_bars.PAIRS_SCHEMA``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons import reasons as why
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.comparisons.reasons import Bar, Reason, Told
from lamplighter.linkage.explain import pair_bars
from lamplighter.linkage.model.parameters import Bands
from lamplighter.linkage.online.scorer import Bits, Judge, Judged, Pair

BANDS = ("not_linked", "to_decide", "linked")


@dataclass(frozen=True, slots=True)
class Belief:
    """One row of ``weight_bars.PAIRS_SCHEMA``; the ``bits`` of its ``reasons`` sum to its weight."""

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
    def pair(self) -> Pair:
        return self.left_record, self.right_record


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Beliefs by one model, as columns of n: ``left`` and ``right`` are record ids in order, ``hold`` numbers
    of ``weight_bars.HOLDS``, ``band`` of :data:`BANDS`. ``sizes`` says how many bars each has; of all bars,
    one after the other, ``reasons`` has the number among those of ``told``, and ``bits`` what it is worth."""

    left: Sequence[str]
    right: Sequence[str]
    weight: Bits
    probability: Bits
    band: npt.NDArray[np.int64]
    hold: npt.NDArray[np.int8]
    sizes: Rows
    reasons: Rows
    bits: Bits
    model: str
    told: Told

    def __len__(self) -> int:
        return len(self.left)

    def __iter__(self) -> Iterator[Belief]:
        """One by one."""
        end = 0
        rows = zip(
            self.left, self.right, self.weight.tolist(), self.probability.tolist(), self.band.tolist(),
            self.hold.tolist(), self.sizes.tolist(), strict=True,
        )  # fmt: skip
        for left, right, weight, probability, band, hold, size in rows:
            bars = slice(end, end + size)
            end += size
            reasons = [self.told.every[n] for n in self.reasons[bars].tolist()]
            yield Belief(
                left, right, weight, probability, BANDS[band], weight_bars.HOLDS[hold], reasons,
                self.bits[bars].tolist(), self.model,
            )  # fmt: skip


def believed(judged: Judged, at: Rows, left: Sequence[str], right: Sequence[str], judge: Judge) -> Beliefs:
    """Some of the judged pairs, explained; ``left`` and ``right`` are their records, in the order of ids."""
    levels = judged.levels[at]
    own = judge.model.arrays.bars(levels, judged.frequencies[at])
    bars = pair_bars.bars_of(judge.told, judged.sides.kind[at], judged.context.of(at), levels, own)
    weight, hold = judged.bits[at], judged.hold[at]
    probability = probability_of(weight)
    return Beliefs(
        left,
        right,
        weight,
        probability,
        _bands(probability, hold, judge.model.bands),
        hold,
        bars.sizes,
        bars.reasons,
        bars.bits,
        judge.model.version,
        judge.told,
    )


def _bands(probability: Bits, hold: npt.NDArray[np.int8], bands: Bands) -> npt.NDArray[np.int64]:
    """As :func:`pair_bars.pairs_frame` has it: a pair that is barred or unnamed is never linked."""
    no, decide, linked = range(len(BANDS))
    top = np.where(
        hold == weight_bars.HELD[None],
        linked,
        np.where(np.isin(hold, [weight_bars.HELD[why] for why in weight_bars.UNDECIDED]), decide, no),
    )
    found = np.where(probability < bands.decide_at, no, np.where(probability < bands.link_at, decide, top))
    return np.where(hold == weight_bars.HELD[weight_bars.KEPT], linked, found)
