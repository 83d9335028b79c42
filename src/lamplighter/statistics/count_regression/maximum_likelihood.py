"""Maximum likelihood of Poisson and NB2 models: steps, the best alpha, and whether a maximum exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import DidNotConverge, NotEnoughData, NotIdentified, ValueRefused
from lamplighter.statistics.regression.design_matrix import Design, offset_for, read_clusters, read_design
from lamplighter.statistics.regression.sandwich import CORRECTIONS
from lamplighter.statistics.regression.separation import without_maximum

MOST_STEPS = 100
SMALLEST_ALPHA = 1e-8


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts, design, log exposure, clusters and level, as read."""

    count: Floats
    design: Design
    offset: Floats
    ways: tuple[Any, ...]
    level: float


def read_counts(
    outcome: Any,
    terms: Any,
    names: Any,
    weights: Any,
    exposure: Any,
    clusters: Any,
    correction: str,
    intercept: bool,
    confidence: float,
) -> Counted:
    """Read and check; errors as :func:`lamplighter.statistics.poisson`."""
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
    return Counted(
        count, design, offset_for(exposure, count.size), read_clusters(clusters, count.size), level
    )


def poisson_maximum(read: Counted) -> tuple[Floats, Floats]:
    """The Poisson fit, with a proof that it exists."""
    try:
        beta, mean = maximum_given_alpha(read, np.zeros(read.design.columns), 0.0)
    except DidNotConverge:
        _refuse_without_maximum(read, None)
        raise
    _refuse_without_maximum(read, mean)
    return beta, mean


def _refuse_without_maximum(read: Counted, mean: Floats | None) -> None:
    gone = without_maximum(read.count, mean, read.design)
    if gone:
        raise NotIdentified(
            f"the counts give a rate of nothing for {', '.join(gone)}",
            array="terms",
            remedy="Merge or leave out the level whose counts are all zero.",
        )


def maximum_given_alpha(read: Counted, start: Floats, alpha: float) -> tuple[Floats, Floats]:
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
    for _ in range(MOST_STEPS):
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
        "the rates did not settle", array="terms", remedy="Scale the terms; check the exposure."
    )


def inverse_information(read: Counted, held: Floats) -> Floats:
    """(k, k) from working weights (n,)."""
    information = read.design.matrix.T @ (read.design.matrix * held[:, None])
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def first_alpha(read: Counted, mean: Floats) -> float:
    """Return where to start, by moments."""
    excess = float(((read.count - mean) ** 2 - mean).sum() / (mean**2).sum())
    return max(excess, 0.01)


def log_chance(count: Floats, mean: Floats, theta: float) -> Floats:
    """Log-likelihood of each row, NB2."""
    return np.asarray(
        special.gammaln(theta + count)
        - special.gammaln(theta)
        - special.gammaln(count + 1)
        + theta * np.log(theta)
        + special.xlogy(count, mean)
        - (theta + count) * np.log(theta + mean)
    )


def slope_of_theta(read: Counted, mean: Floats, theta: float) -> float:
    """d log-likelihood / d theta."""
    y = read.count
    each = special.digamma(theta + y) - special.digamma(theta) + np.log(theta) + 1
    return float(read.design.weights @ (each - np.log(theta + mean) - (y + theta) / (mean + theta)))


def curve_of_theta(read: Counted, mean: Floats, theta: float) -> float:
    """d2 log-likelihood / d theta2."""
    y = read.count
    each = special.polygamma(1, theta + y) - special.polygamma(1, theta) + 1 / theta
    return float(read.design.weights @ (each - 2 / (mean + theta) + (y + theta) / (mean + theta) ** 2))


def best_alpha(read: Counted, mean: Floats, alpha: float) -> float:
    """Best alpha for given means: Newton on log theta in a bracket; zero when likelihood falls from zero."""
    excess = float(read.design.weights @ ((read.count - mean) ** 2 - read.count))
    at = np.log(1 / max(alpha, SMALLEST_ALPHA))
    low, high = np.log(1e-6), np.log(1 / SMALLEST_ALPHA)
    # d likelihood / d alpha at alpha = 0 is half the excess: not above zero means the maximum is at zero
    if excess <= 0:
        return 0.0
    for _ in range(100):
        theta = np.exp(at)
        slope = slope_of_theta(read, mean, theta) * theta
        curve = curve_of_theta(read, mean, theta) * theta**2 + slope
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
