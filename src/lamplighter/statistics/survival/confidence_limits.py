"""Limits about a curve, and where a curve crosses a level."""

from __future__ import annotations

import numpy as np
from scipy import special

from lamplighter.statistics.arrays.checks import Floats

LIMITS = ("log-log", "log", "plain")
_TIE = float(np.sqrt(np.finfo(np.float64).eps))


def normal_quantile(confidence: float) -> float:
    """Return the two-sided normal multiplier of a confidence level."""
    return float(special.ndtri(0.5 + confidence / 2))


def curve_limits(p: Floats, se: Floats, kind: str, confidence: float) -> tuple[Floats, Floats]:
    """Limits for probabilities ``p`` with standard errors ``se`` (same shape), as R's ``survfit`` gives them.

    On the log and log-log scales a probability of exactly 0 or 1 has no limits: NaN.
    """
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if kind == "plain":
            return np.maximum(p - z * se, 0.0), np.minimum(p + z * se, 1.0)
        if kind == "log":
            inside = np.where(p > 0, p, np.nan)
            step = z * se / inside
            return inside * np.exp(-step), np.minimum(inside * np.exp(step), 1.0)
        inside = np.where((p > 0) & (p < 1), p, np.nan)
        log_p = np.log(inside)
        step = z * se / (inside * log_p)  # negative, as log p is
        return np.exp(log_p * np.exp(-step)), np.exp(log_p * np.exp(step))


def crossing(times: Floats, falling: Floats, target: float) -> float:
    """Return the first time at which a falling curve is at or below ``target``; NaN when it never is.

    Where the curve rests exactly on the target, the middle of that stretch (to the last time, when it stays
    there), as R does.
    """
    usable = ~np.isnan(falling)
    t, y = times[usable], falling[usable]
    reached = np.flatnonzero(y <= target + _TIE)
    if reached.size == 0:
        return float("nan")
    first = int(reached[0])
    if abs(y[first] - target) < _TIE:
        below = np.flatnonzero(y < target - _TIE)
        until = int(below[0]) if below.size else -1
        return float(t[first] + t[until]) / 2
    return float(t[first])
