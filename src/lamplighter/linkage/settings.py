"""Hold what a caller of :func:`lamplighter.linkage.link` asks for, and choose the bar that their budget
gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.clustering.stable_ids import MEMORY_SCHEMA
from lamplighter.linkage.dyads.weighed_pairs import Believed
from lamplighter.linkage.model.parameters import Bands, Model
from lamplighter.linkage.thresholds import DECIDE_AT, LOWEST_BAR, TABLE_BUDGET, WORTH_LOWERING

Bits = npt.NDArray[np.float64]
Progress = Callable[[str], None]
EPOCH = dt.date(1970, 1, 1)


def checked(budget: float | None) -> None:
    """Raises ``ValueError`` where a budget for false links is stated that is no share."""
    if budget is not None and not 0 < budget < 1:
        raise ValueError(f"false_link_budget is a share between 0 and 1, such as 0.02, not {budget!r}.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what :func:`lamplighter.linkage.link` was asked for: see there."""

    decisions: pl.DataFrame | None
    model: Model | None
    day: dt.date | None
    previous_ids: pl.DataFrame | None
    previous_links: pl.DataFrame | None
    false_link_budget: float | None
    pairs_a_record: float | None
    secret: bytes
    explained: bool | None
    progress: Progress

    def __post_init__(self) -> None:
        checked(self.false_link_budget)
        if self.model is not None and not isinstance(self.model, Model):
            raise TypeError(
                "model is the model of an earlier result, or what Model.from_json makes of it, not "
                f"{type(self.model).__name__}."
            )
        if self.previous_ids is not None and not set(MEMORY_SCHEMA) <= set(self.previous_ids.columns):
            raise ValueError(
                "previous_ids is the memory of an earlier result (result.memory), with the columns "
                f"{', '.join(MEMORY_SCHEMA)}; this has {', '.join(map(str, self.previous_ids.columns))}."
            )


def chosen_bands(bits: Bits, budget: float, day: dt.date, lowest: float = LOWEST_BAR) -> Bands:
    """Return the lowest bar, not under ``lowest``, at which the expected share of false links is in
    budget.
    """
    return _bands(_likeliest_first(bits), budget, day, lowest)


def _likeliest_first(bits: Bits) -> Bits:
    return np.sort(probability_of(bits))[::-1]


def _bands(p: Bits, budget: float, day: dt.date, lowest: float) -> Bands:
    """Return the same by probabilities, the highest first."""
    p = p[p >= lowest]
    decide_at = min(DECIDE_AT, lowest / 2)
    if not len(p):
        return Bands(lowest, decide_at, budget, day.isoformat())
    # A bar stands between two beliefs, never within a group of equal ones.
    ends = np.append(p[1:] < p[:-1], True)
    within = np.flatnonzero(ends & (np.cumsum(1 - p) / np.arange(1, len(p) + 1) <= budget))
    taken = int(within[-1]) + 1 if len(within) else 0
    if taken == len(p):
        link_at = lowest
    elif taken:
        # Just under the weakest link that fits, so that rounding does not cut it off.
        link_at = float(p[taken - 1]) - 1e-9
    else:
        link_at = 1 - budget
    return Bands(max(lowest, link_at), decide_at, budget, day.isoformat())


def bands_of_table(bits: Bits, budget: float | None, day: dt.date, lowest: float) -> Bands:
    """Return the bar of a table for which nobody stated a ``budget``: that of :data:`TABLE_BUDGET`, or a
    lower one where F1 is expected to be better by :data:`WORTH_LOWERING`.

    The expected F1 is twice the links that are right, by all links and all matches. The budget of the bands
    is the share of links that is expected to be false at their bar.
    """
    if budget is not None:
        return chosen_bands(bits, budget, day, lowest)
    p = _likeliest_first(bits)
    strict = _bands(p, TABLE_BUDGET, day, lowest)
    if not len(p):
        return strict
    right, links = np.cumsum(p), np.arange(1, len(p) + 1)
    f1 = 2 * right / (links + right[-1])
    held = int((p >= strict.link_at).sum())
    if f1.max() < (f1[held - 1] if held else 0.0) + WORTH_LOWERING:
        return strict
    bar = max(float(p[int(f1.argmax())]) - 1e-9, lowest)
    linked = p[p >= bar]
    if not len(linked):
        return strict
    return replace(strict, link_at=bar, false_link_budget=max(TABLE_BUDGET, float((1 - linked).mean())))


def notes(believed: Believed, persons: int) -> dict[str, Any]:
    """Figures about a run: see ``results.LinkResult``."""
    p, bands = probability_of(believed.bits), believed.model.bands
    linked = p >= bands.link_at
    return {
        "records": len(believed.features),
        "pairs_looked_at": believed.looked_at,
        "pairs_scored": len(p),
        "pairs_linked": int(linked.sum()),
        "pairs_to_decide": int(((p >= bands.decide_at) & ~linked).sum()),
        "expected_false_links": float((1 - p[linked]).sum()),
        "persons": persons,
    }
