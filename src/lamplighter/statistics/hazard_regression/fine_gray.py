"""Fine and Gray's regression of one outcome's cumulative incidence, as ``cmprsk::crr``.

People who had another outcome stay in the risk set with a falling weight: the chance of still being under
observation, given that they were when it happened. The variance counts the uncertainty of that chance too.

With delayed entry the weight also holds the chance of having come under observation by then, and the result
is that of R's ``coxph`` over the rows of ``finegray``: the variance takes the weights as known.

Sources: Fine and Gray, JASA 1999, 94: 496-509; Zhou et al., Biostatistics 2012, 13: 371-383 (clusters);
Geskus, Biometrics 2011, 67: 39-49 (delayed entry). Ties as Breslow's, censoring by Kaplan-Meier of all
together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats, Ints, distinct
from lamplighter.statistics.arrays.errors import NotEnoughData, NotIdentified, OptionRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.linear_algebra import inverse, ratio
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.hazard_regression.cox import REFERENCES, limits_and_tails
from lamplighter.statistics.hazard_regression.newton_raphson import Found, maximise
from lamplighter.statistics.regression.patterns import Alike, alike, counted, repeats, squared_by_cluster
from lamplighter.statistics.survival.timeline import from_here_on, sums


@dataclass(frozen=True, slots=True)
class FineGrayFit:
    """Coefficients (p,) are log subdistribution hazard ratios; covariances are (p, p).

    ``covariance`` is the robust one with the censoring weights' own uncertainty, by person or by cluster;
    ``naive_covariance`` the inverse information. ``event_times`` and ``baseline`` (events,) are the
    cumulative subdistribution hazard for covariates of zero.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    naive_covariance: Floats
    standard_errors: Floats
    lower: Floats
    upper: Floats
    z: Floats
    p_values: Floats
    loglik_null: float
    loglik: float
    n: int
    n_events: int
    n_competing: int
    n_censored: int
    confidence: float
    iterations: int
    event_times: Floats
    baseline: Floats
    flags: tuple[Flag, ...]
    clusters: int | None = None
    _centre: Floats = field(default_factory=lambda: np.zeros(1), repr=False, compare=False)
    _at_centre: Floats = field(default_factory=lambda: np.zeros(1), repr=False, compare=False)

    @property
    def hazard_ratios(self) -> Floats:
        """exp(coefficients): subdistribution hazard ratios."""
        return np.asarray(np.exp(self.coefficients))

    def incidence_of(self, covariates: Any) -> Floats:
        """Predicted cumulative incidence of new rows at each of ``event_times``, (rows, events)."""
        x = np.asarray(covariates, dtype=np.float64)
        x = checks.columns(x, x.shape[0])
        ratio_to_centre = np.exp((x - self._centre) @ self.coefficients)
        return np.asarray(-np.expm1(-ratio_to_centre[:, None] * self._at_centre))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Rows that are alike: patterns of columns, centred and scaled (patterns, p); of each cell its pattern,
    places on the time axis and number of rows; chances of being observed, just before each time (m,).
    """

    x: Floats
    pattern: Ints
    at: Ints
    entered: Ints | None
    own: Bools
    other: Bools
    n: Floats
    observed: Floats
    deaths: Floats
    ending: sparse.csr_matrix
    gone: sparse.csr_matrix
    entering: sparse.csr_matrix | None

    def by_time(self, table: Floats) -> Floats:
        """Sums of a table by pattern over the rows at risk at each time, competing outcomes included."""
        out = from_here_on(self.ending @ table)
        if self.entering is not None:
            out -= from_here_on(self.entering @ table)[1:]
        weight = self.observed if table.ndim == 1 else self.observed[:, None]
        return np.asarray(out + weight * self.past(table))

    def past(self, table: Floats) -> Floats:
        """Sums of a table over the competing outcomes before each time, over their chance then."""
        per = self.gone @ table
        return np.concatenate([np.zeros((1, *per.shape[1:])), np.cumsum(per, axis=0)[:-1]])

    def exposure(self, hazard: Floats) -> Floats:
        """For each cell the sum of a hazard (m,) over a row's weighted time at risk."""
        running = np.cumsum(hazard)
        weighted = np.cumsum(hazard * self.observed)
        with np.errstate(divide="ignore", invalid="ignore"):
            later = (weighted[-1] - weighted[self.at]) / self.observed[self.at]
        out = running[self.at] + np.where(self.other, later, 0.0)
        if self.entered is not None:
            out -= np.concatenate([[0.0], running])[self.entered]
        return np.asarray(out)


@rows_alike
def fine_gray(
    time: Any,
    cause: Any,
    covariates: Any,
    *,
    of: int = 1,
    entry: Any = None,
    clusters: Any = None,
    names: Any = None,
    confidence: float = 0.95,
    reference: str = "t",
) -> FineGrayFit:
    """Fit the model for outcome ``of``.

    Args:
        time: (n,) days to the first outcome or the end of follow-up, zero or more.
        cause: (n,) 0 for censored, 1, 2, ... for the outcomes.
        covariates: (n, p) numbers.
        of: the outcome whose incidence is modelled.
        entry: (n,) start of each row, before its end: at risk when entry < t <= time.
        clusters: (n,) labels of people who are not independent (a shared suspect).
        names: (p,) of the columns; those of a data frame or mapping are its own.
        confidence: level of the limits.
        reference: with clusters, as for :func:`lamplighter.statistics.cox`.

    Raises:
        NotEnoughData: the outcome never happened, or fewer than two clusters.
        NotIdentified: a column is constant or a combination of others (named); or with late entries nobody
            was under observation at some day, so that those who ended before it have no weight after it.
        NotAnArray, ValueRefused, OptionRefused, DidNotConverge: as they say.
    """
    t = checks.times(time)
    checks.some(t.size, "time")
    codes = checks.causes(cause, "cause", length=t.size)
    x = checks.columns(covariates, t.size)
    labels = checks.names_for(x.shape[1], names, covariates)
    owners = None if clusters is None else checks.labels(clusters, "clusters", length=t.size)[0]
    checks.level(confidence)
    checks.choice(reference, REFERENCES, "reference")
    if of < 1:
        raise OptionRefused("must be 1 or more", array="of", remedy="0 means censored.")
    own = codes == of
    if not own.any():
        raise NotEnoughData("the outcome never happened", array="cause", remedy="Report the counts.")
    other = ~own & (codes != 0)
    times, at = distinct(t)
    start = None if entry is None else checks.entries(entry, t)
    entered = None if start is None else np.searchsorted(times, start, side="right").astype(np.int64)
    at_risk = from_here_on(np.bincount(at, minlength=times.size).astype(np.float64))
    if start is None:
        censored = np.bincount(at[codes == 0], minlength=times.size) / at_risk
        observed = np.concatenate([[1.0], np.cumprod(1 - censored)[:-1]])
    else:
        observed = _observed(times, at, start, codes == 0)
        _refuse_gap(observed, at, own, other)
    cells, of_row, centre, scale = _cells(x, at, entered, own, other, observed)
    found = _fit(cells, int(own.sum()), labels)
    beta, v = found.beta, inverse(found.information)
    risk = np.exp(cells.x @ beta)
    scores = _scores(cells, risk, at_risk if start is None else None)
    count = None if owners is None else int(owners.max()) + 1
    if owners is not None and count is not None:
        if count < 2:
            raise NotEnoughData("one cluster", array="clusters", remedy="At least two clusters are needed.")
        meat = squared_by_cluster(scores, of_row, owners, count)
    else:
        meat = (scores * cells.n[:, None]).T @ scores
    robust = v @ meat @ v
    variance = np.diag(robust)
    se = np.sqrt(np.where(variance >= 0, variance, np.nan)) / scale
    coefficients = beta / scale
    z = ratio(coefficients, se)
    half, tails = limits_and_tails(z, se, confidence, count if reference == "t" else None)
    deaths = cells.deaths
    happens = deaths > 0
    s0 = cells.by_time(risk)
    at_centre = np.cumsum(deaths[happens] / s0[happens])
    with np.errstate(over="ignore"):  # covariates of zero may lie a long way from anybody
        base = at_centre * np.exp(-float(coefficients @ centre))
    return FineGrayFit(
        names=labels,
        coefficients=coefficients,
        covariance=robust / np.outer(scale, scale),
        naive_covariance=v / np.outer(scale, scale),
        standard_errors=se,
        lower=coefficients - half,
        upper=coefficients + half,
        z=z,
        p_values=tails,
        loglik_null=found.loglik_null,
        loglik=found.loglik,
        n=int(t.size),
        n_events=int(own.sum()),
        n_competing=int(other.sum()),
        n_censored=int((codes == 0).sum()),
        confidence=confidence,
        iterations=found.iterations,
        event_times=times[happens],
        baseline=base,
        flags=_flags(found, labels, int(own.sum()), int(other.sum())),
        clusters=count,
        _centre=centre,
        _at_centre=at_centre,
    )


def _observed(times: Floats, at: Ints, start: Floats, censored: Bools) -> Floats:
    """Return the chance of being under observation just before each time, as R's ``finegray``.

    The chance of not yet being censored, times that of having come by then (the product limit of the entries,
    read backwards). At a tie events come before censoring, and who ends at a time does not count as there
    when others enter at it.
    """
    m = times.size
    entered = np.searchsorted(times, start, side="right")
    lost = np.bincount(at[censored], minlength=m)
    done = np.bincount(at[~censored], minlength=m)
    before = from_here_on(np.bincount(at, minlength=m).astype(np.float64))
    there = before - from_here_on(np.bincount(entered, minlength=m + 1).astype(np.float64))[1:] - done
    share = np.divide(lost, there, out=np.zeros(m), where=lost > 0)
    not_censored = np.concatenate([[1.0], np.cumprod(1 - share)[:-1]])
    entries, arriving = np.unique(start, return_counts=True)
    came = np.searchsorted(np.sort(start), entries, side="right")
    left = np.searchsorted(times[np.sort(at)], entries, side="right")
    stays = 1 - arriving / (came - left)
    arrived = np.concatenate([np.cumprod(stays[::-1])[::-1], [1.0]])  # of the entries from each one on
    return np.asarray(not_censored * arrived[np.searchsorted(entries, times, side="left")])


def _refuse_gap(observed: Floats, at: Ints, own: Bools, other: Bools) -> None:
    """Refuse late entries that leave a day on which nobody was there to be compared."""
    last = int(at[own].max())
    lost = other & (observed[at] <= 0) & (at < last)
    if lost.any():
        raise NotIdentified(
            "after this row's end there is a day on which nobody was yet under observation, so that it has "
            "no weight from then on",
            array="entry",
            index=int(np.argmax(lost)),
            remedy="Begin the clock later, when people are there.",
        )


def _cells(
    x: Floats, at: Ints, entered: Ints | None, own: Bools, other: Bools, observed: Floats
) -> tuple[_Cells, Ints, Floats, Floats]:
    """Group the rows; with each row's cell, and what the columns were centred on and divided by."""
    n = at.size
    if repeats(x):
        patterns = alike(x)
        kind = own + 2 * other
        keys = (at, kind, patterns.of) if entered is None else (at, kind, patterns.of, entered)
        groups = alike(*keys)
    else:
        patterns = groups = Alike(np.arange(n), np.arange(n))
    held = patterns.counts()[:, None]
    table = x[patterns.first]
    centre = (table * held).sum(axis=0) / n
    table = table - centre
    scale = (np.abs(table) * held).sum(axis=0) / n
    scale = np.where(scale > 1e-13 * np.maximum(1.0, np.abs(centre)), scale, 1.0)
    table = table / scale
    first, number = groups.first, groups.counts().astype(np.float64)
    pattern, at_, own_, other_ = patterns.of[first], at[first], own[first], other[first]
    m = observed.size
    shape = (m, table.shape[0])
    with np.errstate(divide="ignore"):
        weight = number[other_] / observed[at_[other_]]
    weight = np.where(np.isfinite(weight), weight, 0.0)  # it ended after the last event: nothing is asked
    came = None if entered is None else entered[first]
    cells = _Cells(
        x=table,
        pattern=pattern,
        at=at_,
        entered=came,
        own=own_,
        other=other_,
        n=number,
        observed=observed,
        deaths=sums(at_[own_], number[own_], m),
        ending=counted(at_, pattern, number, shape),
        gone=counted(at_[other_], pattern[other_], weight, shape),
        entering=None if came is None else counted(came, pattern, number, (m + 1, shape[1])),
    )
    return cells, groups.of, centre, scale


def _fit(cells: _Cells, events: int, names: tuple[str, ...]) -> Found:
    happens = cells.deaths > 0
    d = cells.deaths[happens]
    patterns = cells.x.shape[0]
    mine = sums(cells.pattern[cells.own], cells.n[cells.own], patterns) @ cells.x

    def evaluate(beta: Floats) -> tuple[float, Floats, Floats, Floats] | None:
        eta = cells.x @ beta
        if not float(np.abs(eta).max()) <= 500:
            return None
        risk = np.exp(eta)
        s0 = cells.by_time(risk)
        s1 = cells.by_time(cells.x * risk[:, None])[happens]
        hazard = np.zeros(s0.size)
        hazard[happens] = d / s0[happens]
        mean = s1 / s0[happens][:, None]
        lived = sums(cells.pattern, cells.n * cells.exposure(hazard), patterns)
        second = (cells.x * (risk * lived)[:, None]).T @ cells.x
        loglik = float(mine @ beta) - float(d @ np.log(s0[happens]))
        return loglik, mine - d @ mean, second - (mean * d[:, None]).T @ mean, np.diag(second).copy()

    return maximise(evaluate, np.ptp(cells.x, axis=0), events, names)


def _scores(cells: _Cells, risk: Floats, at_risk: Floats | None) -> Floats:
    """Return the influence on the score of a row of each cell, (cells, p): its residual, and (given the
    numbers at risk) what its censoring told of the weights.
    """
    s0 = cells.by_time(risk)
    s1 = cells.by_time(cells.x * risk[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(s0[:, None] > 0, s1 / s0[:, None], 0.0)
        hazard = np.where(cells.deaths > 0, cells.deaths / s0, 0.0)
    own, at = cells.own, cells.at
    lived, risk_of = cells.exposure(hazard), risk[cells.pattern]
    out = np.empty((cells.at.size, mean.shape[1]))
    for j in range(mean.shape[1]):
        column = cells.x[cells.pattern, j]
        out[:, j] = risk_of * (cells.exposure(hazard * mean[:, j]) - column * lived)
        out[own, j] += column[own] - mean[at[own], j]
    if at_risk is None:
        return out
    # q(u): how the score moves with the chance of being observed at u, over competing outcomes before u
    censored = ~own & ~cells.other
    later = from_here_on(cells.observed * hazard)
    later_mean = from_here_on((cells.observed * hazard)[:, None] * mean)
    q = cells.past(cells.x * risk[:, None]) * later[:, None] - cells.past(risk)[:, None] * later_mean
    lost = sums(at[censored], cells.n[censored], at_risk.size)
    drift = -np.cumsum(q * (lost / at_risk**2)[:, None], axis=0)
    step = q / at_risk[:, None]
    for j in range(mean.shape[1]):
        out[:, j] += drift[at, j]
        out[censored, j] += step[at[censored], j]
    return out


def _flags(found: Found, names: tuple[str, ...], events: int, competing: int) -> tuple[Flag, ...]:
    out = []
    if found.runaway:
        who = ", ".join(f"'{names[j]}' ({'up' if found.beta[j] > 0 else 'down'})" for j in found.runaway)
        text = f"The likelihood keeps rising as the coefficient of {who} grows: it has no finite estimate."
        out.append(Flag("monotone_likelihood", text))
    if events < 10 * len(names):
        out.append(Flag("few_events", f"{events} events for {len(names)} terms: fewer than 10 a term."))
    if not competing:
        out.append(Flag("one_outcome", "No other outcome was seen, so this is an ordinary Cox model."))
    return tuple(out)
