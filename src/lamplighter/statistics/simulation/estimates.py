"""Collect what each estimator says of a made-up cohort, as answers to be counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import StatisticsError
from lamplighter.statistics.count_regression.count_models import CountFit
from lamplighter.statistics.hazard_regression.cox import CoxFit, cox
from lamplighter.statistics.inference.proportions import newcombe, wilson
from lamplighter.statistics.logistic_regression.firth import FirthFit, firth
from lamplighter.statistics.logistic_regression.logistic import LogisticFit, logistic
from lamplighter.statistics.logistic_regression.marginal_effects import average_marginal_effects
from lamplighter.statistics.simulation.cohorts import DAYS, Outcomes
from lamplighter.statistics.simulation.coverage import Answer
from lamplighter.statistics.survival.aalen_johansen import aalen_johansen
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from lamplighter.statistics.survival.restricted_mean import difference, restricted_mean

Fit = LogisticFit | FirthFit | CountFit | CoxFit
TERMS = ("x", "z")
Truths = dict[str, float]


def terms_of(x: Floats, z: Floats) -> Floats:
    """(n, 2)."""
    return np.column_stack([x, z])


def of_terms(estimator: str, fit: Callable[[], Fit], truths: Truths, **options: Any) -> Iterator[Answer]:
    """A line a coefficient. A fit that is refused, or does not exist, gives no interval."""
    try:
        made = fit()
    except StatisticsError:
        for term, truth in truths.items():
            yield Answer(f"{estimator}: {term}", truth, math.nan, **options)
        return
    for term, truth in truths.items():
        j = made.names.index(term)
        yield Answer(
            f"{estimator}: {term}",
            truth,
            float(made.coefficients[j]),
            float(made.lower[j]),
            float(made.upper[j]),
            **options,
        )


def effects(
    estimator: str, fit: Callable[[], LogisticFit | FirthFit], truths: Truths, **options: Any
) -> Iterator[Answer]:
    """Average marginal effects, of the population."""
    try:
        made = average_marginal_effects(fit(), terms=tuple(truths), population=True)
    except StatisticsError:
        for term, truth in truths.items():
            yield Answer(f"{estimator}: {term}", truth, math.nan, **options)
        return
    for j, term in enumerate(made.names):
        yield Answer(
            f"{estimator}: {term}",
            truths[term],
            float(made.effects[j]),
            float(made.lower[j]),
            float(made.upper[j]),
            **options,
        )


def logistic_lines(
    y: Floats, terms: Floats, truths: Truths, effect_truths: Truths, label: str = "", **fit_options: Any
) -> Iterator[Answer]:
    """Maximum likelihood and its average marginal effects."""
    made: list[LogisticFit] = []

    def fit() -> LogisticFit:
        if not made:
            made.append(logistic(y, terms, names=TERMS, **fit_options))
        return made[0]

    yield from of_terms(f"{label}logistic", fit, truths)
    yield from effects(f"{label}average marginal effect", fit, effect_truths)


def firth_lines(
    y: Floats, terms: Floats, truths: Truths, label: str = "", names: Any = TERMS, **options: Any
) -> Iterator[Answer]:
    """Firth's method with profile limits."""
    yield from of_terms(
        f"{label}Firth, profile limits",
        lambda: firth(y, terms, names=names, profile=tuple(truths), **options),
        truths,
    )


def proportion(events: float, n: int, truth: float, label: str = "") -> Answer:
    """Wilson."""
    made = wilson(events, n)
    return interval(f"{label}Wilson", truth, made.estimate, made.lower, made.upper)


def gap(a: tuple[float, int], b: tuple[float, int], truth: float, label: str = "") -> Answer:
    """Newcombe."""
    made = newcombe(a[0], a[1], b[0], b[1])
    return interval(f"{label}Newcombe", truth, made.estimate, made.lower, made.upper)


def interval(name: str, truth: float, estimate: Any, lower: Any, upper: Any) -> Answer:
    """An answer from values of any shape (one number each)."""
    one, low, high = (float(np.ravel(value)[0]) for value in (estimate, lower, upper))
    return Answer(name, truth, one, low, high)


def curves(
    seen: Outcomes, truths: dict[int, float], label: str = "", *, cause: int = 1, clusters: Any = None
) -> Iterator[Answer]:
    """Aalen-Johansen at each day, log-log limits."""
    made = aalen_johansen(seen.time, seen.cause, clusters=clusters).risk_at(list(truths), cause)
    for j, (day, truth) in enumerate(truths.items()):
        name = f"{label}Aalen-Johansen, day {day}"
        yield interval(name, truth, made.estimate[j], made.lower[j], made.upper[j])


def survival_lines(
    seen: Outcomes, truths: dict[int, float], label: str = "", *, clusters: Any = None
) -> Iterator[Answer]:
    """Kaplan-Meier of the first outcome of any kind at each day, log-log limits. ``truths``: share closed."""
    made = kaplan_meier(seen.time, seen.cause > 0, clusters=clusters).risk_at(list(truths))
    for j, (day, truth) in enumerate(truths.items()):
        name = f"{label}Kaplan-Meier, day {day}"
        yield interval(name, truth, made.estimate[j], made.lower[j], made.upper[j])


def mean_line(seen: Outcomes, horizon: int, truth: float, label: str = "") -> Iterator[Answer]:
    """Restricted mean."""
    name = f"{label}restricted mean, {horizon} days"
    try:
        made = restricted_mean(seen.time, seen.cause > 0, horizon)
    except StatisticsError:
        yield Answer(name, truth, math.nan)
        return
    yield Answer(name, truth, made.estimate, made.lower, made.upper)


def mean_gap_line(
    seen: Outcomes, group: Floats, horizon: int, truth: float, label: str = ""
) -> Iterator[Answer]:
    """Difference of restricted means, group 1 minus group 0."""
    name = f"{label}restricted mean difference, {horizon} days"
    try:
        one, none = (
            restricted_mean(seen.time[group == g], seen.cause[group == g] > 0, horizon) for g in (1, 0)
        )
        made = difference(one, none)
    except StatisticsError:
        yield Answer(name, truth, math.nan)
        return
    yield Answer(name, truth, made.estimate, made.lower, made.upper)


def cox_lines(
    seen: Outcomes, terms: Floats, truths: Truths, label: str = "", *, clusters: Any, **options: Any
) -> Iterator[Answer]:
    """Cox, cluster-robust."""
    yield from of_terms(
        f"{label}Cox, robust",
        lambda: cox(seen.time, seen.cause > 0, terms, clusters=clusters, names=TERMS),
        truths,
        **options,
    )


def rejects(answers: Iterable[Answer], *, judged: bool = True) -> Iterator[Answer]:
    """The same answers, counted as false findings when the interval leaves out the truth."""
    for a in answers:
        yield Answer(a.estimator, a.truth, a.estimate, a.lower, a.upper, judged, "type I error", a.note)


def shown(answers: Iterable[Answer], note: str) -> Iterator[Answer]:
    """The same answers, to be compared with and not judged."""
    for a in answers:
        yield Answer(a.estimator, a.truth, a.estimate, a.lower, a.upper, False, a.measure, note)


def days(truth: Callable[[int], float]) -> dict[int, float]:
    """The truth at each of the days reported."""
    return {day: truth(day) for day in DAYS}
