"""Scenarios of size: how many allegations, how rare an outcome, how rare a factor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.logistic_regression.firth import firth
from lamplighter.statistics.logistic_regression.logistic import logistic
from lamplighter.statistics.simulation import cohorts as made_up
from lamplighter.statistics.simulation.coverage import COUNT, Answer
from lamplighter.statistics.simulation.estimates import (
    cox_lines,
    curves,
    firth_lines,
    gap,
    logistic_lines,
    mean_line,
    of_terms,
    proportion,
    shown,
    survival_lines,
    terms_of,
)
from lamplighter.statistics.simulation.true_values import (
    HAZARD,
    RARE,
    Generator,
    closing,
    count_lines,
    linear_of,
    logistic_truth,
    printed,
)

SIZES = (60, 150, 500, 5_000)
RATES = (0.05, 0.10, 0.20, 0.35, 0.55)
DRAWS = 10  # counts in one cohort: they cost nothing, and their coverage goes up and down in small steps


def sizes(rng: Generator) -> Iterator[Answer]:
    """Every estimator at n = 60, 150, 500, 5,000; nothing shared, the model right."""
    for n in SIZES:
        label = f"n {n:,}: "
        who = made_up.people(rng, n, allegations=1)
        terms = terms_of(who.x, who.z)
        linear = linear_of(-0.6, who.x, who.z)
        y = made_up.chance(rng, linear)
        truths, average = logistic_truth(-0.6, 0.0)
        x, z, share = made_up.cells()
        overall = float(share @ special.expit(linear_of(-0.6, x, z)))
        for _ in range(DRAWS):
            yield proportion(float(rng.binomial(n, overall)), n, overall, label)
        if n <= 500:
            yield from firth_lines(y, terms, truths, label)
        if n >= 150:
            yield from logistic_lines(y, terms, truths, average, label)
        seen = made_up.outcomes(rng, np.exp(HAZARD["x"] * who.x + HAZARD["z"] * who.z))
        closed, withdrawn, open_days = closing(180)
        still = {day: printed(n, day, withdrawn[day], 1 - closed[day]) for day in closed}
        yield from as_printed(curves(seen, withdrawn, label), still)
        still = {day: printed(n, day, closed[day], 1 - closed[day]) for day in closed}
        yield from as_printed(survival_lines(seen, closed, label), still)
        yield from mean_line(seen, 180, open_days, label)
        yield from cox_lines(seen, terms, HAZARD, label, clusters=who.suspect)
        if n <= 500:
            yield from count_lines(rng, terms, label)


def rates(rng: Generator) -> Iterator[Answer]:
    """Rates of 5 to 55%: proportions, differences (60 against 2,000) and models, n = 500."""
    for n in (60, 150):
        for drawn in rng.uniform(0.05, 0.55, DRAWS):
            events = float(rng.binomial(n, drawn))
            yield _pooled(proportion(events, n, float(drawn), f"any rate, n {n}: "))
    for rate in RATES:
        label = f"rate {rate:.0%}: "
        other = rate * 1.6 if rate < 0.5 else 0.4
        for _ in range(DRAWS):
            yield proportion(float(rng.binomial(500, rate)), 500, rate, f"{label}n 500: ")
            small, large = float(rng.binomial(60, rate)), float(rng.binomial(2_000, other))
            yield gap((small, 60), (large, 2_000), rate - other, label)
        start = float(special.logit(rate))
        who = made_up.people(rng, 500, allegations=1)
        terms = terms_of(who.x, who.z)
        y = made_up.chance(rng, linear_of(start, who.x, who.z))
        truths, average = logistic_truth(start, 0.0)
        yield from logistic_lines(y, terms, truths, average, label)
        yield from firth_lines(y, terms, truths, label)


def as_printed(answers: Iterator[Answer], still: dict[int, bool]) -> Iterator[Answer]:
    """Days in order; those at which the curve would not be printed are shown and not judged."""
    for answer, judged in zip(answers, still.values(), strict=True):
        if judged:
            yield answer
        else:
            yield from shown([answer], "too few to print")


def _pooled(answer: Answer) -> Answer:
    """The rate differs from cohort to cohort: count about nothing, so that sums have a meaning."""
    t = answer.truth
    return Answer(answer.estimator, 0.0, answer.estimate - t, answer.lower - t, answer.upper - t)


RARE_SHARES = np.r_[0.01, 0.015, 0.02, np.full(9, 0.35)]
RARE_EFFECTS = np.r_[0.8, -0.6, 0.0, 0.5, -0.5, 0.4, 0.0, 0.0, 0.3, 0.0, 0.0, -0.3]
RARE_NAMES = tuple(f"rare {s:.1%}" for s in RARE_SHARES[:3]) + tuple(f"common {j}" for j in range(1, 10))


def rare(rng: Generator) -> Iterator[Answer]:
    """470 allegations, 12 factors, three of them rare (1 to 2%): Firth's method, and whether ML exists."""
    terms = (rng.random((RARE, 12)) < RARE_SHARES).astype(np.float64)
    while (np.ptp(terms, axis=0) == 0).any():  # a factor nobody has is no factor
        terms = (rng.random((RARE, 12)) < RARE_SHARES).astype(np.float64)
    y = made_up.chance(rng, -0.5 + terms @ RARE_EFFECTS)
    asked = (0, 1, 2, 3, 6)
    truths = {RARE_NAMES[j]: float(RARE_EFFECTS[j]) for j in asked}
    fit = firth(y, terms, names=RARE_NAMES, profile=tuple(truths))
    yield from of_terms("Firth, profile limits", lambda: fit, truths)
    spread = fit.standard_errors
    for j in asked[:3]:
        at = j + 1
        name = f"Firth, Wald limits: {RARE_NAMES[j]}"
        half = 1.959964 * float(spread[at])
        centre = float(fit.coefficients[at])
        yield Answer(name, float(RARE_EFFECTS[j]), centre, centre - half, centre + half, judged=False)
    settled = bool(np.isfinite(fit.coefficients).all())
    yield Answer("Firth gives an estimate", 1.0, float(settled), measure=COUNT)
    plain = logistic(y, terms, names=RARE_NAMES)
    gone = _none_on_one_side(y, terms)
    told = bool(plain.separation) and set(gone) <= set(plain.separation.terms)
    yield Answer("separation reported when planted", 1.0, float(told if gone else True), measure=COUNT)
    exists = float(not plain.separation)
    yield Answer("ML has an estimate", 1.0, exists, judged=False, measure=COUNT, note="why Firth")


def _none_on_one_side(y: Floats, terms: Floats) -> list[str]:
    """Factors whose every row has the same outcome: separated by eye, whatever the others do."""
    return [RARE_NAMES[j] for j in range(terms.shape[1]) if np.ptp(y[terms[:, j] == 1]) == 0]
