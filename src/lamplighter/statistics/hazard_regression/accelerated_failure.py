"""Accelerated failure time: by how much a factor lengthens or shortens the time to an event.

The logarithm of time is a line in the covariates with an error of a known shape: Weibull, exponential,
lognormal or log-logistic. A time ratio of 0.5 halves every day of the curve. As R's ``survreg``.

Sources: Kalbfleisch and Prentice, *The Statistical Analysis of Failure Time Data*, 2002, chapter 3; Burridge,
JRSS B 1981 (in coefficients over the scale, and one over the scale, the log likelihood is concave, so that
Newton's method cannot end on a wrong hill).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.linear_algebra import inverse, ratio
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.hazard_regression.cox import REFERENCES, Test, chi_square, limits_and_tails
from lamplighter.statistics.hazard_regression.newton_raphson import Found, maximise
from lamplighter.statistics.regression.design_matrix import Design, read_design
from lamplighter.statistics.regression.sandwich import summed

_ROOT = 0.5 * np.log(2 * np.pi)
#: What a density or a chance of lasting says of a row, with its first and second derivative.
Shape = tuple[Floats, Floats, Floats]


def _weibull(z: Floats, dead: Bools) -> Shape:
    e = np.exp(z)
    return np.where(dead, z, 0.0) - e, dead - e, -e


def _lognormal(z: Floats, dead: Bools) -> Shape:
    lasting = special.log_ndtr(-z)
    mills = np.exp(-0.5 * z * z - _ROOT - lasting)
    return (
        np.where(dead, -0.5 * z * z - _ROOT, lasting),
        np.where(dead, -z, -mills),
        np.where(dead, -1.0, -mills * (mills - z)),
    )


def _loglogistic(z: Floats, dead: Bools) -> Shape:
    p, times = special.expit(z), 1.0 + dead
    return np.where(dead, z, 0.0) - times * np.logaddexp(0.0, z), dead - times * p, -times * p * (1 - p)


SHAPES: Mapping[str, Callable[[Floats, Bools], Shape]] = {
    "weibull": _weibull,
    "exponential": _weibull,
    "lognormal": _lognormal,
    "loglogistic": _loglogistic,
}


@dataclass(frozen=True, slots=True)
class AcceleratedFit:
    """A fitted model. Vectors are (k,) in the order of ``names``, the intercept first.

    ``coefficients`` are logarithms of time ratios. ``covariance`` (k + 1, k + 1) ends with the logarithm of
    the scale (k, k when the scale is held at 1); it is cluster-robust when clusters were given, and
    ``naive_covariance`` the inverse of the observed information.
    """

    distribution: str
    names: tuple[str, ...]
    coefficients: Floats
    scale: float
    log_scale_standard_error: float
    covariance: Floats
    naive_covariance: Floats
    standard_errors: Floats
    lower: Floats
    upper: Floats
    z: Floats
    p_values: Floats
    loglik_null: float
    loglik: float
    likelihood_ratio: Test
    n: int
    n_events: int
    clusters: int | None
    confidence: float
    iterations: int
    flags: tuple[Flag, ...]
    _design: Design = field(repr=False, compare=False)
    _inner: Floats = field(repr=False, compare=False)

    @property
    def time_ratios(self) -> Floats:
        """exp(coefficients)."""
        return np.asarray(np.exp(self.coefficients))

    @property
    def aic(self) -> float:
        """Akaike's criterion, the scale counted unless it is held at 1."""
        return float(2 * self.covariance.shape[0] - 2 * self.loglik)

    def quantile_of(self, covariates: Any, p: float = 0.5) -> Floats:
        """Return the time by which a share ``p`` of people like each new row have had the event, (rows,)."""
        share = checks.level(p, "p")
        if self.distribution == "lognormal":
            at = special.ndtri(share)
        elif self.distribution == "loglogistic":
            at = special.logit(share)
        else:
            at = np.log(-np.log1p(-share))
        return np.asarray(np.exp(self._linear(covariates) + self.scale * at))

    def survival_of(self, covariates: Any, days: Any) -> Floats:
        """Predicted chance of being free of the event at each of ``days``, (rows, days)."""
        at = checks.times(np.atleast_1d(days), "days")
        linear = self._linear(covariates)[:, None]
        with np.errstate(divide="ignore"):
            z = (np.log(at)[None, :] - linear) / self.scale
        alive = SHAPES[self.distribution](np.maximum(z, -700.0), np.zeros(z.shape, dtype=bool))[0]
        return np.asarray(np.exp(alive))

    def _linear(self, covariates: Any) -> Floats:
        x = checks.columns(covariates, None)
        if x.shape[1] != len(self.names) - 1:
            raise OptionRefused(
                f"{x.shape[1]} columns where {len(self.names) - 1} are needed",
                array="covariates",
                remedy="Give the columns of the fit, in their order.",
            )
        return np.asarray(self._design.inner(x) @ self._inner)


@rows_alike
def accelerated_failure(
    time: Any,
    event: Any,
    covariates: Any,
    *,
    distribution: str = "weibull",
    weights: Any = None,
    clusters: Any = None,
    names: Any = None,
    confidence: float = 0.95,
    reference: str = "t",
) -> AcceleratedFit:
    """Fit an accelerated failure time model.

    Args:
        time: (n,) end of each row, above zero.
        event: (n,) 1 when the event happens at ``time``, else 0.
        covariates: (n, p) numbers, without the intercept; ``None`` fits the distribution alone.
        distribution: ``weibull``, ``exponential``, ``lognormal`` or ``loglogistic``.
        weights: (n,) above zero: a row of weight 3 counts as three equal rows.
        clusters: (n,) labels of rows that are not independent. Gives the robust variance.
        names, confidence, reference: as for :func:`lamplighter.statistics.cox`.

    Raises:
        NotEnoughData: no events, too few rows, or fewer than two clusters.
        NotIdentified: a column is constant or a combination of others (named).
        ValueRefused: a time of zero, which has no logarithm.
        NotAnArray, OptionRefused, DidNotConverge: as they say.
    """
    checks.choice(distribution, tuple(SHAPES), "distribution")
    checks.choice(reference, REFERENCES, "reference")
    level = checks.level(confidence)
    t = checks.times(time)
    checks.some(t.size, "time")
    if (t == 0).any():
        raise ValueRefused(
            "zero has no logarithm",
            array="time",
            index=int(np.argmax(t == 0)),
            remedy="Count in hours, or let day 0 be half a day as a stated rule.",
        )
    dead = checks.binary(event, "event", length=t.size)
    design = read_design(covariates, t.size, names=names, weights=weights)
    if not dead.any():
        raise NotEnoughData("no events", array="event", remedy="Nothing can be compared; report the counts.")
    owners = None if clusters is None else checks.labels(clusters, "clusters", length=t.size)[0]
    held = distribution == "exponential"
    work = _Work(np.log(t), dead, design, SHAPES[distribution], held)
    found = work.fit(np.arange(design.columns))
    null = work.fit(np.arange(1)).loglik if design.columns > 1 else found.loglik
    inner, scale, naive, scores = work.outwards(found)
    used, count = naive, None
    if owners is not None:
        count = int(owners.max()) + 1
        if count < 2:
            raise NotEnoughData("one cluster", array="clusters", remedy="At least two clusters are needed.")
        by_cluster = summed(scores, owners, count)
        used = naive @ (by_cluster.T @ by_cluster) @ naive
    k = design.columns
    beta = design.outward(inner)
    used, naive = design.outward_covariance(used), design.outward_covariance(naive)
    errors = np.sqrt(np.clip(np.diag(used), 0.0, None))
    z = ratio(beta, errors[:k])
    half, tails = limits_and_tails(z, errors[:k], level, count if reference == "t" else None)
    return AcceleratedFit(
        distribution=distribution,
        names=design.names,
        coefficients=beta,
        scale=scale,
        log_scale_standard_error=np.nan if held else float(errors[k]),
        covariance=used,
        naive_covariance=naive,
        standard_errors=errors[:k],
        lower=beta - half,
        upper=beta + half,
        z=z,
        p_values=tails,
        loglik_null=null,
        loglik=found.loglik,
        likelihood_ratio=chi_square(2 * (found.loglik - null), k - 1),
        n=int(t.size),
        n_events=int(dead.sum()),
        clusters=count,
        confidence=level,
        iterations=found.iterations,
        flags=_flags(found, design.names, int(dead.sum()), count),
        _design=design,
        _inner=inner,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """Search in coefficients over the scale (delta) and one over the scale (tau): z = tau log t - x delta."""

    log_time: Floats
    dead: Bools
    design: Design
    shape: Callable[[Floats, Bools], Shape]
    held: bool

    def fit(self, columns: Any) -> Found:
        """Find the maximum over some columns; ``beta`` is delta, with tau behind unless it is held at 1."""
        w, dead = self.design.weights, self.dead
        middle = float(np.average(self.log_time, weights=w))  # the intercept takes it up again
        line = self.log_time - middle
        x = self.design.matrix[:, columns]
        k = x.shape[1]
        events = float(w[dead].sum())
        constant = -float(w[dead] @ self.log_time[dead])
        spread = np.sqrt(float(np.average(line**2, weights=w)))
        first = 1.0 if self.held or spread == 0 else 1.0 / spread
        z_of = x if self.held else np.column_stack([x, -line])
        start = np.zeros(z_of.shape[1])
        if not self.held:
            start[-1] = first

        def evaluate(step: Floats) -> tuple[float, Floats, Floats, Floats] | None:
            at = start + step
            tau = 1.0 if self.held else float(at[-1])
            if tau <= 0:
                return None
            z = (line if self.held else 0.0) - z_of @ at
            if not float(z.max()) < 600 or not np.isfinite(z).all():
                return None
            value, one, two = self.shape(z, dead)
            score = -z_of.T @ (w * one)
            information = -(z_of * (w * two)[:, None]).T @ z_of
            if not self.held:
                score[-1] += events / tau
                information[-1, -1] += events / tau**2
            return (
                float(w @ value) + events * float(np.log(tau)) + constant,
                score,
                information,
                np.diag(information).copy(),
            )

        names = (*(self.design.names[int(j)] for j in columns), *(() if self.held else ("log(scale)",)))
        found = maximise(evaluate, np.r_[1.0, np.ptp(z_of[:, 1:], axis=0)], int(dead.sum()), names)
        beta = start + found.beta
        beta[0] += middle * (1.0 if self.held else float(beta[-1]))
        return Found(
            beta,
            found.loglik_null,
            found.loglik,
            found.score_null,
            found.information,
            found.iterations,
            tuple(j for j in found.runaway if j < k),
            found.rounded,
        )

    def outwards(self, found: Found) -> tuple[Floats, float, Floats, Floats]:
        """Coefficients, scale, inverse information and scores (n, k + 1) in coefficients and log(scale)."""
        x, w = self.design.matrix, self.design.weights
        k = x.shape[1]
        scale = 1.0 if self.held else 1.0 / float(found.beta[k])
        beta = found.beta[:k] * scale
        z = (self.log_time - x @ beta) / scale
        _, one, two = self.shape(z, self.dead)
        scores = -x * (w * one / scale)[:, None]
        information = -(x * (w * two / scale**2)[:, None]).T @ x
        if not self.held:
            scores = np.column_stack([scores, w * (-one * z - self.dead)])
            cross = -x.T @ (w * (two * z + one)) / scale
            own = -float(w @ (two * z * z + one * z))
            information = np.block([[information, cross[:, None]], [cross[None, :], np.array([[own]])]])
        return beta, scale, inverse(information), scores


def _flags(found: Found, names: tuple[str, ...], events: int, clusters: int | None) -> tuple[Flag, ...]:
    out = []
    if found.runaway:
        who = ", ".join(f"'{names[j]}' ({'up' if found.beta[j] > 0 else 'down'})" for j in found.runaway)
        text = f"The likelihood keeps rising as the coefficient of {who} grows: it has no finite estimate."
        out.append(Flag("monotone_likelihood", text))
    if events < 10 * (len(names) - 1):
        out.append(Flag("few_events", f"{events} events for {len(names) - 1} terms: fewer than 10 a term."))
    if clusters is not None and clusters < 20:
        out.append(Flag("few_clusters", f"{clusters} clusters: the robust limits are too narrow."))
    return tuple(out)
