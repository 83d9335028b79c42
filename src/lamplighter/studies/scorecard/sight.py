"""Tell how large a change the chart of a force could see, so that its silence is not read as steadiness.

The size is worked out from the chart itself: how large its quarters are, how much they vary, how many stand
before, and how many charts are read together. It is the change of level that is named within two quarters in
nine of ten cases. A chart that starts from nought needs most, so that is what is reckoned with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from lamplighter.statistics.monitoring import cusum, shares_over_time
from lamplighter.statistics.monitoring.shares_over_time import Dispersion
from lamplighter.studies.scorecard.signals import Chart, Settings, Signals

#: Quarters within which, and share of cases in which, a change is to be named.
QUARTERS, CASES = 2, 0.9


@dataclass(frozen=True, slots=True)
class Sight:
    """Least rise and least fall of a share (0 to 1) that would be named; ``None`` where none would be."""

    level: float
    rise: float | None
    fall: float | None


def sight_of(read: Signals, chart: Chart) -> Sight | None:
    """Return what a chart could see; ``None`` for one that cannot be read."""
    if chart.why_not:
        return None
    charts = sum(not c.why_not for c in read.charts.values())
    begins = max(i for i, p in enumerate(chart.points) if p.centre is None)
    stretch = [p.counted for p in chart.points[begins:]]
    y, variance = shares_over_time.scaled([c.x for c in stretch], [c.n for c in stretch])
    needed = _needed(len(stretch) - 1 + QUARTERS, charts, read.settings)
    by = needed / _for_each(variance, read.dispersions[chart.measure], needed)
    mean = float(np.average(y, weights=1 / variance))
    level = shares_over_time.unscaled(mean)
    rise = shares_over_time.unscaled(mean + by) - level if mean + by < np.pi / 2 else None
    fall = level - shares_over_time.unscaled(mean - by) if mean - by > 0 else None
    return Sight(level, rise, fall)


def _needed(periods: int, charts: int, own: Settings) -> float:
    """Return how high two scores together must stand on average to be named in nine of ten."""
    # Alone among all charts its chance has to be one in so many of the level of a quarter; from either side.
    level = min(own.page_level, own.false_discoveries) / max(charts, 1)
    threshold = own.threshold

    def too_likely(height: float) -> float:
        return float(np.log(2 * cusum.chance_of(height, periods, own.allowance) / level))

    if too_likely(threshold) > 0:
        threshold = float(optimize.brentq(too_likely, threshold, 11.9, xtol=1e-6))
    by_chance = float(special.ndtri(CASES) * np.sqrt(QUARTERS))
    return threshold + QUARTERS * own.allowance + by_chance


def _for_each(variance: shares_over_time.Floats, beyond: Dispersion, needed: float) -> float:
    """Return by how much the two scores together rise for a move of one on the scale."""
    weights = 1 / variance
    before, one = float(weights.sum()), float(np.median(weights))
    total = 0.0
    for quarter in range(QUARTERS):
        # The quarters that have moved already draw the mean after them.
        left = before / (before + quarter * one)
        total += left / np.sqrt(beyond.factor * (1 / one + 1 / (before + quarter * one)))
    if np.isfinite(beyond.freedom):
        # The doubt about how much quarters vary makes a high score count for less.
        score = needed / QUARTERS
        total *= score / float(stats.t.isf(special.ndtr(-score), beyond.freedom))
    return total
