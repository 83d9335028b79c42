"""Average marginal effects: what a term does to the chance of the outcome, in points, on average over the
rows.

For a number, the mean slope of the chance. For an indicator (0 or 1), the mean difference between everybody
with it and everybody without. For a factor of several indicators, each level against the level left out.
Standard errors by the delta method from the variance of the fit, so that a cluster-robust fit gives
cluster-robust effects.

``population=True`` adds that the rows themselves are a sample (the effect is that of the population they come
from, not of just these rows), by the same clusters: the influence of a cluster on the average effect, squared
and summed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special, stats

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import NotIdentified, OptionRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.logistic_regression.firth import FirthFit
from lamplighter.statistics.logistic_regression.logistic import LogisticFit
from lamplighter.statistics.regression.design_matrix import INTERCEPT, read_groups, two_values
from lamplighter.statistics.regression.sandwich import combined


@dataclass(frozen=True, slots=True)
class MarginalEffects:
    """Average marginal effects, a row a term.

    Attributes:
        names: terms, in the order of the model.
        kinds: ``slope`` (change of chance a unit), ``difference`` (1 against 0) or ``level`` (against the
            level left out).
        effects: on the scale of chance: 0.05 is five points.
        covariance, standard_errors, lower, upper, statistics, p_values: by the delta method.
        freedom: degrees of freedom of the limits.
        n, events: of the fit.
        variance: how the variance was made.
        flags: those of the fit.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    effects: Floats
    covariance: Floats
    standard_errors: Floats
    lower: Floats
    upper: Floats
    statistics: Floats
    p_values: Floats
    freedom: float
    n: int
    events: int
    variance: str
    confidence: float
    flags: tuple[Flag, ...] = field(default=())


def average_marginal_effects(
    fit: LogisticFit | FirthFit,
    *,
    terms: Any = None,
    groups: Any = None,
    slopes: Any = (),
    population: bool = False,
    confidence: float | None = None,
) -> MarginalEffects:
    """Average marginal effects of a fitted logistic model.

    Args:
        fit: of :func:`~lamplighter.statistics.logistic` or
            :func:`~lamplighter.statistics.firth`.
        terms: names of the terms wanted; all but the intercept when ``None``.
        groups: which indicators make one factor: ``{"relationship": ("ex", "stranger")}``.
        slopes: names of terms to take the slope of although they hold only 0 and 1.
        population: whether the effect is that of the population that the rows are a sample of.
        confidence: level of the limits; that of the fit when ``None``.

    Raises:
        NotIdentified: the model is separated, so its effects have no variance. Use ``firth``.
        OptionRefused: no such term.
    """
    level = fit.confidence if confidence is None else checks.level(confidence)
    if not np.isfinite(fit.coefficients).all():
        raise NotIdentified(
            "the model is separated: maximum likelihood gives no effect", array="fit", remedy="Use firth()."
        )
    for name in (*(terms or ()), *slopes):
        if name not in fit.names or name == INTERCEPT:
            raise OptionRefused(f"no term '{name}'", array="terms", remedy="Name a term of the model.")
    factor_of = {j: members for members in read_groups(groups, fit.names).values() for j in members}
    matrix, weight = fit.design.matrix, fit.design.weights / fit.design.weights.sum()
    inside, scale = fit.inside, np.ones(fit.design.columns) if fit.design.plain else fit.design.scale
    linear = matrix @ inside.beta + fit.cells.offset
    wanted = [n for n in fit.names if n != INTERCEPT and (terms is None or n in terms)]
    kinds, effects, gradients, own = [], [], [], []
    for name in wanted:
        j = fit.at(name)
        if j in factor_of or (two_values(matrix[:, j]) and name not in slopes):
            kinds.append("level" if j in factor_of else "difference")
            at, gradient = _difference(fit, linear, matrix, weight, j, factor_of.get(j, (j,)))
        else:
            kinds.append("slope")
            at, gradient = _slope(fit, linear, matrix, weight, j)
            at, gradient = at / scale[j], gradient / scale[j]
        effects.append(float(weight @ at))
        gradients.append(gradient)
        own.append(at - effects[-1])
    effect, jacobian = np.array(effects), np.array(gradients).reshape(len(wanted), fit.design.columns)
    covariance = jacobian @ inside.covariance @ jacobian.T
    described = f"delta method: {fit.variance}"
    if population:
        cells = fit.cells
        row = fit.design.weights if cells.of is None else np.ones(weight.size)
        residual = row * (cells.event - cells.probabilities)
        influence = cells.rows((matrix * residual[:, None]) @ inside.model @ jacobian.T)
        drift = cells.rows(np.array(own).T * (row / fit.design.weights.sum())[:, None])
        # what the rows' being a sample adds, on top of the delta method with its small-sample correction
        covariance = covariance + combined(influence + drift, fit.ways) - combined(influence, fit.ways)
        described += "; and the rows are a sample"
    errors = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    law = stats.norm if np.isinf(fit.freedom) else stats.t(fit.freedom)
    z = float(law.ppf((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = effect / errors
    return MarginalEffects(
        names=tuple(wanted),
        kinds=tuple(kinds),
        effects=effect,
        covariance=covariance,
        standard_errors=errors,
        lower=effect - z * errors,
        upper=effect + z * errors,
        statistics=statistic,
        p_values=np.asarray(2 * law.sf(np.abs(statistic))),
        freedom=fit.freedom,
        n=fit.n,
        events=fit.events,
        variance=described,
        confidence=level,
        flags=fit.flags,
    )


def _slope(
    fit: LogisticFit | FirthFit, linear: Floats, matrix: Floats, weight: Floats, j: int
) -> tuple[Floats, Floats]:
    chance = special.expit(linear)
    density = chance * (1 - chance)
    at = fit.inside.beta[j] * density
    gradient = matrix.T @ (weight * at * (1 - 2 * chance))
    gradient[j] += weight @ density
    return at, gradient


def _difference(
    fit: LogisticFit | FirthFit,
    linear: Floats,
    matrix: Floats,
    weight: Floats,
    j: int,
    factor: tuple[int, ...],
) -> tuple[Floats, Floats]:
    """Return the level against the reference: every indicator of the factor at zero, then this one at one."""
    columns = list(factor)
    without = linear - matrix[:, columns] @ fit.inside.beta[columns]
    low, high = special.expit(without), special.expit(without + fit.inside.beta[j])
    slope_low, slope_high = low * (1 - low), high * (1 - high)
    gradient = matrix.T @ (weight * (slope_high - slope_low))
    gradient[columns] = 0.0
    gradient[j] = weight @ slope_high
    return high - low, gradient
