"""What a caller of :func:`lamplighter.linkage.link` asks for, and the bar that follows from their budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import fitting
from lamplighter.linkage.believing import Believed
from lamplighter.linkage.model import Bands, Model

Bits = npt.NDArray[np.float64]
Progress = Callable[[str], None]
EPOCH = dt.date(1970, 1, 1)
LOWEST_BAR = 0.5
"""The lowest bar that is ever chosen for reports. Of a table by itself it is lower: groups that hold together
by their average link are right more often than their weakest one says, and a statistic accuses nobody."""
DECIDE_AT = 0.05


@dataclass(frozen=True, slots=True)
class Asked:
    """What :func:`lamplighter.linkage.link` was asked for: see there."""

    decisions: pl.DataFrame | None
    model: Model | None
    day: dt.date | None
    previous_ids: pl.DataFrame | None
    previous_links: pl.DataFrame | None
    false_link_budget: float | None
    pairs_a_record: float | None
    secret: bytes
    progress: Progress


def chosen_bands(bits: Bits, budget: float, day: dt.date, lowest: float = LOWEST_BAR) -> Bands:
    """The lowest bar, not under ``lowest``, at which the expected share of false links is in budget."""
    p = np.sort(fitting.probability(bits))[::-1]
    p = p[p >= lowest]
    decide_at = min(DECIDE_AT, lowest / 2)
    if not len(p):
        return Bands(lowest, decide_at, budget, day.isoformat())
    within = np.flatnonzero(np.cumsum(1 - p) / np.arange(1, len(p) + 1) <= budget)
    taken = int(within[-1]) + 1 if len(within) else 0
    if taken == len(p):
        link_at = lowest
    elif taken:
        # Just under the weakest link that fits, so that rounding does not cut it off.
        link_at = float(p[taken - 1]) - 1e-9
    else:
        link_at = 1 - budget
    return Bands(max(lowest, link_at), decide_at, budget, day.isoformat())


def notes(believed: Believed, persons: int) -> dict[str, Any]:
    """Figures about a run: see ``results.LinkResult``."""
    p, bands = fitting.probability(believed.bits), believed.model.bands
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
