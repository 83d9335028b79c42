"""Scenarios of traps: what a plain method gets wrong, and whether ours gets it right."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.count_regression.count_models import negative_binomial, poisson
from lamplighter.statistics.hazard_regression.cox import cox
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.statistics.logistic_regression.logistic import logistic
from lamplighter.statistics.simulation import cohorts as made_up
from lamplighter.statistics.simulation.coverage import Answer
from lamplighter.statistics.simulation.estimates import (
    TERMS,
    Truths,
    cox_lines,
    curves,
    days,
    effects,
    firth_lines,
    gap,
    interval,
    logistic_lines,
    mean_gap_line,
    of_terms,
    rejects,
    shown,
    survival_lines,
    terms_of,
)
from lamplighter.statistics.simulation.true_values import (
    RARE,
    X_EFFECT,
    Generator,
    count_lines,
    linear_of,
    logistic_truth,
    of_population,
)

ICCS = (0.0, 0.1, 0.2, 0.3)


def clustering(rng: Generator) -> Iterator[Answer]:
    """470 allegations on about 210 suspects, ICC 0 to 0.3: cluster-robust, plain beside."""
    for icc in ICCS:
        label = f"ICC {icc:.1f}: "
        who = made_up.people(rng, RARE, icc=icc)
        terms = terms_of(who.x, who.z)
        y = made_up.chance(rng, linear_of(-0.6, who.x, who.z) + who.shared)
        truths, average = logistic_truth(-0.6, icc)
        yield from logistic_lines(y, terms, truths, average, label, clusters=who.suspect)
        yield from firth_lines(y, terms, truths, label, clusters=who.suspect)
        alone = of_terms(
            f"{label}logistic, plain", partial(logistic, y, terms, names=TERMS), {"x": truths["x"]}
        )
        yield from shown(alone, "suspects taken as unrelated")
    who = made_up.people(rng, RARE, icc=0.2, victim_icc=0.1)
    terms = terms_of(who.x, who.z)
    both = math.hypot(made_up.spread_of(0.2), made_up.spread_of(0.1))
    y = made_up.chance(rng, linear_of(-0.6, who.x, who.z) + who.shared)
    x, z, share = made_up.cells()
    likely = made_up.marginal_chance(linear_of(-0.6, x, z), both)
    truths, average = of_population(terms_of(x, z), share, likely)
    ways = (who.suspect, who.victim)
    yield from logistic_lines(y, terms, truths, average, "suspects and victims: ", clusters=ways)
    seen = made_up.outcomes(rng, np.exp(0.7 * who.shared))
    spread = 0.7 * both
    one = np.ones(1)
    truth = days(lambda day: made_up.closed_by(day, one, one, spread) * made_up.CAUSES[0])
    yield from curves(seen, truth, clusters=who.suspect)
    yield from count_lines(rng, terms, clusters=who.suspect)


def _crossing(rng: Generator, n: int) -> tuple[Floats, made_up.Outcomes]:
    """Two groups whose hazards cross: shapes 0.6 and 1.1."""
    group = (rng.random(n) < 0.5).astype(np.float64)
    shape = np.where(group == 1, 1.1, 0.6)
    day = np.ceil(120 * rng.exponential(size=n) ** (1 / shape))
    end = np.floor(rng.uniform(200, 540, n))
    return group, made_up.Outcomes(np.minimum(day, end), (day <= end).astype(np.int64))


@cache
def crossing_truth() -> tuple[float, float]:
    """Return what Cox tends to (from 400,000), and the difference of mean days open."""
    rng = np.random.default_rng(7)
    group, seen = _crossing(rng, 400_000)
    limit = float(cox(seen.time, seen.cause > 0, group[:, None]).coefficients[0])
    area = [sum(math.exp(-((day / 120) ** shape)) for day in range(180)) for shape in (0.6, 1.1)]
    return limit, area[1] - area[0]


def crossing(rng: Generator) -> Iterator[Answer]:
    """Hazards that cross (n = 500): restricted mean difference, curves, and what Cox tends to."""
    group, seen = _crossing(rng, 500)
    limit, area = crossing_truth()
    yield from mean_gap_line(seen, group, 180, area)
    for g, shape in ((0, 0.6), (1, 1.1)):
        truth = {day: 1 - math.exp(-((day / 120) ** shape)) for day in (30, 90, 180)}
        kept = made_up.Outcomes(seen.time[group == g], seen.cause[group == g])
        yield from survival_lines(kept, truth, f"group {g}: ")
    yield from of_terms(
        "Cox, robust (its limit)",
        lambda: cox(
            seen.time, seen.cause > 0, group[:, None], clusters=np.arange(group.size), names=("group",)
        ),
        {"group": limit},
    )


def competing(rng: Generator) -> Iterator[Answer]:
    """Withdrawal, no further action and charge compete (n = 470); 1 - KM is there to be seen fail."""
    seen = made_up.outcomes(rng, np.ones(RARE))
    one = np.ones(1)
    for cause, called in ((1, "withdrawn"), (2, "no further action"), (3, "charged")):
        share = made_up.CAUSES[cause - 1]
        truth = {day: made_up.closed_by(day, one, one) * share for day in made_up.DAYS}
        yield from curves(seen, truth, f"{called}: ", cause=cause)
    censored = made_up.Outcomes(seen.time, (seen.cause == 1).astype(np.int64))
    withdrawn = made_up.closed_by(180, one, one) * made_up.CAUSES[0]
    naive = survival_lines(censored, {180: withdrawn}, "1 - KM, others censored: ")
    yield from shown(naive, "the trap")


def lag(rng: Generator) -> Iterator[Answer]:
    """Allegations still open on the day of the extract (n = 470, followed 1 to 365 days)."""
    seen = made_up.outcomes(rng, np.ones(RARE), follow_up=(1, 366))
    one = np.ones(1)
    truth = {d: made_up.closed_by(d, one, one) * made_up.CAUSES[0] for d in (7, 30, 90, 180)}
    yield from curves(seen, truth)
    yield from survival_lines(seen, {d: made_up.closed_by(d, one, one) for d in (7, 30, 90, 180)})
    by = (seen.cause == 1) & (seen.time <= 180)
    made = wilson(float(by.sum()), RARE)
    name = "share of all, open ones counted as not"
    naive = interval(name, truth[180], made.estimate, made.lower, made.upper)
    yield from shown([naive], "the trap")


def linkage(rng: Generator) -> Iterator[Answer]:
    """Suspects wrongly linked (ICC 0.2): 5% of rows lose their suspect, 5% are given another's."""
    who = made_up.people(rng, RARE, icc=0.2)
    terms = terms_of(who.x, who.z)
    y = made_up.chance(rng, linear_of(-0.6, who.x, who.z) + who.shared)
    linked = who.suspect.copy()
    lost, wrong = rng.random(RARE) < 0.05, rng.random(RARE) < 0.05
    linked[lost] = RARE + np.flatnonzero(lost)
    linked[wrong] = rng.choice(who.suspect, int(wrong.sum()))
    truths, average = logistic_truth(-0.6, 0.2)
    yield from logistic_lines(y, terms, truths, average, clusters=linked)
    yield from firth_lines(y, terms, truths, clusters=linked)
    yield from count_lines(rng, terms, clusters=linked)


@cache
def _overlap_truth() -> tuple[Truths, Truths, tuple[Floats, Floats, Floats]]:
    grid = np.arange(5.0)
    z = np.repeat(grid, 2)
    x = np.tile([0.0, 1.0], 5)
    likely_x = special.expit(2.2 * (z - 2))
    share = 0.2 * np.where(x == 1, likely_x, 1 - likely_x)
    likely = special.expit(-0.8 + 0.5 * x + 0.3 * (z - 2))
    truths, average = of_population(np.column_stack([x, z]), share, likely)
    return truths, average, (x, z, share)


def overlap(rng: Generator) -> Iterator[Answer]:
    """A term that another nearly decides (n = 500): chances of it from 1% to 99%."""
    truths, average, _ = _overlap_truth()
    z = rng.integers(0, 5, 500).astype(np.float64)
    x = made_up.chance(rng, 2.2 * (z - 2))
    y = made_up.chance(rng, -0.8 + 0.5 * x + 0.3 * (z - 2))
    terms = np.column_stack([x, z])
    yield from logistic_lines(y, terms, truths, average)
    yield from firth_lines(y, terms, truths)


@cache
def _wrong_form_truth() -> tuple[Truths, Truths]:
    z = np.repeat(np.arange(5.0), 2)
    x = np.tile([0.0, 1.0], 5)
    share = np.full(10, 0.1)
    return of_population(np.column_stack([x, z]), share, special.expit(_curved(x, z)))


def _curved(x: Floats, z: Floats) -> Floats:
    return np.asarray(-1.0 + 0.6 * x + 0.35 * (z - 2) ** 2 - 0.3 * x * z)


def wrong_form(rng: Generator) -> Iterator[Answer]:
    """A curve and an interaction left out (n = 500): robust limits hold the best line; counts not NB2."""
    truths, average = _wrong_form_truth()
    n = 500
    z = rng.integers(0, 5, n).astype(np.float64)
    x = (rng.random(n) < 0.5).astype(np.float64)
    terms = np.column_stack([x, z])
    y = made_up.chance(rng, _curved(x, z))
    yield from logistic_lines(y, terms, truths, average, robust=True)
    effect = {"x": X_EFFECT, "z": 0.2}
    mean = np.exp(-0.5 + terms @ np.array([X_EFFECT, 0.2]))
    count = rng.poisson(mean * rng.lognormal(-0.5 * 0.9**2, 0.9, n)).astype(np.float64)
    yield from of_terms("Poisson, robust", lambda: poisson(count, terms, names=TERMS), effect)
    yield from of_terms(
        "negative binomial, robust", lambda: negative_binomial(count, terms, names=TERMS, robust=True), effect
    )
    plain = of_terms("Poisson, plain", lambda: poisson(count, terms, names=TERMS, robust=False), effect)
    yield from shown(plain, "too narrow: flagged")


def no_effect(rng: Generator) -> Iterator[Answer]:
    """No effect of the suspect's term, 470 allegations on about 210 suspects, ICC 0.3: false findings."""
    who = made_up.people(rng, RARE, icc=0.3)
    terms = terms_of(who.x, who.z)
    y = made_up.chance(rng, linear_of(-0.6, who.x, who.z, 0.0) + who.shared)
    nothing = {"x": 0.0}

    fit = logistic(y, terms, names=TERMS, clusters=who.suspect)
    yield from rejects(of_terms("logistic", lambda: fit, nothing))
    yield from rejects(effects("average marginal effect", lambda: fit, nothing))
    yield from rejects(firth_lines(y, terms, nothing, clusters=who.suspect))
    plain = of_terms("logistic, plain", lambda: logistic(y, terms, names=TERMS), nothing)
    yield from rejects(shown(plain, ""), judged=False)
    seen = made_up.outcomes(rng, np.exp(0.5 * who.shared))
    yield from rejects(cox_lines(seen, terms, nothing, clusters=who.suspect))
    count = rng.poisson(np.exp(-0.3 + 0.5 * who.shared)).astype(np.float64)
    given: dict[str, Any] = {"names": TERMS, "clusters": who.suspect}
    yield from rejects(of_terms("Poisson", lambda: poisson(count, terms, **given), nothing))
    yield from rejects(
        of_terms("negative binomial", lambda: negative_binomial(count, terms, **given), nothing)
    )
    plain = of_terms("Poisson, plain", lambda: poisson(count, terms, names=TERMS, robust=False), nothing)
    yield from rejects(plain, judged=False)


@cache
def _uneven_truth() -> tuple[Truths, Truths, float]:
    x, z, share = made_up.cells()
    likely = special.expit(_uneven(x, z))
    truths, average = of_population(terms_of(x, z), share, likely)
    gap_ = [float((share * likely)[x == g].sum() / share[x == g].sum()) for g in (1, 0)]
    return truths, average, gap_[0] - gap_[1]


def _uneven(x: Floats, z: Floats) -> Floats:
    return np.asarray(-0.6 + 0.9 * x - 0.3 * z - 1.2 * x * z)


@cache
def uneven_hazard() -> float:
    """Return what Cox without the interaction tends to, from 400,000."""
    rng = np.random.default_rng(8)
    who = made_up.people(rng, 400_000, allegations=1)
    seen = made_up.outcomes(rng, np.exp(0.8 * who.x - 0.9 * who.x * who.z))
    fit = cox(seen.time, seen.cause > 0, terms_of(who.x, who.z), names=TERMS)
    return float(fit.coefficients[0])


def uneven(rng: Generator) -> Iterator[Answer]:
    """An effect that differs between two halves, left out of the model (n = 500): the average effect."""
    truths, average, gap_ = _uneven_truth()
    who = made_up.people(rng, 500, allegations=1)
    terms = terms_of(who.x, who.z)
    y = made_up.chance(rng, _uneven(who.x, who.z))
    yield from logistic_lines(y, terms, truths, average, robust=True)
    one, none = y[who.x == 1], y[who.x == 0]
    yield gap((one.sum(), one.size), (none.sum(), none.size), gap_)
    seen = made_up.outcomes(rng, np.exp(0.8 * who.x - 0.9 * who.x * who.z))
    yield from cox_lines(seen, terms, {"x": uneven_hazard()}, "its limit: ", clusters=who.suspect)


def few_clusters(rng: Generator) -> Iterator[Answer]:
    """5 to 40 suspects with twelve allegations each, ICC 0.2: where the flag begins."""
    spread = made_up.spread_of(0.2)
    likely = made_up.marginal_chance(np.array([-0.3, 0.3]), spread)
    truth = {"x": float(special.logit(likely[1]) - special.logit(likely[0]))}
    for groups in (5, 10, 20, 30, 40):
        suspect = np.repeat(np.arange(groups), 12)
        x = (suspect % 2).astype(np.float64)
        y = made_up.chance(rng, -0.3 + 0.6 * x + rng.normal(0, spread, groups)[suspect])
        if np.ptp(y) == 0:
            continue
        for correction in ("CR0", "CR1", "CR2", "CR3"):
            fit = partial(logistic, y, x, names=("x",), clusters=suspect, correction=correction)
            yield from shown(of_terms(f"{groups} suspects, {correction}", fit, truth), "")
