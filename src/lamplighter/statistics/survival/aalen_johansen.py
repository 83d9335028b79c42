"""Aalen-Johansen: the risk of each outcome by each day when the outcomes compete, with exact ties.

The variance is the infinitesimal jackknife, as in R's ``survfit`` (survival 3): the influence of each person,
or of each cluster, on the curve. Limits on the log-log scale are those of log(-log F), as R's and Stata's.

Sources: Aalen and Johansen, Scand J Stat 1978; Therneau, Crowson and Atkinson, survival vignette 'compete'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import OptionRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.survival.confidence_limits import LIMITS, crossing, curve_limits
from lamplighter.statistics.survival.infinitesimal_jackknife import cluster_order, quadratic_form
from lamplighter.statistics.survival.kaplan_meier import AtDays, Presence, Quantile, presence_of, read_at
from lamplighter.statistics.survival.timeline import Timeline, hazard, sums, timeline


@dataclass(frozen=True, slots=True)
class CompetingCurves:
    """Cumulative incidence at every distinct end of follow-up: vectors (m,), matrices (m, causes).

    ``causes`` names the columns. The columns of ``incidence`` and ``free`` (no outcome yet) add up to 1.
    """

    times: Floats
    causes: tuple[int, ...]
    at_risk: Floats
    events: Floats
    censored: Floats
    incidence: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    free: Floats
    n: int
    n_events: tuple[int, ...]
    clusters: int | None
    confidence: float
    limits: str
    presence: Presence
    flags: tuple[Flag, ...]

    def _column(self, cause: int) -> int:
        if cause not in self.causes:
            raise OptionRefused(
                "never observed", array="cause", remedy=f"Outcomes here: {', '.join(map(str, self.causes))}."
            )
        return self.causes.index(cause)

    def risk_at(self, days: Any, cause: int) -> AtDays:
        """Return the risk of ``cause`` by each of ``days``; NaN beyond the last day observed."""
        k = self._column(cause)
        columns = (self.incidence[:, k], self.standard_error[:, k], self.lower[:, k], self.upper[:, k])
        return read_at(days, self.times, *columns, self.presence, 0.0)

    def quantile(self, p: float, cause: int) -> Quantile:
        """Return the day by which a share ``p`` of all have had ``cause``, limits by inverting the
        curve's.
        """
        p = checks.level(p, "p")
        k = self._column(cause)
        curves = (1 - self.incidence[:, k], 1 - self.upper[:, k], 1 - self.lower[:, k])
        return Quantile(p, *(crossing(self.times, curve, 1 - p) for curve in curves))


@dataclass(frozen=True, slots=True)
class Workings:
    """The rows of a competing-risks question, counted. For the estimators of this package."""

    line: Timeline
    codes: Ints
    w: Floats
    clusters: Ints | None
    causes: tuple[int, ...]
    at_risk: Floats
    events: Floats
    free: Floats
    incidence: Floats
    path: Floats
    entry: Floats | None

    def influence(self, k: int) -> tuple[Floats, Floats, Floats, Ints]:
        """Coefficients on entry (m+1, 3) and at the end (cells, 3), the basis (m, 3), and the cells (n,)."""
        m, f = self.line.times.size, self.incidence[:, k]
        h = hazard(self.events.sum(axis=1), self.at_risk)
        before = np.concatenate([[1.0], self.free[:-1]])
        with np.errstate(divide="ignore", invalid="ignore"):
            jump = np.where(h < 1, 1 / (self.at_risk * (1 - h)), 0.0)
        share = before / self.at_risk
        level = np.cumsum(h * jump * f + share * self.events[:, k] / self.at_risk)
        on_entry = np.column_stack(
            [np.concatenate([[0.0], -self.path]), np.concatenate([[0.0], level]), np.ones(m + 1)]
        )
        minus_one = -np.ones(m)
        parts = [np.column_stack([self.path, -level, minus_one])]
        for cause in range(len(self.causes)):
            own = share if cause == k else 0.0
            parts.append(np.column_stack([self.path - jump, jump * f + own - level, minus_one]))
        basis = np.column_stack([f, np.ones(m), f * self.path - level])
        return on_entry, np.concatenate(parts), basis, self.line.at + m * self.codes


def workings(time: Any, cause: Any, entry: Any, weights: Any, clusters: Any) -> Workings:
    """Check and count the rows. See :func:`aalen_johansen` for the arguments."""
    t = checks.times(time)
    checks.some(t.size, "time")
    codes = checks.causes(cause, "cause", length=t.size)
    start = None if entry is None else checks.entries(entry, t)
    w = checks.weights(weights, t.size)
    groups = None if clusters is None else checks.labels(clusters, "clusters", length=t.size)[0]
    found = np.flatnonzero(np.bincount(codes))
    kinds = found[found > 0]
    small = np.searchsorted(kinds, codes) + 1  # 1, 2, ... in order of the codes seen
    small[codes == 0] = 0
    line = timeline(t, start)
    m, k = line.times.size, kinds.size
    per_cell = sums(line.at + m * small, w, m * (k + 1)).reshape(k + 1, m)
    events = np.ascontiguousarray(per_cell[1:].T)
    at_risk = line.at_risk(w)
    h = hazard(events.sum(axis=1), at_risk)
    free = np.asarray(np.cumprod(np.maximum(1 - h, 0.0)), dtype=np.float64)
    before = np.concatenate([[1.0], free[:-1]])
    incidence = np.cumsum(before[:, None] * events / at_risk[:, None], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        path = np.cumsum(np.where(h < 1, h / (at_risk * (1 - h)), 0.0))
    names = tuple(int(c) for c in kinds)
    return Workings(line, small, w, groups, names, at_risk, events, free, incidence, path, start)


@rows_alike
def aalen_johansen(
    time: Any,
    cause: Any,
    *,
    entry: Any = None,
    weights: Any = None,
    clusters: Any = None,
    confidence: float = 0.95,
    limits: str = "log-log",
) -> CompetingCurves:
    """Cumulative incidence of every outcome.

    Args:
        time: (n,) days to the first outcome or to the end of follow-up, zero or more.
        cause: (n,) 0 for censored, 1, 2, ... for the outcomes.
        entry: (n,) days at which each came under observation; at risk when entry < t <= time.
        weights: (n,) above zero.
        clusters: (n,) labels of rows that share a suspect, or are one person's start-stop rows.
        confidence, limits: level, and ``log-log``, ``log`` or ``plain``.

    Raises:
        NotEnoughData, NotAnArray, ValueRefused, OptionRefused: what is wrong with the input.
    """
    checks.level(confidence)
    checks.choice(limits, LIMITS, "limits")
    work = workings(time, cause, entry, weights, clusters)
    line = work.line
    order = None if work.clusters is None else cluster_order(line, work.clusters)
    errors = np.zeros_like(work.incidence)
    for k in range(len(work.causes)):
        on_entry, on_exit, basis, cells = work.influence(k)
        form = quadratic_form(line, on_entry, on_exit, basis, work.w, work.clusters, cells, order)
        errors[:, k] = np.sqrt(form)
    lower, upper = curve_limits(work.incidence, errors, limits, confidence)
    per_cause = np.bincount(work.codes, minlength=len(work.causes) + 1)[1:]
    return CompetingCurves(
        times=line.times,
        causes=work.causes,
        at_risk=work.at_risk,
        events=work.events,
        censored=line.leaving(work.w) - work.events.sum(axis=1),
        incidence=work.incidence,
        standard_error=errors,
        lower=lower,
        upper=upper,
        free=work.free,
        n=int(line.at.size),
        n_events=tuple(int(c) for c in per_cause),
        clusters=None if work.clusters is None else int(work.clusters.max()) + 1,
        confidence=confidence,
        limits=limits,
        presence=presence_of(line, work.entry, work.w),
        flags=_flags(work),
    )


def _flags(work: Workings) -> tuple[Flag, ...]:
    out = []
    if not work.causes:
        out.append(Flag("no_events", "Nobody had any outcome; every risk is 0 and has no limits."))
    if len(work.causes) == 1:
        out.append(Flag("one_outcome", "Only one outcome was seen, so nothing competed with it."))
    if work.entry is not None and (work.free[:-1] == 0).any():
        text = (
            "With late entries everyone then at risk had an outcome early on; the curves stay as they were."
        )
        out.append(Flag("risk_set_emptied", text))
    if work.clusters is not None and int(work.clusters.max()) < 19:
        out.append(Flag("few_clusters", "Fewer than 20 clusters: the limits are too narrow."))
    return tuple(out)
