"""Cox regression: Efron, Breslow or exact ties, delayed entry, start-stop rows, strata, weights, clusters.

Sources: Cox, JRSS B 1972; Efron, JASA 1977; Lin and Wei, JASA 1989 (robust variance); R's ``coxph``, whose
results these are to six figures (``python -m tools.verify.survival``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.linear_algebra import inverse, quadratic, ratio
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.hazard_regression import exact_ties, risk_sets
from lamplighter.statistics.hazard_regression.newton_raphson import Found, maximise
from lamplighter.statistics.hazard_regression.risk_sets import RiskSets
from lamplighter.statistics.hazard_regression.score_residuals import score_residuals
from lamplighter.statistics.regression.patterns import squared_by_cluster
from lamplighter.statistics.survival.confidence_limits import normal_quantile

TIES = ("efron", "breslow", "exact")
REFERENCES = ("t", "normal")


@dataclass(frozen=True, slots=True)
class Test:
    """A chi-square test."""

    statistic: float
    df: int
    p: float


def chi_square(statistic: float, df: int) -> Test:
    """Return the upper tail of a chi-square; no degrees of freedom give p = 1."""
    return Test(statistic, df, float(special.chdtrc(df, statistic)) if df else 1.0)


@dataclass(frozen=True, slots=True)
class CoxFit:
    """A fitted Cox model. Vectors are (p,) in the order of ``names``; matrices (p, p).

    ``covariance`` and everything from it (``standard_errors``, limits, ``wald``) is the cluster-robust one
    when clusters were given; ``naive_covariance`` is the inverse information. ``lower`` and ``upper`` bound
    the coefficients; exponentiate for hazard ratios. ``model`` holds the sorted rows for
    :mod:`lamplighter.statistics.hazard_regression.cox_postestimation`.
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
    likelihood_ratio: Test
    wald: Test
    score: Test
    n: int
    n_events: int
    clusters: int | None
    ties: str
    confidence: float
    iterations: int
    flags: tuple[Flag, ...]
    model: CoxModel = field(repr=False, compare=False)

    @property
    def hazard_ratios(self) -> Floats:
        """exp(coefficients)."""
        return np.asarray(np.exp(self.coefficients))

    @property
    def aic(self) -> float:
        """Akaike's criterion of the partial likelihood: compares models of the same rows and ties only."""
        return 2.0 * len(self.names) - 2.0 * self.loglik


@dataclass(frozen=True, slots=True)
class CoxModel:
    """The data behind a fit, checked: as given (rows in the caller's order) and sorted (``sets``)."""

    time: Floats
    dead: checks.Bools
    entry: Floats | None
    weights: Floats
    strata: Ints
    covariates: Floats
    sets: RiskSets | None
    scaled_beta: Floats
    information: Floats


def limits_and_tails(z: Floats, se: Floats, confidence: float, clusters: int | None) -> tuple[Floats, Floats]:
    """Half the width of limits, and two-sided p-values: Student's t with ``clusters``, else the normal."""
    if clusters is None:
        return normal_quantile(confidence) * se, np.asarray(2 * special.ndtr(-np.abs(z)))
    half = float(special.stdtrit(clusters - 1, 0.5 + confidence / 2)) * se
    return half, np.asarray(2 * special.stdtr(clusters - 1, -np.abs(z)))


@rows_alike
def cox(
    time: Any,
    event: Any,
    covariates: Any,
    *,
    entry: Any = None,
    weights: Any = None,
    strata: Any = None,
    clusters: Any = None,
    ties: str = "efron",
    names: Any = None,
    confidence: float = 0.95,
    reference: str = "t",
) -> CoxFit:
    """Fit a Cox model.

    Args:
        time: (n,) end of each row, zero or more.
        event: (n,) 1 when the event happens at ``time``, else 0.
        covariates: (n, p) numbers; dummy columns are the caller's.
        entry: (n,) start of each row, before its end: delayed entry, and start-stop rows for covariates
            that change. A row is at risk when entry < t <= time.
        weights: (n,) above zero.
        strata: (n,) labels; each stratum has its own baseline.
        clusters: (n,) labels of rows that are not independent (a suspect, a person's start-stop rows). Gives
            the robust variance.
        ties: ``efron``, ``breslow`` or ``exact`` (the conditional likelihood; no weights or clusters).
        names: (p,) of the columns; those of a data frame or mapping are its own.
        confidence: level of the limits.
        reference: with clusters, what limits and p-values are read from: ``t`` (Student's with clusters - 1
            degrees of freedom, which covers with few clusters) or ``normal``, as R's survival package.

    Raises:
        NotEnoughData: no events, or fewer than two clusters.
        NotIdentified: a column is constant or a combination of others (named).
        NotAnArray, ValueRefused, OptionRefused, DidNotConverge: as they say.
    """
    t = checks.times(time)
    checks.some(t.size, "time")
    dead = checks.binary(event, "event", length=t.size)
    x = checks.columns(covariates, t.size)
    labels = checks.names_for(x.shape[1], names, covariates)
    start = None if entry is None else checks.entries(entry, t)
    w = checks.weights(weights, t.size)
    zeros = np.zeros(t.size, dtype=np.int64)
    groups = zeros if strata is None else checks.labels(strata, "strata", length=t.size)[0]
    owners = None if clusters is None else checks.labels(clusters, "clusters", length=t.size)[0]
    checks.level(confidence)
    checks.choice(ties, TIES, "ties")
    checks.choice(reference, REFERENCES, "reference")
    if ties == "exact" and (weights is not None or owners is not None):
        raise OptionRefused("exact ties take neither weights nor clusters", array="ties", remedy="Use efron.")
    if not dead.any():
        raise NotEnoughData("no events", array="event", remedy="Nothing can be compared; report the counts.")
    events = int(dead.sum())
    sets = risk_sets.prepare(t, dead, start, w, groups, x, ties == "breslow", together=ties != "exact")
    found = exact_ties.fit(sets, events, labels) if ties == "exact" else _fit(sets, events, labels)
    scale = sets.scale
    naive = inverse(found.information)
    used = naive
    count = None
    if owners is not None:
        count = int(owners.max()) + 1
        if count < 2:
            raise NotEnoughData("one cluster", array="clusters", remedy="At least two clusters are needed.")
        meat = squared_by_cluster(score_residuals(sets, found.beta), sets.cell, owners, count)
        used = naive @ meat @ naive
    beta = found.beta / scale
    unit = np.outer(scale, scale)
    variance = np.diag(used)
    se = np.sqrt(np.where(variance >= 0, variance, np.nan)) / scale  # NaN only where the likelihood is flat
    z = ratio(beta, se)
    half, tails = limits_and_tails(z, se, confidence, count if reference == "t" else None)
    p = x.shape[1]
    model = CoxModel(t, dead, start, w, groups, x, sets, found.beta, found.information)
    return CoxFit(
        names=labels,
        coefficients=beta,
        covariance=used / unit,
        naive_covariance=naive / unit,
        standard_errors=se,
        lower=beta - half,
        upper=beta + half,
        z=z,
        p_values=tails,
        loglik_null=found.loglik_null,
        loglik=found.loglik,
        likelihood_ratio=chi_square(2 * (found.loglik - found.loglik_null), p),
        wald=chi_square(quadratic(used, found.beta), p),
        score=chi_square(found.score_null, p),
        n=int(t.size),
        n_events=events,
        clusters=count,
        ties=ties,
        confidence=confidence,
        iterations=found.iterations,
        flags=_flags(found, labels, events, p, count),
        model=model,
    )


def _fit(sets: RiskSets, events: int, names: tuple[str, ...]) -> Found:
    def evaluate(beta: Floats) -> tuple[float, Floats, Floats, Floats] | None:
        out = risk_sets.evaluate(sets, beta)
        return None if out is None else (out[0].loglik, out[1], out[2], out[0].size)

    spread = np.ptp(sets.x, axis=0)
    return maximise(evaluate, spread, events, names)


def _flags(
    found: Found, names: tuple[str, ...], events: int, p: int, clusters: int | None
) -> tuple[Flag, ...]:
    out = []
    if found.runaway:
        who = ", ".join(f"'{names[j]}' ({'up' if found.beta[j] > 0 else 'down'})" for j in found.runaway)
        text = f"The likelihood keeps rising as the coefficient of {who} grows: it has no finite estimate."
        out.append(Flag("monotone_likelihood", text))
    if found.rounded:
        text = "Rounding let the search come no nearer: the coefficients may be short of six figures."
        out.append(Flag("rounding", text))
    if events < 10 * p:
        out.append(Flag("few_events", f"{events} events for {p} terms: fewer than 10 a term."))
    if clusters is not None and clusters < 20:
        out.append(Flag("few_clusters", f"{clusters} clusters: the robust limits are too narrow."))
    return tuple(out)
