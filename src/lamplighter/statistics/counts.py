"""Models of counts: how many further reports, offences or contacts, for whom and in how much time.

``poisson``
    maximum likelihood with the variance robust by row or by cluster by default: the rate ratios are right
        whatever
    the spread of the counts, and the limits are honest where counts vary more than Poisson's law allows.
``negative_binomial``
    NB2: variance mu + alpha mu^2, alpha estimated with its standard error. As R's ``MASS::glm.nb``, whose
        theta is
    1 / alpha.
``overdispersion``
    the tests of Cameron and Trivedi (1990) and Dean (1992). A Poisson fit runs them and flags what they find.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special, stats

from lamplighter.statistics import checks
from lamplighter.statistics.checks import Floats
from lamplighter.statistics.design import Design, offset_for, read_clusters, read_design
from lamplighter.statistics.errors import DidNotConverge, NotEnoughData, ValueRefused
from lamplighter.statistics.flags import Flag
from lamplighter.statistics.logistic import DEFAULT_CORRECTION, wald
from lamplighter.statistics.sandwich import CORRECTIONS, sandwich

_MOST_STEPS = 100
_SMALLEST_ALPHA = 1e-8


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """Tests of whether counts vary more than Poisson's law allows (all one-sided, towards more).

    Attributes:
        pearson_ratio: Pearson chi-square over residual degrees of freedom; 1 under Poisson.
        cameron_trivedi_constant, cameron_trivedi_constant_p: variance (1 + a) mu, as ``AER::dispersiontest``.
        cameron_trivedi, cameron_trivedi_p: variance mu + a mu^2, the t statistic of the auxiliary regression.
        dean, dean_p: Dean's score test P_B against NB2, corrected for leverage; normal.
        found: any of the three p-values below 0.05.
    """

    pearson_ratio: float
    cameron_trivedi_constant: float
    cameron_trivedi_constant_p: float
    cameron_trivedi: float
    cameron_trivedi_p: float
    dean: float
    dean_p: float
    found: bool


@dataclass(frozen=True, slots=True)
class CountFit:
    """A fitted model of counts. Arrays are in the order of ``names``.

    Attributes:
        family: ``poisson`` or ``negative binomial``.
        coefficients: log rate ratios. covariance, standard_errors, lower, upper, statistics, p_values: as
            ``variance`` says.
        model_covariance: inverse of the (expected) information.
        freedom: degrees of freedom of the limits.
        n, events: rows, and the counts added up.
        alpha, alpha_standard_error, theta_standard_error: of NB2; 0 and NaN for Poisson.
        log_likelihood: at the estimate, constants included.
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

    @property
    def rate_ratios(self) -> Floats:
        """exp(coefficients)."""
        return np.asarray(np.exp(self.coefficients))

    @property
    def rate_ratio_limits(self) -> tuple[Floats, Floats]:
        """exp(lower), exp(upper)."""
        return np.exp(self.lower), np.exp(self.upper)

    def at(self, name: str) -> int:
        """Position of a coefficient."""
        return self.names.index(name)


@dataclass(frozen=True, slots=True)
class _Read:
    count: Floats
    design: Design
    offset: Floats
    ways: tuple[Any, ...]
    level: float


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
            :func:`lamplighter.statistics.logistic.logistic`.
        exposure: time at risk of each row, above zero; its logarithm is the offset.
        robust: variance robust by row when there are no clusters; ``False`` trusts Poisson's law.

    Raises:
        NotEnoughData: no rows, or every count is zero.
        NotIdentified: a constant or dependent column, named; or a term for whose rows every count is zero.
        ValueRefused, NotAnArray, OptionRefused: as they say.
    """
    read = _read(outcome, terms, names, weights, exposure, clusters, correction, intercept, confidence)
    beta, mean = _poisson_maximum(read, np.zeros(read.design.columns), 0.0)
    held = read.design.weights * mean
    model = _inverse(read, held)
    tested = _overdispersion(read, mean, model)
    flags = _overdispersion_flags(tested, trusted=not (robust or read.ways))
    likelihood = read.design.weights @ (
        special.xlogy(read.count, mean) - mean - special.gammaln(read.count + 1)
    )
    return _result(
        read, "poisson", beta, mean, held, read.count - mean, model, (0.0, np.nan, np.nan), likelihood,
        tested, flags, correction, robust,
    )  # fmt: skip


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
    those of Poisson, and the result is flagged ``no-overdispersion``.
    """
    read = _read(outcome, terms, names, weights, exposure, clusters, correction, intercept, confidence)
    beta, mean = _poisson_maximum(read, np.zeros(read.design.columns), 0.0)
    held = read.design.weights * mean
    model = _inverse(read, held)
    tested = _overdispersion(read, mean, model)
    alpha = _start_alpha(read, mean)
    flags: list[Flag] = []
    for _ in range(_MOST_STEPS):
        new_alpha = _alpha_maximum(read, mean, alpha)
        beta_new, mean = _poisson_maximum(read, beta, new_alpha)
        moved = max(np.abs(beta_new - beta).max(), abs(np.log(max(new_alpha, 1e-300) / max(alpha, 1e-300))))
        beta, alpha = beta_new, new_alpha
        if alpha <= _SMALLEST_ALPHA or moved < 1e-11:
            break
    else:
        raise DidNotConverge(
            "alpha did not settle", array="outcome", remedy="Use poisson() with robust=True."
        )
    if alpha <= _SMALLEST_ALPHA:
        alpha, errors = 0.0, (np.nan, np.nan)
        beta, mean = _poisson_maximum(read, beta, 0.0)
        flags.append(
            Flag("no-overdispersion", "The counts vary no more than Poisson's law allows: alpha is zero.")
        )
        likelihood = read.design.weights @ (
            special.xlogy(read.count, mean) - mean - special.gammaln(read.count + 1)
        )
    else:
        theta = 1 / alpha
        information = -_second(read, mean, theta)
        theta_error = float(1 / np.sqrt(information)) if information > 0 else np.nan
        errors = (theta_error * alpha**2, theta_error)
        likelihood = read.design.weights @ _log_nb(read.count, mean, theta)
    shrunk = 1 + alpha * mean
    held = read.design.weights * mean / shrunk
    model = _inverse(read, held)
    return _result(
        read, "negative binomial", beta, mean, held, (read.count - mean) / shrunk, model, (alpha, *errors),
        likelihood, tested, flags, correction, robust,
    )  # fmt: skip


def overdispersion(
    outcome: Any, terms: Any, *, exposure: Any = None, intercept: bool = True
) -> Overdispersion:
    """The tests alone; arguments and errors as :func:`poisson`."""
    return poisson(outcome, terms, exposure=exposure, intercept=intercept, robust=False).overdispersion


def _read(
    outcome: Any,
    terms: Any,
    names: Any,
    weights: Any,
    exposure: Any,
    clusters: Any,
    correction: str,
    intercept: bool,
    confidence: float,
) -> _Read:
    level = checks.level(confidence)
    checks.choice(correction, CORRECTIONS, "correction")
    count = checks.numbers(outcome, "outcome")
    wrong = (count < 0) | (count != np.floor(count))
    if wrong.any():
        raise ValueRefused(
            "not a whole number of zero or more",
            array="outcome",
            index=int(np.argmax(wrong)),
            remedy="Give counts; time at risk belongs in exposure.",
        )
    design = read_design(terms, count.size, names=names, weights=weights, intercept=intercept)
    if not count.any():
        raise NotEnoughData(
            "every count is zero", array="outcome", remedy="Nothing to model: say so instead."
        )
    return _Read(count, design, offset_for(exposure, count.size), read_clusters(clusters, count.size), level)


def _poisson_maximum(read: _Read, start: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Coefficients and means for a given alpha (0 is Poisson), by scoring with step halving."""
    matrix, weights, count = read.design.matrix, read.design.weights, read.count
    beta = start.copy()
    if not beta.any() and read.design.intercept:
        total = float(weights @ np.exp(read.offset))
        beta[0] = np.log(float(weights @ count) / total)

    def likelihood(linear: Floats) -> float:
        if alpha == 0:
            return float(weights @ (count * linear - np.exp(linear)))
        return float(weights @ (count * linear - (count + 1 / alpha) * np.log1p(alpha * np.exp(linear))))

    linear = matrix @ beta + read.offset
    now = likelihood(linear)
    for _ in range(_MOST_STEPS):
        mean = np.asarray(np.exp(linear), dtype=np.float64)
        shrunk = 1 + alpha * mean
        score = matrix.T @ (weights * (count - mean) / shrunk)
        # the observed information (a Newton step), which is what settles in few steps; never below zero
        held = weights * mean * (1 + alpha * count) / shrunk**2
        try:
            step = np.linalg.solve(matrix.T @ (matrix * held[:, None]), score)
        except np.linalg.LinAlgError:
            break
        decrement = float(step @ score)
        if not np.isfinite(decrement) or decrement < 0:
            break
        if decrement < 1e-22 * max(1.0, abs(now)):
            return beta, np.asarray(mean)
        for halved in range(40):
            reached = matrix @ (beta + step * 0.5**halved) + read.offset
            with np.errstate(over="ignore"):
                new = likelihood(reached)
            if new >= now - 1e-13 * max(1.0, abs(now)):
                break
        else:
            return beta, np.asarray(mean)
        beta, linear, now = beta + step * 0.5**halved, reached, new
        if np.ptp(linear - read.offset) > 60:
            break
        if decrement < 1e-12 * max(1.0, abs(now)) and halved == 0:
            return beta, np.asarray(np.exp(linear), dtype=np.float64)
    raise DidNotConverge(
        "a rate runs to zero: some combination of terms holds no event at all",
        array="terms",
        remedy="Merge or leave out the level whose counts are all zero.",
    )


def _inverse(read: _Read, held: Floats) -> Floats:
    information = read.design.matrix.T @ (read.design.matrix * held[:, None])
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def _start_alpha(read: _Read, mean: Floats) -> float:
    excess = float(((read.count - mean) ** 2 - mean).sum() / (mean**2).sum())
    return max(excess, 0.01)


def _log_nb(count: Floats, mean: Floats, theta: float) -> Floats:
    return np.asarray(
        special.gammaln(theta + count)
        - special.gammaln(theta)
        - special.gammaln(count + 1)
        + theta * np.log(theta)
        + special.xlogy(count, mean)
        - (theta + count) * np.log(theta + mean)
    )


def _first(read: _Read, mean: Floats, theta: float) -> float:
    y = read.count
    each = special.digamma(theta + y) - special.digamma(theta) + np.log(theta) + 1
    return float(read.design.weights @ (each - np.log(theta + mean) - (y + theta) / (mean + theta)))


def _second(read: _Read, mean: Floats, theta: float) -> float:
    y = read.count
    each = special.polygamma(1, theta + y) - special.polygamma(1, theta) + 1 / theta
    return float(read.design.weights @ (each - 2 / (mean + theta) + (y + theta) / (mean + theta) ** 2))


def _alpha_maximum(read: _Read, mean: Floats, alpha: float) -> float:
    """Best alpha for given means: Newton on log theta in a bracket; zero when likelihood falls from zero."""
    excess = float(read.design.weights @ ((read.count - mean) ** 2 - read.count))
    at = np.log(1 / max(alpha, _SMALLEST_ALPHA))
    low, high = np.log(1e-6), np.log(1 / _SMALLEST_ALPHA)
    # d likelihood / d alpha at alpha = 0 is half the excess: not above zero means the maximum is at zero
    if excess <= 0:
        return 0.0
    for _ in range(100):
        theta = np.exp(at)
        slope = _first(read, mean, theta) * theta
        curve = _second(read, mean, theta) * theta**2 + slope
        if slope > 0:
            low = at
        else:
            high = at
        step = -slope / curve if curve < 0 else 0.0
        trial = at + step
        if not low < trial < high or curve >= 0:
            trial = (low + high) / 2
        if abs(trial - at) < 1e-13 * max(1.0, abs(at)):
            at = trial
            break
        at = trial
    return float(np.exp(-at))


def _overdispersion(read: _Read, mean: Floats, model: Floats) -> Overdispersion:
    y, n, k = read.count, read.count.size, read.design.columns
    square = (y - mean) ** 2
    excess = (square - y) / mean
    spread = float(excess.std(ddof=1))
    constant = float(np.sqrt(n) * excess.mean() / spread) if spread > 0 else 0.0
    slope = float((mean @ excess) / (mean @ mean))
    left = excess - slope * mean
    error = float(np.sqrt((left @ left) / (n - 1) / (mean @ mean)))
    quadratic = slope / error if error > 0 else 0.0
    leverage = np.einsum("ij,jk,ik->i", read.design.matrix, model, read.design.matrix, optimize=True) * mean
    dean = float((square - y + leverage * mean).sum() / np.sqrt(2 * (mean**2).sum()))
    p = [
        float(stats.norm.sf(constant)),
        float(stats.t.sf(quadratic, n - 1)),
        float(stats.norm.sf(dean)),
    ]
    return Overdispersion(
        pearson_ratio=float((square / mean).sum() / (n - k)),
        cameron_trivedi_constant=constant,
        cameron_trivedi_constant_p=p[0],
        cameron_trivedi=quadratic,
        cameron_trivedi_p=p[1],
        dean=dean,
        dean_p=p[2],
        found=min(p) < 0.05,
    )


def _overdispersion_flags(tested: Overdispersion, *, trusted: bool) -> list[Flag]:
    if not tested.found:
        return []
    told = f"Counts vary more than Poisson's law allows (Pearson ratio {tested.pearson_ratio:.2f})"
    if trusted:
        return [Flag("overdispersion", f"{told}: these limits are too narrow. Use a robust variance.")]
    return [Flag("overdispersion", f"{told}; the limits allow for it.")]


def _result(
    read: _Read,
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
