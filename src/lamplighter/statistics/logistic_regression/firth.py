"""Firth's logistic regression: estimates that always exist, with limits that do not assume a bell shape.

The log-likelihood is penalised by half the logarithm of the determinant of the information (Jeffreys' prior;
Firth 1993, Heinze and Schemper 2002). Its maximum is finite for every data set, separated ones included.
Limits and tests come from the profile of the penalised likelihood, as in the R package ``logistf``: the
penalty of a constrained fit is that of the whole design.

With ``clusters`` the profile is drawn in by how much the cluster-robust variance of a coefficient exceeds
that of the model (the vertical adjustment of Chandler and Bate 2007), so that shared suspects widen the
limits and the limits keep the shape that rare factors need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special, stats

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.logistic_regression.logistic import (
    DEFAULT_CORRECTION,
    events_flags,
    events_per_term,
    maximise,
    refuse_constant,
    separation_flag,
)
from lamplighter.statistics.logistic_regression.profile_likelihood import Problem
from lamplighter.statistics.regression.design_matrix import Cells, Design, Inside, read_clusters, read_design
from lamplighter.statistics.regression.ratios import OddsRatios
from lamplighter.statistics.regression.sandwich import CORRECTIONS, sandwich
from lamplighter.statistics.regression.separation import Separation, separation_of


@dataclass(frozen=True, slots=True)
class FirthFit(OddsRatios):
    """A model fitted by Firth's method. Arrays are in the order of ``names``.

    Attributes:
        names, coefficients: as :class:`lamplighter.statistics.LogisticFit`; always finite.
        covariance: inverse of the information at the estimate; cluster-robust with clusters.
        model_covariance: inverse of the information at the estimate.
        standard_errors: roots of the diagonal of ``covariance``. The limits do not come from them.
        lower, upper: limits of the profile penalised likelihood; NaN for coefficients not profiled.
        statistics: penalised likelihood ratio (1 degree of freedom), adjusted with clusters.
        p_values: of ``statistics``: chi-square, or F(1, G - 1) with clusters.
        n, events, clusters, freedom: as :class:`lamplighter.statistics.LogisticFit`.
        penalised_log_likelihood, null_penalised_log_likelihood: at the estimate, and with every term but the
            intercept held at zero.
        likelihood_ratio, likelihood_ratio_p: of the whole model, that many terms degrees of freedom.
        inflation: robust variance over model variance, a coefficient; ones without clusters.
        probabilities: (n,) fitted. Case level: never for output.
        separation: whether maximum likelihood would have had no estimate.
        iterations: Newton steps of the full fit.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    model_covariance: Floats
    standard_errors: Floats
    lower: Floats
    upper: Floats
    statistics: Floats
    p_values: Floats
    freedom: float
    n: int
    events: int
    clusters: tuple[int, ...]
    penalised_log_likelihood: float
    null_penalised_log_likelihood: float
    likelihood_ratio: float
    likelihood_ratio_p: float
    inflation: Floats
    probabilities: Floats = field(repr=False)
    separation: Separation
    events_per_term: float
    iterations: int
    variance: str
    confidence: float
    flags: tuple[Flag, ...]
    design: Design = field(repr=False)
    outcome: Bools = field(repr=False)
    ways: tuple[Any, ...] = field(repr=False)
    correction: str
    inside: Inside = field(repr=False)
    cells: Cells = field(repr=False)


@rows_alike
def firth(
    outcome: Any,
    terms: Any,
    *,
    names: Any = None,
    weights: Any = None,
    clusters: Any = None,
    correction: str = DEFAULT_CORRECTION,
    intercept: bool = True,
    confidence: float = 0.95,
    profile: Any = None,
) -> FirthFit:
    """Fit a logistic model by Firth's method.

    Args:
        outcome, terms, names, weights, clusters, correction, intercept, confidence: as
            :func:`lamplighter.statistics.logistic`.
        profile: names of the coefficients whose limits and tests are wanted; all of them when ``None``.

    Raises:
        StatisticsError: as :func:`lamplighter.statistics.logistic`. A separated design is no error.
    """
    level = checks.level(confidence)
    checks.choice(correction, CORRECTIONS, "correction")
    event = checks.binary(outcome, "outcome")
    design = read_design(terms, event.size, names=names, weights=weights, intercept=intercept)
    refuse_constant(event)
    ways = read_clusters(clusters, event.size)
    wanted = [checks.choice(str(name), design.names, "profile") for name in profile or ()]
    scale = np.abs(design.matrix).max(axis=0)
    problem = Problem(event, design.matrix / scale, design.weights)
    k = design.columns
    full = problem.fit(np.zeros(k), np.ones(k, dtype=bool))
    chance = special.expit(problem.matrix @ full.beta)
    information = design.weights * chance * (1 - chance)
    model = np.linalg.inv(design.matrix.T @ (design.matrix * information[:, None]))
    plain = maximise(event, design, np.zeros(event.size))
    found = separation_of(
        event, design, design.weights * (event - plain.probabilities) if plain.converged else None
    )
    flags = events_flags(event, design)
    if found:
        flags.insert(0, separation_flag(found))
    covariance, freedom = model, np.inf
    sizes: tuple[int, ...] = ()
    described = "inverse of the information; profile limits"
    if ways:
        made = sandwich(
            model, design.matrix, design.weights * (event - chance), information, ways, correction
        )
        covariance, sizes, freedom = made.covariance, made.clusters, made.freedom
        described = f"profile limits adjusted by: {made.description}"
        flags += list(made.flags)
    inflation = np.diag(covariance) / np.diag(model)
    cut = float(stats.chi2.ppf(level, 1) if np.isinf(freedom) else stats.f.ppf(level, 1, freedom))
    lower, upper, statistic = np.full(k, np.nan), np.full(k, np.nan), np.full(k, np.nan)
    for j in range(k):
        if profile is not None and design.names[j] not in wanted:
            continue
        spread = float(np.sqrt(np.diag(model)[j]) * scale[j])
        lower[j], upper[j] = problem.limits(full, j, spread, cut * inflation[j])
        held = np.ones(k, dtype=bool)
        held[j] = False
        at_zero = full.beta.copy()
        at_zero[j] = 0.0
        statistic[j] = max(2 * (full.value - problem.fit(at_zero, held).value), 0.0) / inflation[j]
    null = problem.fit(np.zeros(k), np.arange(k) < int(design.intercept))
    ratio = max(2 * (full.value - null.value), 0.0)
    p = np.asarray(stats.chi2.sf(statistic, 1) if np.isinf(freedom) else stats.f.sf(statistic, 1, freedom))
    to_scale = -float(np.log(scale).sum())  # the determinant was taken of scaled columns
    count = k - int(design.intercept)
    inside = Inside(full.beta / scale, covariance, model)
    covariance, model = design.outward_covariance(covariance), design.outward_covariance(model)
    lower, upper = lower / scale, upper / scale
    if not design.plain:
        lower, upper = lower / design.scale, upper / design.scale
        if design.centre.any():  # a profile does not move with the origin
            lower[0] = upper[0] = statistic[0] = p[0] = np.nan
            flags.append(
                Flag(
                    "intercept_far_away",
                    "A term lies far from zero, so the intercept is nobody's: it has no profile limits.",
                )
            )
        to_scale -= float(np.log(design.scale).sum())
    return FirthFit(
        names=design.names,
        coefficients=design.outward(inside.beta),
        covariance=covariance,
        model_covariance=model,
        standard_errors=np.sqrt(np.diag(covariance)),
        lower=lower,
        upper=upper,
        statistics=statistic,
        p_values=p,
        freedom=freedom,
        n=event.size,
        events=int(event.sum()),
        clusters=sizes,
        penalised_log_likelihood=full.value - to_scale,
        null_penalised_log_likelihood=null.value - to_scale,
        likelihood_ratio=ratio,
        likelihood_ratio_p=float(stats.chi2.sf(ratio, count)) if count else 1.0,
        inflation=inflation,
        probabilities=chance,
        separation=found,
        events_per_term=events_per_term(event, design),
        iterations=full.steps,
        variance=described,
        confidence=level,
        flags=tuple(flags),
        design=design,
        outcome=event,
        ways=ways,
        correction=correction,
        inside=inside,
        cells=Cells(event, chance, np.zeros(event.size), None),
    )
