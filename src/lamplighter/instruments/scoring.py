"""Scores of questionnaires, the same rule for every instrument. Nothing here knows what a score means.

An instrument is scored by the sum of its items. An item marked ``reverse``
counts from the other end of the scale. Up to ``most_missing`` items may be left
out; what they count is then said by ``missing``: ``"mean"`` puts the mean of
the items that were answered in their place, ``"none"`` counts them as the
lowest answer and so as nothing. With more left out there is no score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Missing: TypeAlias = Literal["mean", "none"]


@dataclass(frozen=True, slots=True)
class Counted:
    """One item that is added up. ``reverse``: its answers count from the other end."""

    code: str
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """Scale of the answers (whole numbers from ``minimum`` to ``maximum``), and how they are added up."""

    items: Sequence[Counted]
    minimum: int
    maximum: int
    most_missing: int = 0
    missing: Missing = "mean"

    @property
    def lowest(self) -> int:
        return self.minimum * len(self.items)

    @property
    def highest(self) -> int:
        return self.maximum * len(self.items)


@dataclass(frozen=True, slots=True)
class Score:
    """``total`` is ``None`` when too much was left out; ``missing`` counts what was."""

    total: float | None
    answered: int
    missing: int


@dataclass(frozen=True, slots=True)
class Band:
    """Points from which on the authors name a score so, up to the next band. ``source``: where they do."""

    code: str
    title: str
    least: float
    source: str


def band_of(bands: Sequence[Band], total: float | None) -> Band | None:
    """Return the band of a score; ``None`` where there is no score, or none of them begins so low."""
    reached = [band for band in bands if total is not None and band.least <= total]
    return max(reached, key=lambda band: band.least, default=None)


def counts_as(item: Counted, answer: int, scale: Scale) -> int:
    """Return the points of one answer. Raises ``ValueError`` for an answer that the scale has not."""
    if not scale.minimum <= answer <= scale.maximum:
        raise ValueError(f"{item.code}: answers go from {scale.minimum} to {scale.maximum}, not {answer}.")
    return scale.minimum + scale.maximum - answer if item.reverse else answer


def score(scale: Scale, answers: Mapping[str, int | None]) -> Score:
    """The score of ``answers`` (item code → answer, ``None`` or absent: left out).

    Raises ``ValueError`` for an item or an answer that the instrument has not.
    """
    if unknown := set(answers) - {item.code for item in scale.items}:
        raise ValueError(f"The instrument has no item {', '.join(sorted(unknown))}.")
    given = [
        counts_as(item, answer, scale)
        for item in scale.items
        if (answer := answers.get(item.code)) is not None
    ]
    left_out = len(scale.items) - len(given)
    if left_out > scale.most_missing or not given:
        return Score(None, len(given), left_out)
    each = sum(given) / len(given) if scale.missing == "mean" else scale.minimum
    return Score(round(sum(given) + each * left_out, 2), len(given), left_out)
