"""Made-up cohorts of allegations with a known truth: shared suspects, outcomes that compete, counts, late
ends.

Terms take few values, so that what is true of the population (marginal coefficients under shared suspects,
average effects, the limit of a model of the wrong form) is found exactly: by summing over the cells of the
population, with Gauss-Hermite quadrature over what suspects share. Nothing true is itself simulated, but for
the two limits of a Cox model under effects that change with time, which come from one cohort of 400,000.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.logistic_regression.logistic import LogisticFit, logistic

SHARES = {"x": 0.4, "z": 0.5}
SHAPE = 0.7  # of the Weibull hazards: front-loaded
CLOSED_BY_A_YEAR = 2.3 / 365**SHAPE  # total rate: 90% of allegations are closed after a year
CAUSES = (0.45, 0.41, 0.14)  # withdrawn, no further action, charged
DAYS = (7, 30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class People:
    """Rows of a cohort: suspect of each allegation, victim, a term of the suspect and a term of the
    allegation, and what the suspect (and victim) adds to the linear predictor."""

    suspect: Ints
    victim: Ints
    x: Floats
    z: Floats
    shared: Floats


def spread_of(icc: float) -> float:
    """Standard deviation on the log-odds scale that gives this intraclass correlation."""
    return float(np.sqrt(icc / (1 - icc) * np.pi**2 / 3))


def suspects(rng: np.random.Generator, n: int, allegations: float) -> Ints:
    """Suspect of each of ``n`` rows: geometric numbers of allegations, this many on average."""
    sizes = rng.geometric(1 / allegations, size=n)
    return np.repeat(np.arange(n), sizes)[:n].astype(np.int64)


def people(
    rng: np.random.Generator,
    n: int,
    *,
    icc: float = 0.0,
    allegations: float = 470 / 210,
    victim_icc: float = 0.0,
) -> People:
    """A cohort of ``n`` allegations. ``x`` belongs to the suspect, ``z`` to the allegation, both 0 or 1."""
    suspect = suspects(rng, n, allegations) if allegations > 1 else np.arange(n, dtype=np.int64)
    groups = int(suspect[-1]) + 1
    victim = rng.permutation(suspects(rng, n, 1.6))
    x = (rng.random(groups) < SHARES["x"]).astype(np.float64)[suspect]
    z = (rng.random(n) < SHARES["z"]).astype(np.float64)
    shared = rng.normal(0, spread_of(icc), groups)[suspect] + rng.normal(0, spread_of(victim_icc), n)[victim]
    return People(suspect, victim, x, z, shared)


def chance(rng: np.random.Generator, linear: Floats) -> Floats:
    """0 or 1 with log odds ``linear``."""
    return np.asarray(rng.random(linear.size) < special.expit(linear), dtype=np.float64)


def cells() -> tuple[Floats, Floats, Floats]:
    """The four cells of (x, z) and their shares of the population."""
    rows = np.array(list(itertools.product((0.0, 1.0), repeat=2)))
    share = np.where(rows[:, 0] == 1, SHARES["x"], 1 - SHARES["x"])
    share = share * np.where(rows[:, 1] == 1, SHARES["z"], 1 - SHARES["z"])
    return rows[:, 0], rows[:, 1], share


@cache
def nodes(spread: float) -> tuple[Floats, Floats]:
    """Points and weights of a normal distribution with this standard deviation."""
    if spread == 0:
        return np.zeros(1), np.ones(1)
    at, weight = np.polynomial.hermite_e.hermegauss(60)
    return np.asarray(at * spread), np.asarray(weight / weight.sum())


def marginal_chance(linear: Floats, spread: float) -> Floats:
    """Chance of the outcome with log odds ``linear`` plus a normal term of this spread."""
    at, weight = nodes(spread)
    return np.asarray(special.expit(linear[..., None] + at) @ weight)


def population_fit(terms: Floats, share: Floats, likely: Floats, names: Any = None) -> LogisticFit:
    """The logistic model of the whole population: cells (c, terms), their shares and chances (c,)."""
    outcome = np.r_[np.ones(len(share)), np.zeros(len(share))]
    weights = np.r_[share * likely, share * (1 - likely)] * 1e6
    return logistic(outcome, np.vstack([terms, terms]), names=names, weights=weights)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Days to the first outcome or to the end of follow-up, and which (0 censored, 1, 2, 3 as CAUSES)."""

    time: Floats
    cause: Ints


def outcomes(
    rng: np.random.Generator, multiplier: Floats, *, follow_up: tuple[float, float] | None = (30, 540)
) -> Outcomes:
    """Competing outcomes on whole days. ``multiplier`` (n,) multiplies every rate; follow-up ends evenly
    between the two days (``None``: nobody is cut off)."""
    n = multiplier.size
    total = CLOSED_BY_A_YEAR * multiplier
    day = np.ceil((rng.exponential(size=n) / total) ** (1 / SHAPE))
    which = rng.choice(3, size=n, p=CAUSES) + 1
    if follow_up is None:
        return Outcomes(day, which.astype(np.int64))
    end = np.floor(rng.uniform(*follow_up, n))
    return Outcomes(np.minimum(day, end), np.where(day <= end, which, 0).astype(np.int64))


def closed_by(day: float, multipliers: Floats, share: Floats, spread: float = 0.0) -> float:
    """Share of the population with any outcome by a day."""
    at, weight = nodes(spread)
    rate = CLOSED_BY_A_YEAR * np.multiply.outer(multipliers, np.exp(at))
    return float(share @ (-np.expm1(-rate * day**SHAPE)) @ weight)


def mean_open(horizon: int, multipliers: Floats, share: Floats) -> float:
    """Mean whole days until the first outcome within the horizon."""
    return float(sum(1 - closed_by(day, multipliers, share) for day in range(horizon)))
