"""Counts of a row of periods, each held against all before it.

Counts are put on a scale on which their variance does not hang on their level: the arcsine of the root for a
share, the root for a rate. What a period differs from the mean of all before it, divided by the standard
error of that difference, is a recursive residual: while nothing changes, the residuals of a row are
independent and standard normal, however short the row, so that no baseline need be taken for known.

How much more than by chance periods vary (a recorder's habits, a busy month) is estimated once from many
rows, by the squares of what neighbouring periods differ, of which the largest are trimmed: those are what is
looked for.

Sources: Anscombe, Biometrika 1948, 35: 246-254; Brown, Durbin and Evans, JRSS B 1975, 37: 149-192; Laney,
Quality Engineering 2002, 14: 531-537 (limits widened by what neighbours differ).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats: TypeAlias = npt.NDArray[np.float64]
#: Share of squared differences, the largest, that tells nothing of how periods vary where nothing changes.
TRIMMED = 0.05


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Variance between periods as a multiple of chance's own, and the degrees of freedom of that estimate."""

    factor: float
    freedom: float


def scaled(x: Any, n: Any, *, rate: bool = False) -> tuple[Floats, Floats]:
    """Return counts ``x`` of ``n`` on the scale of constant variance, and the variance of each by chance."""
    events, whole = np.asarray(x, np.float64), np.asarray(n, np.float64)
    if rate:
        return np.sqrt((events + 0.375) / whole), 1 / (4 * whole)
    return np.arcsin(np.sqrt((events + 0.375) / (whole + 0.75))), 1 / (4 * whole + 2)


def unscaled(y: float, *, rate: bool = False) -> float:
    """Return the share or rate that stands at ``y`` on the scale."""
    return max(y, 0.0) ** 2 if rate else float(np.sin(min(max(y, 0.0), np.pi / 2)) ** 2)


def dispersion(rows: Sequence[tuple[Floats, Floats]]) -> Dispersion:
    """Estimate how much more than by chance periods vary, from rows as :func:`scaled` returns them.

    Of fewer than twenty differences nothing is learned: chance alone is taken, with no doubt.
    """
    squares = np.concatenate([np.zeros(0), *(np.diff(y) ** 2 / (v[1:] + v[:-1]) for y, v in rows)])
    if len(squares) < 20:
        return Dispersion(1.0, np.inf)
    kept = np.sort(squares)[: int(np.ceil((1 - TRIMMED) * len(squares)))]
    share = len(kept) / len(squares)
    # The mean of a chi-square of one degree below its quantile, so that trimming does not make it small.
    below = float(special.gammainc(1.5, stats.chi2.ppf(share, 1) / 2)) / share if share < 1 else 1.0
    # Neighbouring differences share a period: their squares are correlated by a quarter.
    return Dispersion(float(kept.mean() / below), 2 * len(kept) / 3)


def residuals(y: Floats, variance: Floats, beyond: Dispersion, *, rate: bool = False) -> Floats:
    """Return what each period but the first differs from all before it, as standard normal scores.

    Scores allow for the doubt about ``beyond``, and for counts that are still a little skewed on the scale
    (by the first term of Cornish and Fisher). Shape: one less than ``y``.
    """
    weight = 1 / variance
    so_far = np.cumsum(weight)
    mean = (np.cumsum(y * weight) / so_far)[:-1]
    of_mean = 1 / so_far[:-1]
    z = (y[1:] - mean) / np.sqrt(beyond.factor * (variance[1:] + of_mean))
    if np.isfinite(beyond.freedom):
        # From the smaller tail, so that a far score does not become infinite.
        tail = np.maximum(stats.t.sf(np.abs(z), beyond.freedom), 1e-300)
        z = np.sign(z) * -special.ndtri(tail)
    # The scale turns the skewness of a count to half of it the other way; a mean of many has none. Where
    # periods vary more than by chance they are taken to vary as a beta or gamma distribution does.
    if rate:
        skewness = -np.sqrt(variance[1:]) / np.maximum(mean, 0.05)
    else:
        skewness = -np.sqrt(variance[1:]) * 2 / np.tan(2 * np.clip(mean, 0.05, np.pi / 2 - 0.05))
    skewness *= (2 - beyond.factor) / np.sqrt(beyond.factor)
    skewness *= (variance[1:] / (variance[1:] + of_mean)) ** 1.5
    return np.asarray(z - skewness / 6 * (np.minimum(z**2, 9.0) - 1))
