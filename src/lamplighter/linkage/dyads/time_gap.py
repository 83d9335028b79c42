"""Weigh how much time lies between two reports.

Reports of one course of conduct come close together, those of people who have nothing to do with each other
at any time; and somebody of the same home may report the same man on the same day. How often so much time
lies between two reports is counted for each cell of :mod:`dyad_evidence`: 11 (both people the same), 10 (the
victim), 01 (the suspect), 00 (neither), the last among all pairs of reports.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.parameters import rounded

Shares = Mapping[str, tuple[float, ...]]
"""Of each kind of time between, its share in the cells 11, 10, 01 and 00."""
CELLS = ("11", "10", "01")
_CELL = {cell: i for i, cell in enumerate((*CELLS, "00"))}
MOST_DAYS: Mapping[str, int] = {"week": 7, "month": 31, "quarter": 92, "year": 366}
"""Days between two reports, at most, by kind; more is ``longer``."""
KINDS = (*MOST_DAYS, "longer")
KIND = pl.Enum(["unsaid", *KINDS])
# How many times as often as between any two reports: by judgement; fitted after.
_STARTING: Mapping[str, tuple[float, ...]] = {
    "11": (6.0, 4.0, 2.5, 1.0, 0.35),
    "10": (2.0, 1.7, 1.5, 1.0, 0.8),
    "01": (3.0, 2.0, 1.5, 1.0, 0.8),
}


def kind(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Tell how much time lies between two days, as numbers: one of :data:`KINDS`, or ``unsaid``."""
    days = (left - right).abs()
    told = pl.lit("longer")
    for name, most in reversed(list(MOST_DAYS.items())):
        told = pl.when(days <= most).then(pl.lit(name)).otherwise(told)
    return pl.when(days.is_null()).then(pl.lit("unsaid")).otherwise(told)


def ratio(shares: Shares, cell: str, against: str = "00") -> pl.Expr:
    """Tell how many times as often the kind in column ``apart`` is found in a cell; 1 where nothing is
    said."""
    table = {name: ratio_of(share, cell, against) for name, share in shares.items()}
    return pl.col("apart").replace_strict(table, default=1.0, return_dtype=pl.Float64)


def ratio_of(share: tuple[float, ...], cell: str, against: str = "00") -> float:
    """Return the same, of one kind."""
    return share[_CELL[cell]] / share[_CELL[against]]


def ratios(shares: Shares) -> npt.NDArray[np.float64]:
    """Tell how many times as often each kind is found in each of :data:`CELLS` as between any two: (6, 3);
    last, where nothing is said, 1."""
    found = np.ones((len(KINDS) + 1, len(CELLS)))
    for name, share in shares.items():
        found[KINDS.index(name)] = [ratio_of(share, cell) for cell in CELLS]
    return found


def numbers(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Rows of :func:`ratios` for pairs of days, nan where a day is not known: (n,)."""
    days = np.abs(one - other)
    return np.where(np.isnan(days), len(KINDS), np.searchsorted(list(MOST_DAYS.values()), days))


def starting(features: Features) -> Shares:
    """Shares before any fitting, where the reports are of the days that they are."""
    return fitted(features, {}, 1.0)


def fitted(features: Features, told: Mapping[str, Mapping[str, float]], strength: float) -> Shares:
    """Shares in each cell from how many pairs of each kind belong to it, drawn towards the start as if by
    ``strength`` pairs."""
    any_two = _between_any_two(features)
    if any_two is None:
        return {}
    columns = []
    for cell in CELLS:
        begun = any_two * _STARTING[cell]
        counts = np.array([told.get(cell, {}).get(name, 0.0) for name in KINDS])
        columns.append((counts + strength * begun / begun.sum()) / (counts.sum() + strength))
    shares = np.column_stack([*columns, any_two])
    return {name: tuple(map(rounded, row)) for name, row in zip(KINDS, shares, strict=True)}


def _between_any_two(features: Features) -> npt.NDArray[np.float64] | None:
    """Tell how the pairs of reports are spread over the kinds, (5,); None where no report has a day."""
    reports = features.facts.group_by("report_id").agg(pl.col("reported_at").max())
    days = reports["reported_at"].drop_nulls()
    if days.is_empty():
        return None
    told, n = np.sort(days.to_physical().to_numpy()), len(days)
    within = [np.searchsorted(told, told + most, side="right").sum() for most in MOST_DAYS.values()]
    # Each report is within a week of itself, and is met from every one before it.
    pairs = np.array([*within, n * n]) - n * (n + 1) // 2
    counts = np.diff(pairs, prepend=0) + 1.0  # none seen does not show that there are none
    return np.asarray(counts / counts.sum())
