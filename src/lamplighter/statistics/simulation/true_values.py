"""Work out what is true of the made-up populations, and lines that several scenarios share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.count_regression.count_models import negative_binomial, poisson
from lamplighter.statistics.logistic_regression.marginal_effects import average_marginal_effects
from lamplighter.statistics.simulation import cohorts as made_up
from lamplighter.statistics.simulation.coverage import Answer
from lamplighter.statistics.simulation.estimates import (
    TERMS,
    Truths,
    days,
    of_terms,
    terms_of,
)

X_EFFECT, Z_EFFECT = 0.6, -0.4
HAZARD = {"x": 0.5, "z": -0.3}
RARE = 470
Generator = np.random.Generator


def linear_of(start: float, x: Floats, z: Floats, x_effect: float = X_EFFECT) -> Floats:
    """Log odds with effects of x and z."""
    return np.asarray(start + x_effect * x + Z_EFFECT * z)


@cache
def logistic_truth(start: float, icc: float, x_effect: float = X_EFFECT) -> tuple[Truths, Truths]:
    """Marginal coefficients and average effects of the population."""
    x, z, share = made_up.cells()
    likely = made_up.marginal_chance(linear_of(start, x, z, x_effect), made_up.spread_of(icc) if icc else 0.0)
    return of_population(terms_of(x, z), share, likely)


def of_population(terms: Floats, share: Floats, likely: Floats) -> tuple[Truths, Truths]:
    """Coefficients of the best logistic model of the population, and its average effects."""
    fit = made_up.population_fit(terms, share, likely, TERMS)
    average = average_marginal_effects(fit)
    return (
        {t: float(fit.coefficients[fit.at(t)]) for t in TERMS},
        {t: float(average.effects[average.names.index(t)]) for t in TERMS},
    )


def printed(n: int, day: int, had: float, open_share: float) -> bool:
    """Tell whether a curve of ``n`` allegations is printed at a day: 10 with the outcome by then and 10 still
    at risk expected (followed 30 to 540 days). The disclosure rule merges and ends curves there, so that
    other days are shown but not judged.
    """
    followed = min(1.0, (540 - day) / 510)
    return round(n * had) >= 10 and round(n * open_share * followed) >= 10


@cache
def closing(horizon: int) -> tuple[dict[int, float], dict[int, float], float]:
    """Any outcome and withdrawal at each day, and mean days open; x and z change the rate."""
    x, z, share = made_up.cells()
    multiplier = np.exp(HAZARD["x"] * x + HAZARD["z"] * z)
    closed = days(lambda day: made_up.closed_by(day, multiplier, share))
    withdrawn = {day: value * made_up.CAUSES[0] for day, value in closed.items()}
    return closed, withdrawn, made_up.mean_open(horizon, multiplier, share)


def count_lines(
    rng: Generator, terms: Floats, label: str = "", alpha: float = 0.8, **options: Any
) -> Iterator[Answer]:
    """Counts over different times at risk, NB2 with this alpha."""
    exposure = rng.uniform(30, 365, len(terms))
    mean = exposure / 200 * np.exp(terms @ np.array([X_EFFECT, Z_EFFECT]))
    count = rng.poisson(mean * rng.gamma(1 / alpha, alpha, len(terms))).astype(np.float64)
    truths = {"x": X_EFFECT, "z": Z_EFFECT}
    given: dict[str, Any] = {"names": TERMS, "exposure": exposure, **options}
    yield from of_terms(f"{label}Poisson, robust", lambda: poisson(count, terms, **given), truths)
    yield from of_terms(f"{label}negative binomial", lambda: negative_binomial(count, terms, **given), truths)
