"""The coverage programme: its sums, its seeds, and a small run of every scenario.

``python -m tools.verify.coverage`` runs a thousand cohorts a scenario; the table is in
docs/statistics-regression.md.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from lamplighter.statistics.simulation.cohorts import (
    CAUSES,
    closed_by,
    marginal_chance,
    outcomes,
    people,
    spread_of,
)
from lamplighter.statistics.simulation.coverage import (
    COUNT,
    FAIL,
    PASS,
    SHOWN,
    TYPE_I,
    Answer,
    Scenario,
    generator,
    judge,
    merge,
    run_part,
)
from lamplighter.statistics.simulation.scenarios import SCENARIOS
from lamplighter.statistics.simulation.true_values import logistic_truth
from tools.verify.coverage import HEAD, row


def test_there_are_twelve_scenarios_with_names_of_their_own():
    assert len(SCENARIOS) == 12
    assert len({s.name for s in SCENARIOS}) == 12


def _mean_of(rng):
    x = rng.normal(3.0, 1.0, 20)
    half = 2.093 * x.std(ddof=1) / math.sqrt(20)
    yield Answer("t", 3.0, x.mean(), x.mean() - half, x.mean() + half)
    yield Answer("half as wide", 3.0, x.mean(), x.mean() - half / 2, x.mean() + half / 2)
    yield Answer("nothing", 3.0, math.nan)
    yield Answer("tested", 3.0, x.mean(), x.mean() - half, x.mean() + half, measure=TYPE_I)
    yield Answer("counted", 1.0, 1.0, measure=COUNT)
    yield Answer("beside", 3.0, x.mean(), x.mean(), x.mean(), judged=False)


def test_an_honest_interval_passes_and_a_narrow_one_fails():
    scenario = Scenario("mean", "a mean", _mean_of)
    lines = {line.estimator: line for line in judge("mean", run_part(scenario, range(1500)))}
    assert lines["t"].verdict == PASS
    assert lines["t"].share == pytest.approx(0.95, abs=0.015)
    assert lines["half as wide"].verdict == FAIL
    assert (lines["nothing"].none, lines["nothing"].verdict) == (1500, FAIL)
    assert lines["tested"].share == pytest.approx(1 - lines["t"].share)
    assert (lines["counted"].share, lines["counted"].verdict) == (1.0, PASS)
    assert lines["beside"].verdict == SHOWN
    assert abs(lines["t"].bias) < 4 * lines["t"].bias_error
    assert all(len(row(line)) == len(HEAD) for line in lines.values())


def test_the_work_can_be_shared():
    scenario = Scenario("mean", "a mean", _mean_of)
    whole = list(judge("mean", run_part(scenario, range(60))))
    shared = list(judge("mean", merge(run_part(scenario, range(a, a + 20)) for a in (0, 20, 40))))
    assert [(a.estimator, a.share, a.none) for a in whole] == [(b.estimator, b.share, b.none) for b in shared]
    assert generator("mean", 7).random() == generator("mean", 7).random()
    assert generator("mean", 7).random() != generator("other", 7).random()


def test_the_truths_are_those_of_the_cohorts():
    rng = np.random.default_rng(1)
    who = people(rng, 200_000, icc=0.2)
    made = np.exp(0 * who.x)
    seen = outcomes(rng, made, follow_up=None)
    one = np.ones(1)
    assert ((seen.cause == 1) & (seen.time <= 30)).mean() == pytest.approx(
        closed_by(30, one, one) * CAUSES[0], abs=0.003
    )
    shared = np.exp(-0.6 + 0.6 * who.x + who.shared)
    for x in (0, 1):
        chance = (shared / (1 + shared))[who.x == x].mean()
        assert chance == pytest.approx(
            float(marginal_chance(np.array(-0.6 + 0.6 * x), spread_of(0.2))), abs=0.005
        )
    assert who.suspect.max() + 1 == pytest.approx(200_000 * 210 / 470, rel=0.01)
    # what suspects share pulls the population's odds ratio towards one
    assert logistic_truth(-0.6, 0.3)[0]["x"] < logistic_truth(-0.6, 0.0)[0]["x"] == pytest.approx(0.6)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[s.name.replace(" ", "-") for s in SCENARIOS])
def test_a_small_run_of_every_scenario(scenario):
    scenario.prepare()
    cohorts = 4 if scenario.name in ("sizes", "rates", "shared suspects", "rare factors") else 12
    lines = list(judge(scenario.name, run_part(scenario, range(cohorts)), wider=0.35))
    assert len(lines) >= 6
    wrong = [line.estimator for line in lines if line.verdict == FAIL and line.measure != TYPE_I]
    assert len(wrong) <= 0.1 * len(lines), wrong  # a band this wide catches an interval that is broken
    assert sum(line.none for line in lines) <= 0.05 * cohorts * len(lines)
