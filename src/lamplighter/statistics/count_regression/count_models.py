"""Models of counts: how many further reports, offences or contacts, for whom and in how much time.

``poisson``
    maximum likelihood, with the variance robust by row or by cluster by default: the rate ratios are right
    whatever the spread of the counts, and the limits are honest where it is more than Poisson's law allows.
``negative_binomial``
    NB2: variance mu + alpha mu^2, alpha estimated with its standard error. As R's ``MASS::glm.nb``, whose
    theta is 1 / alpha.
``quasi_poisson``
    Poisson's rates, with a variance that is a multiple of the mean: the multiple (the dispersion) is
    estimated and said. As R's ``glm(family = quasipoisson)``.
``overdispersion``
    the tests of Cameron and Trivedi (1990) and Dean (1992). A Poisson fit runs them and flags what they find.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import DidNotConverge, NotEnoughData
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.count_regression.maximum_likelihood import (
    MOST_STEPS,
    SMALLEST_ALPHA,
    Counted,
    best_alpha,
    curve_of_theta,
    first_alpha,
    inverse_information,
    log_chance,
    maximum_given_alpha,
    poisson_maximum,
    read_counts,
)
from lamplighter.statistics.count_regression.overdispersion import (
    Overdispersion,
    overdispersion_flags,
    tests_of_spread,
)
from lamplighter.statistics.logistic_regression.logistic import DEFAULT_CORRECTION, wald
from lamplighter.statistics.regression.ratios import Ratios
from lamplighter.statistics.regression.sandwich import sandwich


@dataclass(frozen=True, slots=True)
class CountFit(Ratios):
    """A fitted model of counts. Arrays are in the order of ``names``.

    Attributes:
        family: ``poisson``, ``quasi-poisson`` or ``negative binomial``.
        coefficients: log rate ratios. covariance, standard_errors, lower, upper, statistics, p_values: as
            ``variance`` says.
        model_covariance: inverse of the (expected) information.
        freedom: degrees of freedom of the limits.
        n, events: rows, and the counts added up.
        alpha, alpha_standard_error, theta_standard_error: of NB2; 0 and NaN for Poisson.
        dispersion: how many times the mean the variance is; 1 unless it was estimated (``quasi-poisson``).
        log_likelihood: at the estimate, constants included; NaN for ``quasi-poisson``, which has none.
        overdispersion: of the Poisson fit.
        means: (n,) fitted. Case level: never for output.
    """

    family: str
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
    events: float
    clusters: tuple[int, ...]
    alpha: float
    alpha_standard_error: float
    theta_standard_error: float
    log_likelihood: float
    overdispersion: Overdispersion
    means: Floats = field(repr=False)
    variance: str
    confidence: float
    flags: tuple[Flag, ...]
    dispersion: float = 1.0

    @property
    def aic(self) -> float:
        """Akaike's criterion, alpha counted; NaN for ``quasi-poisson``, which has no likelihood."""
        counted = len(self.names) + int(self.family == "negative binomial")
        return 2.0 * counted - 2.0 * self.log_likelihood

    @property
    def rate_ratios(self) -> Floats:
        """exp(coefficients)."""
        return self._ratios()

    @property
    def rate_ratio_limits(self) -> tuple[Floats, Floats]:
        """exp(lower), exp(upper)."""
        return self._ratio_limits()


@rows_alike
def poisson(
    outcome: Any,
    terms: Any,
    *,
    names: Any = None,
    weights: Any = None,
    exposure: Any = None,
    clusters: Any = None,
    correction: str = DEFAULT_CORRECTION,
    robust: bool = True,
    intercept: bool = True,
    confidence: float = 0.95,
) -> CountFit:
    """Poisson regression.

    Args:
        outcome: (rows,) whole numbers, zero or more.
        terms, names, weights, clusters, correction, intercept, confidence: as
            :func:`lamplighter.statistics.logistic`.
        exposure: time at risk of each row, above zero; its logarithm is the offset.
        robust: variance robust by row when there are no clusters; ``False`` trusts Poisson's law.

    Raises:
        NotEnoughData: no rows, or every count is zero.
        NotIdentified: a constant or dependent column, named; or a term for whose rows every count is zero.
        ValueRefused, NotAnArray, OptionRefused: as they say.
    """
    read = read_counts(outcome, terms, names, weights, exposure, clusters, correction, intercept, confidence)
    beta, mean = poisson_maximum(read)
    held = read.design.weights * mean
    model = inverse_information(read, held)
    tested = tests_of_spread(read.count, mean, read.design.matrix, model)
    flags = overdispersion_flags(tested, trusted=not (robust or read.ways))
    likelihood = read.design.weights @ (
        special.xlogy(read.count, mean) - mean - special.gammaln(read.count + 1)
    )
    return _result(
        read, "poisson", beta, mean, held, read.count - mean, model, (0.0, np.nan, np.nan), likelihood,
        tested, flags, correction, robust,
    )  # fmt: skip


@rows_alike
def quasi_poisson(
    outcome: Any,
    terms: Any,
    *,
    names: Any = None,
    weights: Any = None,
    exposure: Any = None,
    intercept: bool = True,
    confidence: float = 0.95,
) -> CountFit:
    """Poisson regression with the dispersion estimated (Pearson's), limits from Student's t.

    Args:
        outcome, terms, names, weights, exposure, intercept, confidence: as :func:`poisson`. A row of weight 3
            counts as three rows in the degrees of freedom too.

    Raises:
        StatisticsError: as :func:`poisson`.
    """
    read = read_counts(
        outcome, terms, names, weights, exposure, None, DEFAULT_CORRECTION, intercept, confidence
    )
    beta, mean = poisson_maximum(read)
    held = read.design.weights * mean
    model = inverse_information(read, held)
    tested = tests_of_spread(read.count, mean, read.design.matrix, model)
    freedom = float(read.design.weights.sum()) - read.design.columns
    if freedom <= 0:
        raise NotEnoughData(
            "the weights add up to no more than there are coefficients",
            array="weights",
            remedy="Give how many people a row stands for.",
        )
    dispersion = float((read.design.weights * (read.count - mean) ** 2 / mean).sum()) / freedom
    made = _result(
        read, "quasi-poisson", beta, mean, held, read.count - mean, model, (0.0, np.nan, np.nan), np.nan,
        tested, overdispersion_flags(tested, trusted=False), DEFAULT_CORRECTION, robust=False,
    )  # fmt: skip
    covariance = dispersion * made.covariance
    errors, lower, upper, statistic, p = wald(made.coefficients, covariance, freedom, read.level)
    return replace(
        made,
        covariance=covariance,
        standard_errors=errors,
        lower=lower,
        upper=upper,
        statistics=statistic,
        p_values=p,
        freedom=freedom,
        dispersion=dispersion,
        variance=f"inverse of the information times the dispersion, {dispersion:.3f}; t with {freedom:g} "
        "degrees of freedom",
    )


@rows_alike
def negative_binomial(
    outcome: Any,
    terms: Any,
    *,
    names: Any = None,
    weights: Any = None,
    exposure: Any = None,
    clusters: Any = None,
    correction: str = DEFAULT_CORRECTION,
    robust: bool = False,
    intercept: bool = True,
    confidence: float = 0.95,
) -> CountFit:
    """Negative binomial regression (NB2) by maximum likelihood.

    Args:
        outcome, terms, names, weights, exposure, clusters, correction, intercept, confidence: as
            :func:`poisson`.
        robust: variance robust by row; otherwise the inverse of the expected information.

    When the counts vary no more than Poisson's law allows the estimate of alpha is zero, the coefficients are
    those of Poisson, and the result is flagged ``no_overdispersion``.
    """
    read = read_counts(outcome, terms, names, weights, exposure, clusters, correction, intercept, confidence)
    beta, mean = poisson_maximum(read)
    held = read.design.weights * mean
    model = inverse_information(read, held)
    tested = tests_of_spread(read.count, mean, read.design.matrix, model)
    alpha = first_alpha(read, mean)
    flags: list[Flag] = []
    for _ in range(MOST_STEPS):
        new_alpha = best_alpha(read, mean, alpha)
        beta_new, mean = maximum_given_alpha(read, beta, new_alpha)
        moved = max(np.abs(beta_new - beta).max(), abs(np.log(max(new_alpha, 1e-300) / max(alpha, 1e-300))))
        beta, alpha = beta_new, new_alpha
        if alpha <= SMALLEST_ALPHA or moved < 1e-11:
            break
    else:
        raise DidNotConverge(
            "alpha did not settle", array="outcome", remedy="Use poisson() with robust=True."
        )
    if alpha <= SMALLEST_ALPHA:
        alpha, errors = 0.0, (np.nan, np.nan)
        beta, mean = maximum_given_alpha(read, beta, 0.0)
        flags.append(
            Flag("no_overdispersion", "The counts vary no more than Poisson's law allows: alpha is zero.")
        )
        likelihood = read.design.weights @ (
            special.xlogy(read.count, mean) - mean - special.gammaln(read.count + 1)
        )
    else:
        theta = 1 / alpha
        information = -curve_of_theta(read, mean, theta)
        theta_error = float(1 / np.sqrt(information)) if information > 0 else np.nan
        errors = (theta_error * alpha**2, theta_error)
        likelihood = read.design.weights @ log_chance(read.count, mean, theta)
    shrunk = 1 + alpha * mean
    held = read.design.weights * mean / shrunk
    model = inverse_information(read, held)
    return _result(
        read, "negative binomial", beta, mean, held, (read.count - mean) / shrunk, model, (alpha, *errors),
        likelihood, tested, flags, correction, robust,
    )  # fmt: skip


@rows_alike
def overdispersion(
    outcome: Any, terms: Any, *, exposure: Any = None, intercept: bool = True
) -> Overdispersion:
    """Return the tests alone; arguments and errors as :func:`poisson`."""
    return poisson(outcome, terms, exposure=exposure, intercept=intercept, robust=False).overdispersion


def _result(
    read: Counted,
    family: str,
    beta: Floats,
    mean: Floats,
    held: Floats,
    residual: Floats,
    model: Floats,
    alpha: tuple[float, float, float],
    likelihood: float,
    tested: Overdispersion,
    flags: list[Flag],
    correction: str,
    robust: bool,
) -> CountFit:
    covariance, freedom, described = model, np.inf, "inverse of the information"
    sizes: tuple[int, ...] = ()
    if read.ways or robust:
        made = sandwich(
            model, read.design.matrix, read.design.weights * residual, held, read.ways, correction
        )
        covariance, sizes, freedom, described = made.covariance, made.clusters, made.freedom, made.description
        flags = [*flags, *made.flags]
    design = read.design
    beta, covariance = design.outward(beta), design.outward_covariance(covariance)
    model = design.outward_covariance(model)
    errors, lower, upper, statistic, p = wald(beta, covariance, freedom, read.level)
    return CountFit(
        family=family,
        names=read.design.names,
        coefficients=beta,
        covariance=covariance,
        model_covariance=model,
        standard_errors=errors,
        lower=lower,
        upper=upper,
        statistics=statistic,
        p_values=p,
        freedom=freedom,
        n=read.count.size,
        events=float(read.count.sum()),
        clusters=sizes,
        alpha=alpha[0],
        alpha_standard_error=alpha[1],
        theta_standard_error=alpha[2],
        log_likelihood=float(likelihood),
        overdispersion=tested,
        means=mean,
        variance=described,
        confidence=read.level,
        flags=tuple(flags),
    )
