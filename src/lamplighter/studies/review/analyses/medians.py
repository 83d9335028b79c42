"""Medians of days with limits from a bootstrap over suspects, because reports of one suspect go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Median:
    """The median, its 95% limits (percentiles of the bootstrap) and the 90th centile, in days."""

    n: int
    median: float
    low: float
    high: float
    ninetieth: float
    repeats: int


def median_days(frame: pl.DataFrame, cluster: str, *, repeats: int, seed: int) -> Median | None:
    """Of the column ``days``; rows with the same ``cluster`` are drawn together. ``None`` without rows."""
    if not frame.height:
        return None
    days = frame["days"].to_numpy().astype(np.float64)
    codes = frame.select(pl.col(cluster).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    n = days.size
    days, place = np.unique(days, return_inverse=True)
    groups = int(codes.max()) + 1
    # by suspect, what it adds to each day: a draw of suspects is then read once, in order
    of_day = sparse.csc_matrix((np.ones(n), (place.reshape(-1), codes)), shape=(days.size, groups))
    generator = np.random.default_rng(seed)
    drawn = np.empty(repeats)
    for repeat in range(repeats):
        weights = np.bincount(generator.integers(0, groups, groups), minlength=groups)
        drawn[repeat] = _weighted(days, of_day @ weights, 0.5)
    whole = of_day @ np.ones(groups)
    return Median(
        n=n,
        median=_weighted(days, whole, 0.5),
        low=float(np.nanquantile(drawn, 0.025)),
        high=float(np.nanquantile(drawn, 0.975)),
        ninetieth=_weighted(days, whole, 0.9),
        repeats=repeats,
    )


def _weighted(days: Floats, weights: npt.NDArray[np.generic], share: float) -> float:
    """The smallest day by which at least ``share`` of the weight has come; days are in order."""
    total = np.cumsum(weights, dtype=np.float64)
    if total[-1] == 0:
        return float("nan")
    return float(days[int(np.searchsorted(total, share * total[-1] - 1e-9))])
