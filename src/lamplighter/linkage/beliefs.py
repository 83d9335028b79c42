"""What is believed of single pairs, with the bars that explain it: the rows of ``results.PAIRS_SCHEMA``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lamplighter.linkage import results
from lamplighter.linkage.model import Bands, Model
from lamplighter.linkage.single import Judged, Pair

Bar = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Belief:
    """One row of ``results.PAIRS_SCHEMA``; its bars sum to its weight."""

    left_record: str
    right_record: str
    match_weight: float
    probability: float
    band: str
    hold: str | None
    levels: Sequence[Bar]
    model: str

    @property
    def pair(self) -> Pair:
        return self.left_record, self.right_record


def believed(judged: Judged, at: Sequence[int], model: Model) -> list[Belief]:
    """Some of the judged pairs, explained."""
    if not at:
        return []
    rows = list(at)
    bars = model.arrays.bars(judged.levels[rows], judged.frequencies[rows]).tolist()
    levels = judged.levels[rows].tolist()
    found = []
    for i, own, level in zip(rows, bars, levels, strict=True):
        weight = float(judged.bits[i])
        probability = probability_of(weight)
        left, right = judged.pairs[i]
        found.append(
            Belief(
                left.record_id,
                right.record_id,
                weight,
                probability,
                band_of(probability, judged.hold[i], model.bands),
                judged.hold[i],
                [*_context(judged, i), *_compared(model, level, own)],
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


def _compared(model: Model, levels: Sequence[int], bars: Sequence[float]) -> list[Bar]:
    found = []
    for comparison, value, weight in zip(model.table, levels, bars, strict=True):
        if value >= 0:
            level = comparison.level(value)
            found.append(_bar(comparison.name, comparison.title, level.name, level.title, weight))
    return found


def _context(judged: Judged, i: int) -> list[Bar]:
    kind, context = judged.kinds[i], judged.context
    words = results.PRIOR_WORDS.get(kind, results.OTHERWISE)
    level = "within" if kind == "within" else "prior"
    title = results.CONTEXT_WORDS[results.PRIOR][0]
    found = [_bar(results.PRIOR, title, level, words, float(context.prior[i]))]
    for name, value in (
        (results.SHARED, context.shared[i]),
        (results.DESCRIBED, context.described[i]),
        (results.MATTER, context.matter[i]),
    ):
        if value != 0:
            told = _words(name, value > 0, kind)
            found.append(_bar(name, results.CONTEXT_WORDS[name][0], "context", told, float(value)))
    return found


def _words(name: str, towards: bool, kind: str) -> str:
    if name in results.TOLD:
        return results.TOLD[name][0 if towards else 1]
    other = results.OTHER_PARTY.get(kind, results.ANYBODY)
    return (results.SAME_OTHER if towards else results.ANOTHER_OTHER).format(other)


def _bar(comparison: str, title: str, level: str, words: str, weight: float) -> Bar:
    return {"comparison": comparison, "title": title, "level": level, "words": words, "weight": weight}
