"""Kaplan-Meier: how many are still without the event at each day, with exact ties and delayed entry.

For one outcome with nothing that competes. Where another outcome can come first (a victim withdraws, a
suspect is charged), 1 minus Kaplan-Meier overstates the risk: see ``aalen_johansen``.

Sources: Kaplan and Meier, JASA 1958; Greenwood 1926; limits as R's ``survfit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import CompetingOutcome, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.survival.confidence_limits import LIMITS, crossing, curve_limits
from lamplighter.statistics.survival.infinitesimal_jackknife import quadratic_form
from lamplighter.statistics.survival.timeline import Timeline, hazard, sums, timeline


@dataclass(frozen=True, slots=True)
class Presence:
    """Weights that leave at each distinct end and come in at each distinct entry, for at-risk tables."""

    times: Floats
    leaving: Floats
    entry_times: Floats
    entering: Floats

    def at(self, days: Any) -> Floats:
        """Return how many are at risk just before each day: entry before it, end on it or later."""
        when = checks.numbers(days, "days")
        gone = np.concatenate([[0.0], np.cumsum(self.leaving)])
        stay = gone[-1] - gone[np.searchsorted(self.times, when, side="left")]
        come = np.concatenate([[0.0], np.cumsum(self.entering)])
        return np.asarray(stay - (come[-1] - come[np.searchsorted(self.entry_times, when, side="left")]))


@dataclass(frozen=True, slots=True)
class AtDays:
    """A curve read at given days. Beyond the last day observed every value is NaN, not the last one seen."""

    days: Floats
    at_risk: Floats
    estimate: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Quantile:
    """The time by which a share ``p`` have had the event, with limits; NaN where the curve stays above."""

    p: float
    time: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan-Meier at every distinct end of follow-up, arrays (m,).

    ``standard_error`` is that of ``survival``; ``hazard`` is the Nelson-Aalen cumulative hazard and
    ``hazard_error`` its standard error. Where everybody has had the event the error and limits are NaN.
    """

    times: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    survival: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    hazard: Floats
    hazard_error: Floats
    n: int
    n_events: int
    confidence: float
    limits: str
    variance: str
    presence: Presence
    flags: tuple[Flag, ...]

    def survival_at(self, days: Any) -> AtDays:
        """Survival read at ``days``."""
        return read_at(
            days, self.times, self.survival, self.standard_error, self.lower, self.upper, self.presence, 1.0
        )

    def risk_at(self, days: Any) -> AtDays:
        """1 minus survival, with its limits turned over."""
        s = self.survival_at(days)
        return AtDays(s.days, s.at_risk, 1 - s.estimate, s.standard_error, 1 - s.upper, 1 - s.lower)

    def quantile(self, p: float) -> Quantile:
        """Return the day by which a share ``p`` have had the event, limits by inverting the curve's."""
        p = checks.level(p, "p")
        return Quantile(
            p,
            crossing(self.times, self.survival, 1 - p),
            crossing(self.times, self.lower, 1 - p),
            crossing(self.times, self.upper, 1 - p),
        )


def read_at(
    days: Any,
    times: Floats,
    estimate: Floats,
    se: Floats,
    lower: Floats,
    upper: Floats,
    presence: Presence,
    start: float,
) -> AtDays:
    """Right-continuous reading of step functions. Before the first end they are ``start``, known exactly."""
    when = checks.numbers(days, "days")
    place = np.searchsorted(times, when, side="right") - 1
    beyond = when > times[-1]

    def read(y: Floats, first: float) -> Floats:
        out = np.where(place >= 0, y[np.maximum(place, 0)], first)
        return np.where(beyond, np.nan, out)

    return AtDays(
        when,
        presence.at(when),
        read(estimate, start),
        read(se, 0.0),
        read(lower, np.nan),
        read(upper, np.nan),
    )


@rows_alike
def kaplan_meier(
    time: Any,
    event: Any,
    *,
    entry: Any = None,
    weights: Any = None,
    clusters: Any = None,
    cause: int | None = None,
    confidence: float = 0.95,
    limits: str = "log-log",
) -> SurvivalCurve:
    """Kaplan-Meier.

    Args:
        time: (n,) days to the event or to the end of follow-up, zero or more.
        event: (n,) 1 for the event, 0 for none. With ``cause``, outcome codes.
        entry: (n,) days at which each came under observation, before ``time``; a row counts when
            entry < t <= time.
        weights: (n,) above zero, read as how many people a row stands for (Greenwood's variance).
        clusters: (n,) labels. The variance is then the infinitesimal jackknife over clusters, for rows that
            share a suspect, weights that are not counts, or a person in several start-stop rows.
        cause: says that ``event`` holds outcome codes and asks for this one; refused when another occurs.
        confidence, limits: level, and ``log-log``, ``log`` or ``plain``.

    Raises:
        CompetingOutcome: another outcome competes with ``cause``.
        NotEnoughData, NotAnArray, ValueRefused, OptionRefused: what is wrong with the input.
    """
    t = checks.times(time)
    checks.some(t.size, "time")
    d = _events(event, cause, t.size)
    start = None if entry is None else checks.entries(entry, t)
    w = checks.weights(weights, t.size)
    checks.level(confidence)
    checks.choice(limits, LIMITS, "limits")
    line = timeline(t, start)
    codes = None if clusters is None else checks.labels(clusters, "clusters", length=t.size)[0]
    at_risk = line.at_risk(w)
    events = sums(line.at[d], w[d], line.times.size)
    h = hazard(events, at_risk)
    survival = np.asarray(np.cumprod(np.maximum(1 - h, 0.0)), dtype=np.float64)
    greenwood = events / np.where(h < 1, at_risk * (at_risk - events), np.nan)
    if codes is None:
        se = survival * np.sqrt(np.cumsum(greenwood))
        kind = "Greenwood"
    else:
        se = _jackknife(line, d, w, codes, h, at_risk, survival)
        kind = "infinitesimal jackknife over clusters"
    lower, upper = curve_limits(survival, se, limits, confidence)
    return SurvivalCurve(
        times=line.times,
        at_risk=at_risk,
        events=events,
        censored=line.leaving(w) - events,
        survival=survival,
        standard_error=se,
        lower=lower,
        upper=upper,
        hazard=np.cumsum(h),
        hazard_error=np.sqrt(np.cumsum(events / at_risk**2)),
        n=int(t.size),
        n_events=int(d.sum()),
        confidence=confidence,
        limits=limits,
        variance=kind,
        presence=presence_of(line, start, w),
        flags=_flags(d, at_risk, survival, start is not None),
    )


def _events(event: Any, cause: int | None, n: int) -> checks.Bools:
    if cause is None:
        try:
            return checks.binary(event, "event", length=n)
        except ValueRefused as refused:
            if refused.problem != "neither 0 nor 1":
                raise
            raise ValueRefused(
                refused.problem,
                array="event",
                index=refused.index,
                remedy="Give 1 for the event and 0 for none; for outcomes that compete use aalen_johansen.",
            ) from None
    codes = checks.causes(event, "event", length=n)
    if cause < 1:
        raise OptionRefused("must be 1 or more", array="cause", remedy="0 means censored.")
    others = (codes != 0) & (codes != cause)
    if others.any():
        raise CompetingOutcome(
            f"{int(others.sum())} rows ended with another outcome, which competes with outcome {cause}; "
            "1 minus Kaplan-Meier would count them as if they could still have it and overstate the risk",
            array="event",
            index=int(np.argmax(others)),
            remedy="Use aalen_johansen, or make one event of the outcomes if any of them is the question.",
        )
    return np.asarray(codes == cause)


def _jackknife(
    line: Timeline, d: checks.Bools, w: Floats, codes: Ints, h: Floats, at_risk: Floats, s: Floats
) -> Floats:
    m = line.times.size
    with np.errstate(divide="ignore", invalid="ignore"):
        jump = np.where(h < 1, 1 / (at_risk * (1 - h)), 0.0)
    path = np.cumsum(h * jump)
    on_entry = np.column_stack([np.concatenate([[0.0], path]), np.ones(m + 1)])
    minus_one = -np.ones(m)
    on_exit = np.concatenate([np.column_stack([-path, minus_one]), np.column_stack([jump - path, minus_one])])
    basis = np.column_stack([np.ones(m), -path])
    cells = line.at + m * d
    return s * np.sqrt(quadratic_form(line, on_entry, on_exit, basis, w, codes, cells))


def presence_of(line: Timeline, entry: Floats | None, w: Floats) -> Presence:
    """Return who leaves and who comes in, for the at-risk table."""
    if entry is None:
        return Presence(line.times, line.leaving(w), np.empty(0), np.empty(0))
    seen, where = np.unique(entry, return_inverse=True)
    return Presence(line.times, line.leaving(w), seen, sums(where.reshape(-1), w, seen.size))


def _flags(d: checks.Bools, at_risk: Floats, survival: Floats, delayed: bool) -> tuple[Flag, ...]:
    out = []
    if not d.any():
        out.append(Flag("no_events", "Nobody had the event; the curve stays at 1 and has no limits."))
    if delayed and (survival[:-1] == 0).any():
        text = (
            "With late entries all those then at risk had the event early on: the curve fell to 0 and stays."
        )
        out.append(Flag("risk_set_emptied", text))
    if delayed and at_risk.size and at_risk[0] < 10:
        out.append(
            Flag("few_at_risk_early", "Fewer than 10 were at risk at the first day; the start is unsure.")
        )
    return tuple(out)
