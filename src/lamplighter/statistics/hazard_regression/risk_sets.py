"""The partial likelihood of Cox's model by sorted risk sets, in NumPy alone.

Rows are sorted once by stratum and by the last event time at which they are at risk, deaths first. Everything
a Newton step needs then comes from sums over contiguous stretches of rows (one stretch an event time) and one
matrix product: the second moment of a risk set never has to be formed, because a row enters it with the same
coefficients at every event time it lives through, so the cumulative hazard of its stay is its weight.

Efron's and Breslow's handling of ties; weights as R's ``coxph`` uses them (an event time's deaths share their
mean weight); delayed entry by taking away, at each event time, the rows that enter later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lamplighter.statistics.arrays.checks import Bools, Floats, Ints, distinct
from lamplighter.statistics.survival.timeline import sums

_BLOCK = 32_768  # rows a stretch of work: its columns stay in the processor's cache
_TOO_FAR = 500.0  # exp of more than this leaves too little room in a float64


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Sorted rows and event times. ``x`` is (columns, rows), centred and scaled by ``scale``.

    Event times of all strata lie end to end, ascending within a stratum; ``stratum_start`` and
    ``stratum_end`` (events,) bound each one's own. ``last`` and ``first`` (rows,) are the event times between
    which a row is at risk; rows that see no event time are left out of ``order``.
    """

    x: Floats
    centre: Floats
    scale: Floats
    w: Floats
    dead: Bools
    order: Ints
    last: Ints
    first: Ints | None
    event_times: Floats
    stratum_start: Ints
    stratum_end: Ints
    stratum_of_event: Ints
    deaths: Ints
    death_weight: Floats
    starts: Ints
    start_event: Ints
    start_dead: Bools
    death_event: Ints
    death_begin: Ints
    death_share: Floats
    death_columns: Floats
    breslow: bool

    @property
    def m(self) -> int:
        """Return how many event times, over all strata."""
        return int(self.event_times.size)

    def within(self, x: Floats) -> Floats:
        """Running sums over event times that begin anew in each stratum; x is (m,) or (m, q)."""
        total = np.cumsum(x, axis=0)
        if self.stratum_start[-1] == 0:
            return total
        return np.asarray(total - (total - x)[self.stratum_start])

    def onwards(self, x: Floats) -> Floats:
        """Sums from each event time to the end of its stratum."""
        total = np.cumsum(x[::-1], axis=0)[::-1]
        if self.stratum_start[-1] == 0:
            return np.ascontiguousarray(total)
        return np.asarray(total - (total - x)[self.stratum_end])

    def stay(self, running: Floats, part: slice = slice(None)) -> Floats:
        """For each row, a within-stratum running sum (m,) over the event times of its stay."""
        last = self.last[part]
        out = running[last]
        if self.first is not None:
            first = self.first[part]
            out -= np.where(first > self.stratum_start[last], running[np.maximum(first - 1, 0)], 0.0)
        return np.asarray(out)

    def blocks(self) -> Iterator[slice]:
        """Stretches of rows."""
        n = self.w.size
        for start in range(0, n, _BLOCK):
            yield slice(start, min(start + _BLOCK, n))


def prepare(
    time: Floats, dead: Bools, entry: Floats | None, w: Floats, strata: Ints, x: Floats, breslow: bool
) -> RiskSets:
    """Sort the rows. ``x`` is (rows, columns). There must be at least one event."""
    ends, t_at = distinct(time)
    strata_count = int(strata.max()) + 1 if strata.size else 1
    span = int(t_at.max()) + 1
    key = strata * span + t_at
    seen = np.zeros(strata_count * span, dtype=bool)
    seen[key[dead]] = True
    keys = np.flatnonzero(seen)  # distinct (stratum, time) of events, ascending
    last = (np.cumsum(seen) - 1)[key]
    visible = last >= 0
    if strata_count > 1:
        visible &= keys[np.maximum(last, 0)] // span == strata
    first = None
    if entry is not None:
        entered = strata * span + np.searchsorted(ends, entry, side="right")
        first = np.searchsorted(keys, entered, side="left")
        visible &= first <= last
    rows = np.flatnonzero(visible)
    last_v = last[rows]
    # deaths first within an event time, so each has at most two stretches
    order = rows[_stable_order(2 * last_v + ~(dead[rows] & (keys[last_v] == key[rows])))]
    last = last[order]
    is_dead = dead[order]
    w_sorted = w[order]
    stratum_of_event = keys // span
    bounds = np.searchsorted(stratum_of_event, np.arange(strata_count + 1), side="left")
    part = 2 * last + ~is_dead
    starts = np.flatnonzero(np.concatenate([[True], part[1:] != part[:-1]]))
    columns, centre, scale = _columns(x, order, w_sorted)
    m = keys.size
    deaths = np.bincount(last[is_dead], minlength=m)
    death_weight = sums(last[is_dead], w_sorted[is_dead], m)
    death_event = last[is_dead]
    begin = np.concatenate([[0], np.cumsum(deaths)[:-1]])
    share = np.zeros(death_event.size)
    if not breslow:
        share = (np.arange(death_event.size) - begin[death_event]) / deaths[death_event]
    return RiskSets(
        x=columns,
        centre=centre,
        scale=scale,
        w=w_sorted,
        dead=is_dead,
        order=order,
        last=last,
        first=None if first is None else first[order],
        event_times=ends[keys % span],
        stratum_start=bounds[stratum_of_event],
        stratum_end=bounds[stratum_of_event + 1] - 1,
        stratum_of_event=stratum_of_event,
        deaths=deaths,
        death_weight=death_weight,
        starts=starts,
        start_event=last[starts],
        start_dead=is_dead[starts],
        death_event=death_event,
        death_begin=begin,
        death_share=share,
        death_columns=columns @ np.where(is_dead, w_sorted, 0.0),
        breslow=breslow,
    )


def _stable_order(key: Ints) -> Ints:
    if key.size and key.max() < 65_536:
        return np.argsort(key.astype(np.uint16), kind="stable")  # radix sort
    return np.argsort(key, kind="stable")


def _columns(x: Floats, order: Ints, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Sorted, centred and scaled columns (p, rows), block by block, with the centres and scales."""
    p, n = x.shape[1], order.size
    blocks = [slice(i, min(i + _BLOCK, n)) for i in range(0, n, _BLOCK)]
    out = np.empty((p, n))
    total = w.sum()
    centre = np.zeros(p)
    for part in blocks:
        out[:, part] = x[order[part]].T
        centre += out[:, part] @ w[part]
    centre /= total
    scale = np.zeros(p)
    for part in blocks:
        out[:, part] -= centre[:, None]
        scale += np.abs(out[:, part]) @ w[part]
    scale /= total
    scale = np.where(scale > 1e-13 * np.maximum(1.0, np.abs(centre)), scale, 1.0)
    for part in blocks:
        out[:, part] /= scale[:, None]
    return out, centre, scale


@dataclass(frozen=True, slots=True)
class Pieces:
    """Hold what one value of the coefficients gives: hazard sums by event time, and risk-set sums.

    ``s0``, ``s1`` sum risk scores (and scores times columns) of all at risk, ``d0``, ``d1`` of the deaths.
    Over the deaths of an event time, with share f of ties already gone and mean weight c:
    a1 sums c/den, a2 c f/den, b11 c/den^2, b12 c f/den^2, b22 c f^2/den^2, den = s0 - f d0. ``size`` (p,) is
    the information each column would carry if no risk set's mean were taken off.
    """

    risk: Floats
    s0: Floats
    s1: Floats
    d0: Floats
    d1: Floats
    loglik: float
    a1: Floats
    a2: Floats
    b11: Floats
    b12: Floats
    b22: Floats
    size: Floats


def risk_scores(sets: RiskSets, beta: Floats) -> Floats | None:
    """Weight times the exponential of the linear predictor, (rows,); None where that overflows."""
    out = np.empty(sets.w.size)
    for part in sets.blocks():
        eta = beta @ sets.x[:, part]
        if not float(np.abs(eta).max()) <= _TOO_FAR:
            return None
        np.exp(eta, out=eta)
        np.multiply(eta, sets.w[part], out=out[part])
    return out


def death_sums(
    sets: RiskSets, s0: Floats, d0: Floats, at_times: Floats | None = None
) -> tuple[float, list[Floats]]:
    """Sum over deaths of c log den, and the sums a1, a2, b11, b12, b22 (m,) described at :class:`Pieces`.

    ``at_times`` (m,) multiplies each event time's c.
    """
    mean_weight = sets.death_weight / sets.deaths
    if at_times is not None:
        mean_weight = mean_weight * at_times
    if sets.breslow or int(sets.deaths.max()) == 1:
        c = mean_weight * sets.deaths
        zero, ratio = np.zeros(sets.m), c / s0
        return float(c @ np.log(s0)), [ratio, zero, ratio / s0, zero, zero]
    e, f = sets.death_event, sets.death_share
    den = s0[e] - f * d0[e]
    c = mean_weight[e]
    ratio = c / den
    square = ratio / den
    sums = [ratio, ratio * f, square, square * f, square * f * f]
    log_sum = float(c @ np.log(den))
    return log_sum, [np.add.reduceat(v, sets.death_begin) for v in sums]


def evaluate(sets: RiskSets, beta: Floats) -> tuple[Pieces, Floats, Floats] | None:
    """Pieces, score (p,) and information (p, p) at scaled ``beta``; None where the numbers overflow."""
    risk = risk_scores(sets, beta)
    if risk is None:
        return None
    s0, d0 = _risk_sums(sets, risk)
    log_sum, (a1, a2, b11, b12, b22) = death_sums(sets, s0, d0)
    loglik = float(beta @ sets.death_columns) - log_sum
    s1, d1, entering, second = _moments(sets, risk, sets.within(a1), a2)
    s1 = sets.onwards(s1)
    if entering is not None:
        s1 -= _later(sets, entering)
    size = np.diag(second).copy()
    pieces = Pieces(risk, s0, s1, d0, d1, loglik, a1, a2, b11, b12, b22, size)
    score = sets.death_columns - a1 @ s1 + a2 @ d1
    return pieces, score, second - outer_part(pieces, b11, b12, b22)


def _risk_sums(sets: RiskSets, risk: Floats) -> tuple[Floats, Floats]:
    """Return the risk scores of all at risk, and of the deaths, at each event time."""
    stretch = np.add.reduceat(risk, sets.starts)
    d0, ending = np.zeros(sets.m), np.zeros(sets.m)
    d0[sets.start_event[sets.start_dead]] = stretch[sets.start_dead]
    ending[sets.start_event[~sets.start_dead]] = stretch[~sets.start_dead]
    s0 = sets.onwards(ending + d0)
    if sets.first is not None:
        s0 -= _later(sets, sums(sets.first, risk, sets.m))
    return s0, d0


def _later(sets: RiskSets, by_first: Floats) -> Floats:
    """At each event time, the sum over rows of the stratum whose first event time is a later one."""
    return sets.onwards(by_first) - by_first


def stay_weight(sets: RiskSets, running: Floats, a2: Floats, part: slice = slice(None)) -> Floats:
    """For each row, the hazard it was exposed to (Efron's share taken off at its own death).

    ``running`` is a1 summed within strata."""
    out = sets.stay(running, part)
    if not sets.breslow:
        out -= np.where(sets.dead[part], a2[sets.last[part]], 0.0)
    return out


def outer_part(pieces: Pieces, b11: Floats, b12: Floats, b22: Floats) -> Floats:
    """Return the sum over deaths of c times mean times mean transposed."""
    s1, d1 = pieces.s1, pieces.d1
    cross = (s1 * b12[:, None]).T @ d1
    return np.asarray((s1 * b11[:, None]).T @ s1 - cross - cross.T + (d1 * b22[:, None]).T @ d1)


def second_moment(sets: RiskSets, risk: Floats, a1: Floats, a2: Floats) -> Floats:
    """Return the sum over deaths of the risk set's second moments, with the hazards a1 and a2 (m,);
    (p, p).
    """
    p, running = sets.x.shape[0], sets.within(a1)
    out = np.zeros((p, p))
    for part in sets.blocks():
        x = sets.x[:, part]
        out += (x * (risk[part] * stay_weight(sets, running, a2, part))) @ x.T
    return out


def _moments(
    sets: RiskSets, risk: Floats, running: Floats, a2: Floats
) -> tuple[Floats, Floats, Floats | None, Floats]:
    """Per event time: sums of risk x over rows whose last it is, over deaths, over rows whose first it is;
    and the second moment. One pass over the rows."""
    m, p = sets.m, sets.x.shape[0]
    by_last, by_dead = np.zeros((m, p)), np.zeros((m, p))
    entering = None
    if sets.first is not None:
        entering = np.column_stack([sums(sets.first, sets.x[j] * risk, m) for j in range(p)])
    second = np.zeros((p, p))
    stretch = np.zeros((p, sets.starts.size))
    position = 0
    for part in sets.blocks():
        x = sets.x[:, part]
        z = x * risk[part]
        upto = int(np.searchsorted(sets.starts, part.stop, side="left"))
        begin = sets.starts[position:upto]
        if position and (begin.size == 0 or begin[0] > part.start):  # a stretch goes on from the last block
            begin = np.concatenate([[part.start], begin])
            position -= 1
        stretch[:, position:upto] += np.add.reduceat(z, begin - part.start, axis=1)
        position = upto
        second += (z * stay_weight(sets, running, a2, part)) @ x.T
    dead = sets.start_dead
    by_dead[sets.start_event[dead]] = stretch[:, dead].T
    by_last += by_dead
    by_last[sets.start_event[~dead]] += stretch[:, ~dead].T
    return by_last, by_dead, entering, second
