"""Fine and Gray's regression of one outcome's cumulative incidence, as ``cmprsk::crr``.

People who had another outcome stay in the risk set with a falling weight: the chance of still being under
observation, given that they were when it happened. The variance counts the uncertainty of that chance too.

Sources: Fine and Gray, JASA 1999, 94: 496-509; Zhou et al., Biostatistics 2012, 13: 371-383 (clusters).
Ties as Breslow's, censoring by Kaplan-Meier of all together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats, Ints, distinct
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.linear_algebra import inverse, ratio
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.hazard_regression.cox import REFERENCES, limits_and_tails
from lamplighter.statistics.hazard_regression.newton_raphson import Found, maximise
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
class _Rows:
    """Columns centred and scaled (n, p); positions on the time axis; chances of being observed, just before
    each distinct time (m,)."""

    x: Floats
    at: Ints
    own: Bools
    other: Bools
    observed: Floats
    deaths: Floats

    def by_time(self, v: Floats) -> Floats:
        """Sums of v (rows,) or (rows, p) over the rows at risk at each time, competing outcomes included."""
        m = self.deaths.size
        columns = v if v.ndim == 2 else v[:, None]
        out = np.empty((m, columns.shape[1]))
        weight = np.where(self.other, 1 / self.observed[self.at], 0.0)
        for j in range(columns.shape[1]):
            y = np.ascontiguousarray(columns[:, j])
            at_risk = from_here_on(sums(self.at, y, m))
            out[:, j] = at_risk + self.observed * self._before(y * weight)
        return out if v.ndim == 2 else out[:, 0]

    def _before(self, y: Floats) -> Floats:
        """Sums over rows that ended earlier than each time."""
        per = sums(self.at, y, self.deaths.size)
        return np.concatenate([[0.0], np.cumsum(per)[:-1]])

    def past(self, y: Floats) -> Floats:
        """Sums of y / observed over the competing outcomes before each time; (m,) or (m, p)."""
        weight = np.where(self.other, 1 / self.observed[self.at], 0.0)
        if y.ndim == 1:
            return self._before(y * weight)
        return np.column_stack([self._before(y[:, j] * weight) for j in range(y.shape[1])])

    def exposure(self, hazard: Floats) -> Floats:
        """For each row the sum of a hazard (m,) over its weighted time at risk."""
        running = np.cumsum(hazard)
        weighted = np.cumsum(hazard * self.observed)
        later = (weighted[-1] - weighted[self.at]) / self.observed[self.at]
        return np.asarray(running[self.at] + np.where(self.other, later, 0.0))


@rows_alike
def fine_gray(
    time: Any,
    cause: Any,
    covariates: Any,
    *,
    of: int = 1,
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
        clusters: (n,) labels of people who are not independent (a shared suspect).
        names: (p,) of the columns; those of a data frame or mapping are its own.
        confidence: level of the limits.
        reference: with clusters, as for :func:`lamplighter.statistics.cox`.

    Raises:
        NotEnoughData: the outcome never happened, or fewer than two clusters.
        NotIdentified: a column is constant or a combination of others (named).
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
    m = times.size
    at_risk = from_here_on(np.bincount(at, minlength=m).astype(np.float64))
    censored = np.bincount(at[codes == 0], minlength=m) / at_risk
    observed = np.concatenate([[1.0], np.cumprod(1 - censored)[:-1]])
    centre = x.mean(axis=0)
    scale = np.abs(x - centre).mean(axis=0)
    scale = np.where(scale > 1e-13 * np.maximum(1.0, np.abs(centre)), scale, 1.0)
    deaths = np.bincount(at[own], minlength=m).astype(np.float64)
    rows = _Rows((x - centre) / scale, at, own, other, observed, deaths)
    found = _fit(rows, int(own.sum()), labels)
    beta, v = found.beta, inverse(found.information)
    risk = np.exp(rows.x @ beta)
    scores = _scores(rows, risk, codes == 0, at_risk)
    count = None if owners is None else int(owners.max()) + 1
    if owners is not None and count is not None:
        if count < 2:
            raise NotEnoughData("one cluster", array="clusters", remedy="At least two clusters are needed.")
        scores = np.column_stack([sums(owners, scores[:, j], count) for j in range(scores.shape[1])])
    robust = v @ (scores.T @ scores) @ v
    variance = np.diag(robust)
    se = np.sqrt(np.where(variance >= 0, variance, np.nan)) / scale
    coefficients = beta / scale
    z = ratio(coefficients, se)
    half, tails = limits_and_tails(z, se, confidence, count if reference == "t" else None)
    happens = deaths > 0
    s0 = rows.by_time(risk)
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


def _fit(rows: _Rows, events: int, names: tuple[str, ...]) -> Found:
    happens = rows.deaths > 0
    d = rows.deaths[happens]
    mine = rows.x[rows.own].sum(axis=0)

    def evaluate(beta: Floats) -> tuple[float, Floats, Floats, Floats] | None:
        eta = rows.x @ beta
        if not float(np.abs(eta).max()) <= 500:
            return None
        risk = np.exp(eta)
        s0 = rows.by_time(risk)
        s1 = rows.by_time(rows.x * risk[:, None])[happens]
        hazard = np.zeros(s0.size)
        hazard[happens] = d / s0[happens]
        mean = s1 / s0[happens][:, None]
        second = (rows.x * (risk * rows.exposure(hazard))[:, None]).T @ rows.x
        loglik = float(mine @ beta) - float(d @ np.log(s0[happens]))
        return loglik, mine - d @ mean, second - (mean * d[:, None]).T @ mean, np.diag(second).copy()

    return maximise(evaluate, np.ptp(rows.x, axis=0), events, names)


def _scores(rows: _Rows, risk: Floats, censored: Bools, at_risk: Floats) -> Floats:
    """Return each row's influence on the score, (n, p): its residual, and what its censoring told of the
    weights.
    """
    s0 = rows.by_time(risk)
    s1 = rows.by_time(rows.x * risk[:, None])
    mean = s1 / s0[:, None]
    hazard = rows.deaths / s0
    drift = np.column_stack([rows.exposure(hazard * mean[:, j]) for j in range(mean.shape[1])])
    eta = risk[:, None] * (drift - rows.x * rows.exposure(hazard)[:, None])
    eta[rows.own] += rows.x[rows.own] - mean[rows.at[rows.own]]
    # q(u): how the score moves with the chance of being observed at u, over competing outcomes before u
    later = from_here_on(rows.observed * hazard)
    later_mean = from_here_on((rows.observed * hazard)[:, None] * mean)
    q = rows.past(rows.x * risk[:, None]) * later[:, None] - rows.past(risk)[:, None] * later_mean
    lost = np.bincount(rows.at[censored], minlength=at_risk.size)
    psi = -np.cumsum(q * (lost / at_risk**2)[:, None], axis=0)[rows.at]
    psi[censored] += (q / at_risk[:, None])[rows.at[censored]]
    return np.asarray(eta + psi)


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
