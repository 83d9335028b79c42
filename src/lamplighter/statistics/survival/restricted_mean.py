"""Mean time free of the event up to a horizon, and mean time lost to one of several outcomes.

A difference of restricted means needs no constant hazard ratio and reads as days. Sources: Irwin, J Hyg 1949;
Uno et al., JCO 2014; Andersen, Statistics in Medicine 2013 (time lost); R's ``print(survfit, rmean=)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.survival.aalen_johansen import Workings, workings
from lamplighter.statistics.survival.confidence_limits import normal_quantile
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from lamplighter.statistics.survival.timeline import sums


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Days, up to ``horizon``. ``variance`` names how ``standard_error`` was found."""

    estimate: float
    standard_error: float
    lower: float
    upper: float
    horizon: float
    n: int
    events: int
    confidence: float
    variance: str


@dataclass(frozen=True, slots=True)
class Difference:
    """a minus b, of two independent samples over one horizon, with the two-sided p value."""

    estimate: float
    standard_error: float
    lower: float
    upper: float
    p: float
    confidence: float


def _horizon(value: float, last: float, everyone_done: bool) -> float:
    tau = float(checks.numbers([value], "horizon")[0])
    if tau <= 0:
        raise ValueRefused("not above zero", array="horizon", index=0, remedy="Give days, for example 180.")
    if tau > last and not everyone_done:
        raise NotEnoughData(
            "beyond the last day anyone was followed",
            array="horizon",
            remedy=f"Give at most {last:g}; for a comparison, the shorter of the two follow-ups.",
        )
    return tau


def _areas(times: Floats, heights: Floats, first: float, tau: float) -> tuple[float, Floats]:
    """Area from 0 to tau under a step function, and from each time to tau (0 beyond it), (m,)."""
    ends = np.append(np.minimum(times[1:], tau), tau)
    widths = np.maximum(ends - np.minimum(times, tau), 0.0)
    pieces = widths * heights
    tails = np.cumsum(pieces[::-1])[::-1]
    return float(first * min(times[0], tau) + tails[0]), tails


def _with_limits(
    estimate: float, se: float, tau: float, n: int, events: int, confidence: float, how: str
) -> RestrictedMean:
    estimate = min(max(estimate, 0.0), tau)  # a sum of slices may pass its bounds by rounding
    half = normal_quantile(confidence) * se
    lower, upper = max(0.0, estimate - half), min(tau, estimate + half)
    return RestrictedMean(estimate, se, lower, upper, tau, n, events, confidence, how)


@rows_alike
def restricted_mean(
    time: Any,
    event: Any,
    horizon: float,
    *,
    entry: Any = None,
    weights: Any = None,
    confidence: float = 0.95,
) -> RestrictedMean:
    """Mean days free of the event in the first ``horizon`` days: Kaplan-Meier with Greenwood's variance.

    Arguments as :func:`lamplighter.statistics.kaplan_meier`.

    Raises:
        NotEnoughData: the horizon lies beyond the last day anyone was followed.
    """
    curve = kaplan_meier(time, event, entry=entry, weights=weights, confidence=confidence)
    tau = _horizon(horizon, float(curve.times[-1]), bool(curve.survival[-1] == 0))
    area, tails = _areas(curve.times, curve.survival, 1.0, tau)
    left = curve.at_risk - curve.events
    term = np.where(left > 0, curve.events / (curve.at_risk * np.where(left > 0, left, 1)), 0.0)
    se = float(np.sqrt(tails**2 @ term))
    return _with_limits(area, se, tau, curve.n, curve.n_events, confidence, "Greenwood")


@rows_alike
def time_lost(
    time: Any,
    cause: Any,
    horizon: float,
    *,
    of: int,
    entry: Any = None,
    weights: Any = None,
    clusters: Any = None,
    confidence: float = 0.95,
) -> RestrictedMean:
    """Mean days lost to outcome ``of`` in the first ``horizon`` days: the area under Aalen-Johansen.

    Arguments as :func:`lamplighter.statistics.aalen_johansen`. The variance is the infinitesimal
    jackknife over rows, or over clusters.

    Raises:
        NotEnoughData: the horizon lies beyond the last day anyone was followed.
        OptionRefused: the outcome was never observed.
    """
    checks.level(confidence)
    work = workings(time, cause, entry, weights, clusters)
    return counted_days_lost(work, of, horizon, confidence)[0]


def counted_days_lost(
    work: Workings, of: int, horizon: float, confidence: float
) -> tuple[RestrictedMean, Floats]:
    """Return the mean days lost of rows already counted, and what each adds to them, (n,)."""
    if of not in work.causes:
        raise OptionRefused("never observed", array="of", remedy="Give one of the outcomes seen.")
    k = work.causes.index(of)
    times = work.line.times
    tau = _horizon(horizon, float(times[-1]), bool(work.free[-1] == 0))
    area, _ = _areas(times, work.incidence[:, k], 0.0, tau)
    added = influence_on_time_lost(work, k, tau)
    row = added if work.clusters is None else sums(work.clusters, added, int(work.clusters.max()) + 1)
    se = float(np.sqrt(row @ row))
    events = int((work.codes == k + 1).sum())
    n = int(work.codes.size)
    return _with_limits(area, se, tau, n, events, confidence, "infinitesimal jackknife"), added


def influence_on_time_lost(work: Workings, k: int, tau: float) -> Floats:
    """Return what each row adds to the time lost to the ``k``-th outcome up to ``tau``, (n,); the rows sum to
    0.
    """
    on_entry, on_exit, basis, cells = work.influence(k)
    times, entered = work.line.times, work.line.entered
    m = times.size
    areas = np.column_stack([_areas(times, basis[:, a], 0.0, tau)[1] for a in range(basis.shape[1])])
    start = (on_entry[:m] * areas).sum(axis=1)
    position = np.arange(on_exit.shape[0]) % m
    end = (on_exit * areas[position]).sum(axis=1)
    first = start[0] if entered is None else start[np.minimum(entered, m - 1)]
    return np.asarray(work.w * (first + end[cells]))


def difference(a: RestrictedMean, b: RestrictedMean) -> Difference:
    """a minus b. The samples must not share people or suspects: then the variances would not add up, and
    :func:`lamplighter.statistics.compare` is the one to use.

    Raises:
        OptionRefused: the two have different horizons or levels.
    """
    if a.horizon != b.horizon or a.confidence != b.confidence:
        raise OptionRefused("horizons or levels differ", array="b", remedy="Compute both over one horizon.")
    gap = a.estimate - b.estimate
    se = float(np.hypot(a.standard_error, b.standard_error))
    half = normal_quantile(a.confidence) * se
    p = float(2 * special.ndtr(-abs(gap) / se)) if se > 0 else (1.0 if gap == 0 else 0.0)
    return Difference(gap, se, gap - half, gap + half, p, a.confidence)
