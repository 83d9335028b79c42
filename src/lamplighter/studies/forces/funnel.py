"""Limits within which forces that do not differ would lie, exact for small counts, and the spread beyond.

The centre is the share of all forces that are compared. Limits are exact binomial (a share) or Poisson (a
rate), interpolated between counts. Where a test says that forces differ by more than chance, the limits are
widened by the spread between forces, an additive variance estimated from z scores that are drawn in at both
ends (on the arcsine scale for shares, the square root scale for rates). A force is outside only if it is
outside both.

Over one page the chance that anything is flagged where no forces differ is held to a stated level: half of it
for the tests whether forces differ, half for single forces, each by Benjamini and Hochberg's procedure.

Sources: Spiegelhalter, Statistics in Medicine 2005, 24: 1185-1202; Benjamini and Hochberg, JRSS B 1995, 57:
289-300.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats: TypeAlias = npt.NDArray[np.float64]
#: Cochran's rule for Pearson's test.
FEWEST_EXPECTED = 5.0
#: So few forces say nothing of a spread between them.
FEWEST_FORCES = 3


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts ``x`` of ``n`` (crimes, or thousands of crimes for a rate) and what they say together.

    ``p`` has for each force the chance of a count so far from the centre, from either side; ``differ`` the
    chance that forces without any difference would lie so far apart. ``spread`` is 0 unless they do differ.
    """

    x: Floats
    n: Floats
    centre: float
    rate: bool
    statistic: float
    freedom: int
    differ: float
    spread: float
    p: Floats


def funnel(x: Any, n: Any, *, rate: bool = False, level: float = 0.05, winsorised: float = 0.1) -> Funnel:
    """Return what the counts of several forces say together.

    Args:
        x, n: events, and what they are of; ``n`` is above 0.
        rate: whether ``x`` is no part of ``n``, so that counts are Poisson.
        level: where ``differ`` is at most this, the limits are widened by the spread between forces.
        winsorised: share of z scores that is drawn in at each end.
    """
    events, whole = np.asarray(x, np.float64), np.asarray(n, np.float64)
    centre = float(events.sum() / whole.sum()) if whole.sum() else float("nan")
    statistic, freedom, chance = _differ(events, whole, centre, rate)
    spread = _spread(events, whole, centre, rate, winsorised) if chance <= level else 0.0
    p = _p(events, whole, centre, rate)
    if spread:
        y, middle, variance = _scaled(events, whole, centre, rate)
        z = np.abs(y - middle) / np.sqrt(variance + spread**2)
        p = np.maximum(p, 2 * special.ndtr(-z))
    return Funnel(events, whole, centre, rate, statistic, freedom, chance, spread, p)


def _differ(x: Floats, n: Floats, centre: float, rate: bool) -> tuple[float, int, float]:
    """Return Pearson's test that all have one share or rate.

    Forces of which fewer than five events are expected (or fewer than five without one) are taken as one:
    with so few the test would find differences too often.
    """
    if len(x) < FEWEST_FORCES or centre <= 0 or (not rate and centre >= 1):
        return 0.0, max(len(x) - 1, 0), 1.0
    few = n * (centre if rate else min(centre, 1 - centre)) < FEWEST_EXPECTED
    if few.any():
        x, n = (np.append(v[~few], v[few].sum()) for v in (x, n))
    variance = n * centre * (1.0 if rate else 1 - centre)
    statistic = float((((x - n * centre) ** 2) / variance).sum())
    return statistic, len(x) - 1, float(stats.chi2.sf(statistic, max(len(x) - 1, 1)))


def _scaled(x: Floats, n: Floats, centre: float, rate: bool) -> tuple[Floats, float, Floats]:
    """Return counts on a scale on which their variance does not hang on the centre."""
    if rate:
        return np.sqrt(x / n), float(np.sqrt(centre)), 1 / (4 * n)
    return np.arcsin(np.sqrt(x / n)), float(np.arcsin(np.sqrt(centre))), 1 / (4 * n)


def _spread(x: Floats, n: Floats, centre: float, rate: bool, winsorised: float) -> float:
    """Return the standard deviation between forces beyond chance, on the scale of ``_scaled``."""
    y, middle, variance = _scaled(x, n, centre, rate)
    z = (y - middle) / np.sqrt(variance)
    z = np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised]))
    weights, k = 1 / variance, len(z)
    beyond = k * float((z**2).mean()) - (k - 1)
    return float(np.sqrt(max(0.0, beyond / (weights.sum() - (weights**2).sum() / weights.sum()))))


def _p(x: Floats, n: Floats, centre: float, rate: bool) -> Floats:
    """Return twice the smaller exact tail, at most 1."""
    if not centre > 0 or (not rate and centre >= 1):
        return np.ones_like(x)
    low = stats.poisson.cdf(x, n * centre) if rate else stats.binom.cdf(x, n, centre)
    high = stats.poisson.sf(x - 1, n * centre) if rate else stats.binom.sf(x - 1, n, centre)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(low, high)))


def limits(found: Funnel, n: Any, level: float) -> tuple[Floats, Floats]:
    """Return the lower and upper limit for forces of the sizes ``n``: exact, and widened by the spread."""
    whole = np.asarray(n, np.float64)
    tail = (1 - level) / 2
    low, high = (_exact(found, whole, p) for p in (tail, 1 - tail))
    if found.spread:
        _, middle, variance = _scaled(whole * found.centre, whole, found.centre, found.rate)
        half = special.ndtri(1 - tail) * np.sqrt(variance + found.spread**2)
        low = np.minimum(low, _back(middle - half, found.rate))
        high = np.maximum(high, _back(middle + half, found.rate))
    return low, high


def _exact(found: Funnel, n: Floats, p: float) -> Floats:
    """Return the quantile of the exact distribution, between two counts, as a share or rate."""
    mean = found.centre * n
    if found.rate:
        r = stats.poisson.ppf(p, mean)
        part = (stats.poisson.cdf(r, mean) - p) / stats.poisson.pmf(r, mean)
    else:
        size = np.round(n)
        r = stats.binom.ppf(p, size, found.centre)
        part = (stats.binom.cdf(r, size, found.centre) - p) / stats.binom.pmf(r, size, found.centre)
    return np.asarray(np.clip((r - part) / n, 0.0, np.inf if found.rate else 1.0))


def _back(y: Floats, rate: bool) -> Floats:
    if rate:
        return np.square(np.maximum(y, 0.0))
    return np.square(np.sin(np.clip(y, 0.0, np.pi / 2)))


def beyond(found: Funnel, *, widened: bool, deviations: float = 3.0) -> npt.NDArray[np.bool_]:
    """Tell which lie so many standard deviations from the centre, by chance alone or with the spread.

    What other publications count; a page of ours flags by :func:`kept`.
    """
    y, middle, variance = _scaled(found.x, found.n, found.centre, found.rate)
    return np.asarray(np.abs(y - middle) > deviations * np.sqrt(variance + widened * found.spread**2))


def kept(p: Sequence[float], level: float) -> list[bool]:
    """Tell which of a family of tests stand when false discoveries are held to ``level`` of them."""
    order = np.argsort(p, kind="stable")
    below = np.asarray(p)[order] <= level * np.arange(1, len(p) + 1) / max(len(p), 1)
    last = int(np.nonzero(below)[0].max()) + 1 if below.any() else 0
    stands = np.zeros(len(p), bool)
    stands[order[:last]] = True
    return [bool(s) for s in stands]
