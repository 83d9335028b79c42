"""The partial likelihood of Cox's model by sorted risk sets.

Rows that say the same and leave at the same event time are one cell with a count, and what the columns say is
held once a pattern: a million reports of twenty indicators have some nine thousand patterns.

Rows are sorted once by stratum and by the last event time at which they are at risk, deaths first. Everything
a Newton step needs then comes from sums over contiguous stretches of rows (one stretch an event time) and one
matrix product: the second moment of a risk set never has to be formed, because a row enters it with the same
coefficients at every event time it lives through, so the cumulative hazard of its stay is its weight.

Efron's and Breslow's handling of ties; weights as R's ``coxph`` uses them (an event time's deaths share their
mean weight); delayed entry by taking away, at each event time, the rows that enter later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from lamplighter.statistics.arrays.checks import Bools, Floats, Ints, distinct
from lamplighter.statistics.regression.patterns import Alike, alike, counted, repeats
from lamplighter.statistics.survival.timeline import sums

_BLOCK = 32_768  # patterns a stretch of work: its columns stay in the processor's cache
_TOO_FAR = 500.0  # exp of more than this leaves too little room in a float64


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Sorted cells and event times. ``x`` is (patterns, columns), centred and scaled by ``scale``.

    Event times of all strata lie end to end, ascending within a stratum; ``stratum_start`` and
    ``stratum_end`` (events,) bound each one's own. ``last`` and ``first`` (cells,) are the event times
    between which a cell is at risk; ``w`` (cells,) is the weight of its ``n`` rows. ``cell`` (rows,) is each
    row's cell, -1 for rows that see no event time, and ``event_row`` (events,) a row that died at each.
    """

    x: Floats
    centre: Floats
    scale: Floats
    pattern: Ints
    w: Floats
    n: Floats
    dead: Bools
    cell: Ints
    event_row: Ints
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
    by_last: sparse.csr_matrix
    by_dead: sparse.csr_matrix
    by_first: sparse.csr_matrix | None
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

    def stay(self, running: Floats) -> Floats:
        """For each cell, a within-stratum running sum (m,) over the event times of its stay."""
        out = running[self.last]
        if self.first is not None:
            before = running[np.maximum(self.first - 1, 0)]
            out -= np.where(self.first > self.stratum_start[self.last], before, 0.0)
        return np.asarray(out)

    def by_pattern(self, values: Floats) -> Floats:
        """Sums of a value of the cells over each pattern."""
        return sums(self.pattern, values, self.x.shape[0])

    def moment(self, weight: Floats) -> Floats:
        """Sum over patterns of a weight times their columns times their columns, (p, p)."""
        p = self.x.shape[1]
        out = np.zeros((p, p))
        for start in range(0, weight.size, _BLOCK):
            x = self.x[start : start + _BLOCK]
            out += (x * weight[start : start + _BLOCK, None]).T @ x
        return out


def prepare(
    time: Floats,
    dead: Bools,
    entry: Floats | None,
    w: Floats,
    strata: Ints,
    x: Floats,
    breslow: bool,
    together: bool = True,
) -> RiskSets:
    """Sort the rows, those that are alike ``together``. ``x`` is (rows, columns). One event at least."""
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
        first = np.searchsorted(keys, entered, side="left").astype(np.int64)
        visible &= first <= last
    rows = np.flatnonzero(visible)
    # deaths first within an event time, so each has at most two stretches
    part = 2 * last[rows] + ~dead[rows]
    cells, patterns = _grouped(part, None if first is None else first[rows], w[rows], x, rows, together)
    chosen = rows[cells.first]
    cell = np.full(time.size, -1, dtype=np.int64)
    cell[rows] = cells.of
    number = cells.counts().astype(np.float64)
    weight = number * w[chosen]
    last, is_dead = last[chosen], dead[chosen]
    pattern = patterns.of[cells.first]
    columns, centre, scale = _columns(x[rows[patterns.first]], sums(pattern, weight, patterns.groups))
    part = part[cells.first]
    starts = np.flatnonzero(np.concatenate([[True], part[1:] != part[:-1]]))
    stratum_of_event = keys // span
    bounds = np.searchsorted(stratum_of_event, np.arange(strata_count + 1), side="left")
    m = keys.size
    shape = (m, patterns.groups)
    deaths = sums(last[is_dead], number[is_dead], m).astype(np.int64)
    death_event = np.repeat(np.arange(m), deaths)
    begin = np.concatenate([[0], np.cumsum(deaths)[:-1]])
    share = np.zeros(death_event.size)
    if not breslow:
        share = (np.arange(death_event.size) - begin[death_event]) / deaths[death_event]
    event_row = np.empty(m, dtype=np.int64)
    event_row[last[is_dead]] = chosen[is_dead]
    first = None if first is None else first[chosen]
    return RiskSets(
        x=columns,
        centre=centre,
        scale=scale,
        pattern=pattern,
        w=weight,
        n=number,
        dead=is_dead,
        cell=cell,
        event_row=event_row,
        last=last,
        first=first,
        event_times=ends[keys % span],
        stratum_start=bounds[stratum_of_event],
        stratum_end=bounds[stratum_of_event + 1] - 1,
        stratum_of_event=stratum_of_event,
        deaths=deaths,
        death_weight=sums(last[is_dead], weight[is_dead], m),
        starts=starts,
        start_event=last[starts],
        start_dead=is_dead[starts],
        death_event=death_event,
        death_begin=begin,
        death_share=share,
        death_columns=sums(pattern, np.where(is_dead, weight, 0.0), patterns.groups) @ columns,
        by_last=counted(last, pattern, weight, shape),
        by_dead=counted(last[is_dead], pattern[is_dead], weight[is_dead], shape),
        by_first=None if first is None else counted(first, pattern, weight, shape),
        breslow=breslow,
    )


def _grouped(
    part: Ints, first: Ints | None, w: Floats, x: Floats, rows: Ints, together: bool
) -> tuple[Alike, Alike]:
    """Group the visible rows into cells, in the order of ``part``, and into patterns of the columns."""
    if together and repeats(x):
        patterns = alike(x[rows])
        keys = (part, patterns.of, w) if first is None else (part, patterns.of, w, first)
        return alike(*keys), patterns
    order = _stable_order(part)
    of = np.empty(order.size, dtype=np.int64)
    of[order] = np.arange(order.size)
    alone = Alike(of, order)
    return alone, alone


def _stable_order(key: Ints) -> Ints:
    if key.size and key.max() < 65_536:
        return np.argsort(key.astype(np.uint16), kind="stable")  # radix sort
    return np.argsort(key, kind="stable")


def _columns(x: Floats, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Centred and scaled columns (patterns, p) of weighted patterns, with the centres and scales."""
    total = w.sum()
    centre = w @ x / total
    out = x - centre
    scale = w @ np.abs(out) / total
    scale = np.where(scale > 1e-13 * np.maximum(1.0, np.abs(centre)), scale, 1.0)
    out /= scale
    return out, centre, scale


@dataclass(frozen=True, slots=True)
class Pieces:
    """Hold what one value of the coefficients gives: hazard sums by event time, and risk-set sums.

    ``risk`` (cells,) is the risk score of a cell times its weight. ``s0``, ``s1`` sum risk scores (and scores
    times columns) of all at risk, ``d0``, ``d1`` of the deaths. Over the deaths of an event time, with share
    f of ties already gone and mean weight c:
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
    eta = sets.x @ beta
    if not float(np.abs(eta).max()) <= _TOO_FAR:
        return None
    scores = np.exp(eta)
    risk = sets.w * scores[sets.pattern]
    s0, d0 = _risk_sums(sets, risk)
    log_sum, (a1, a2, b11, b12, b22) = death_sums(sets, s0, d0)
    loglik = float(beta @ sets.death_columns) - log_sum
    table = sets.x * scores[:, None]
    s1, d1 = sets.onwards(sets.by_last @ table), sets.by_dead @ table
    if sets.by_first is not None:
        s1 = s1 - _later(sets, sets.by_first @ table)
    second = second_moment(sets, risk, a1, a2)
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


def stay_weight(sets: RiskSets, running: Floats, a2: Floats) -> Floats:
    """For each cell, the hazard a row was exposed to (Efron's share taken off at its own death).

    ``running`` is a1 summed within strata."""
    out = sets.stay(running)
    if not sets.breslow:
        out -= np.where(sets.dead, a2[sets.last], 0.0)
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
    return sets.moment(sets.by_pattern(risk * stay_weight(sets, sets.within(a1), a2)))
