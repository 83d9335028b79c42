"""Two groups over one horizon: how many more days free of the event, or lost to one outcome.

A difference of restricted means is in days and needs no constant hazard ratio. Suspects may be shared between
the groups: the influence of a cluster on both means is summed before it is squared.

Sources: Royston and Parmar, BMC Med Res Methodol 2013; Uno et al., JCO 2014 (difference, ratio, ratio of the
time lost; as R's ``survRM2``); Andersen, Statistics in Medicine 2013 (outcomes that compete).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import NotEnoughData
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.survival.aalen_johansen import workings
from lamplighter.statistics.survival.confidence_limits import normal_quantile
from lamplighter.statistics.survival.restricted_mean import (
    Difference,
    RestrictedMean,
    counted_days_lost,
    influence_on_time_lost,
    restricted_mean,
)
from lamplighter.statistics.survival.timeline import sums

FEW_CLUSTERS = 20


@dataclass(frozen=True, slots=True)
class Ratio:
    """One mean over the other, limits and two-sided p value on the log scale."""

    estimate: float
    log_standard_error: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Group 1 beside group 0.

    Attributes:
        one, zero: each group's mean.
        difference: one less zero, in days.
        ratio: one over zero; ``None`` where a mean is 0.
        ratio_of_lost: horizon less the mean, one over zero; ``None`` with ``of``, or where nothing was lost.
        of: the outcome the days are lost to; ``None``: days free of the event.
        clusters: clusters in both groups together; ``None`` without.
    """

    one: RestrictedMean
    zero: RestrictedMean
    difference: Difference
    ratio: Ratio | None
    ratio_of_lost: Ratio | None
    of: int | None
    clusters: int | None
    flags: tuple[Flag, ...]


@rows_alike
def compare(
    time: Any,
    event: Any,
    group: Any,
    horizon: float,
    *,
    of: int | None = None,
    entry: Any = None,
    weights: Any = None,
    clusters: Any = None,
    confidence: float = 0.95,
) -> Compared:
    """Mean days of group 1 and group 0 in the first ``horizon`` days, their difference and their ratio.

    Args:
        time: (n,) days.
        event: (n,) whether it happened; with ``of`` the outcome, 0 for censored.
        group: (n,) 0 or 1.
        horizon: days; no later than the shorter of the two follow-ups.
        of: the outcome to which days are lost. ``None``: days free of the one event.
        entry, weights, clusters: as for :func:`lamplighter.statistics.aalen_johansen`. Clusters may
            lie across the groups.

    Without clusters the variance is Greenwood's (the jackknife with ``of``) and the two add up; with clusters
    it is the jackknife over clusters.

    Raises:
        NotEnoughData: a group is empty, or the horizon lies beyond its follow-up.
        OptionRefused: the outcome was never observed in a group.
    """
    t = checks.times(time)
    member = checks.binary(group, "group", length=t.size)
    labels = None if clusters is None else checks.labels(clusters, "clusters", length=t.size)[0]
    codes = (
        checks.causes(event, "event", length=t.size) if of else checks.binary(event, "event", length=t.size)
    )
    start = None if entry is None else checks.entries(entry, t)
    w = None if weights is None else checks.weights(weights, t.size)
    if member.all() or not member.any():
        raise NotEnoughData("one group", array="group", remedy="A comparison needs two.")
    means: list[RestrictedMean] = []
    influences: list[Floats] = []
    for rows in (member, ~member):
        since, weighed = (None if part is None else part[rows] for part in (start, w))
        if of is None:
            mean = restricted_mean(
                t[rows], codes[rows], horizon, entry=since, weights=weighed, confidence=confidence
            )
            added = np.zeros(int(rows.sum()))
            if labels is not None:
                work = workings(t[rows], codes[rows].astype(np.int64), since, weighed, None)
                # Nobody in the group had the event: its mean is the horizon, whoever is left out.
                if 1 in work.causes:
                    added = influence_on_time_lost(work, work.causes.index(1), mean.horizon)
        else:
            work = workings(t[rows], codes[rows], since, weighed, None)
            mean, added = counted_days_lost(work, of, horizon, checks.level(confidence))
        if labels is not None:
            influences.append(sums(labels[rows], added, int(labels.max()) + 1))
            error = float(np.sqrt(influences[-1] @ influences[-1]))
            mean = _with_error(mean, error, confidence)
        means.append(mean)
    one, zero = means

    def together(scale: tuple[float, float]) -> float:
        """The error of a weighed difference of the two means."""
        if labels is None:
            return float(np.hypot(one.standard_error * scale[0], zero.standard_error * scale[1]))
        joined = influences[0] * scale[0] - influences[1] * scale[1]
        return float(np.sqrt(joined @ joined))

    gap, se = one.estimate - zero.estimate, together((1.0, 1.0))
    half = normal_quantile(confidence) * se
    lost = (one.horizon - one.estimate, zero.horizon - zero.estimate)
    flags = []
    if labels is not None and int(labels.max()) + 1 < FEW_CLUSTERS:
        flags.append(Flag("few_clusters", f"Fewer than {FEW_CLUSTERS} clusters: the limits are too narrow."))
    return Compared(
        one,
        zero,
        Difference(gap, se, gap - half, gap + half, _p(gap, se), confidence),
        _ratio((one.estimate, zero.estimate), together, confidence),
        None if of is not None else _ratio(lost, together, confidence),
        of,
        None if labels is None else int(labels.max()) + 1,
        tuple(flags),
    )


def _with_error(mean: RestrictedMean, error: float, confidence: float) -> RestrictedMean:
    half = normal_quantile(confidence) * error
    return replace(
        mean,
        standard_error=error,
        lower=max(0.0, mean.estimate - half),
        upper=min(mean.horizon, mean.estimate + half),
        variance="infinitesimal jackknife, clusters",
    )


def _ratio(
    pair: tuple[float, float], together: Callable[[tuple[float, float]], float], confidence: float
) -> Ratio | None:
    if min(pair) <= 0:
        return None
    se = together((1 / pair[0], 1 / pair[1]))
    log = float(np.log(pair[0] / pair[1]))
    half = normal_quantile(confidence) * se
    return Ratio(float(np.exp(log)), se, float(np.exp(log - half)), float(np.exp(log + half)), _p(log, se))


def _p(gap: float, se: float) -> float:
    return float(2 * special.ndtr(-abs(gap) / se)) if se > 0 else (1.0 if gap == 0 else 0.0)
