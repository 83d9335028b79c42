"""Rows that are alike are worked on together: the same fit as one row at a time, by every estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lamplighter.statistics import (
    average_marginal_effects,
    calibration,
    cox,
    fine_gray,
    influence,
    link_test,
    logistic,
    proportional_hazards,
    variance_inflation,
)
from lamplighter.statistics.hazard_regression import fine_gray as fine_gray_room
from lamplighter.statistics.hazard_regression import risk_sets
from lamplighter.statistics.logistic_regression import diagnostics
from lamplighter.statistics.logistic_regression import logistic as logistic_room
from lamplighter.statistics.regression.patterns import alike, repeats

RNG = np.random.default_rng(15)
N = 900
X = (RNG.random((N, 4)) < [0.5, 0.3, 0.2, 0.1]).astype(float)
SUSPECT = RNG.integers(0, 500, N)
TIME = np.ceil(RNG.exponential(20 * np.exp(-X @ [0.5, -0.4, 0.2, 0.1])))
CAUSE = np.where(TIME > 40, 0, RNG.integers(0, 3, N))
TIME = np.minimum(TIME, 40)
ENTRY = np.floor(RNG.random(N) * np.minimum(TIME, 4)) - 0.5


def alone(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    monkeypatch.setattr(room, "repeats", lambda _: False)


def same(one: Any, other: Any) -> None:
    for part in ("coefficients", "covariance", "naive_covariance", "lower", "p_values", "loglik"):
        assert getattr(other, part) == pytest.approx(getattr(one, part), rel=1e-9, abs=1e-14), part


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"ties": "breslow"},
        {"clusters": SUSPECT},
        {"clusters": SUSPECT, "entry": ENTRY},
        {"clusters": SUSPECT, "strata": SUSPECT % 3, "entry": ENTRY},
        {"weights": RNG.integers(1, 4, N).astype(float), "clusters": SUSPECT},
    ],
)
def test_cox(more: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    together = cox(TIME, CAUSE == 1, X, **more)
    assert together.model.sets is not None
    assert together.model.sets.n.max() > 1
    assert together.model.sets.x.shape[0] <= 16
    tests = proportional_hazards(together)
    alone(monkeypatch, risk_sets)
    apart = cox(TIME, CAUSE == 1, X, **more)
    assert apart.model.sets is not None
    assert apart.model.sets.n.max() == 1
    same(together, apart)
    other = proportional_hazards(apart)
    assert [t.statistic for t in tests.tests] == pytest.approx([t.statistic for t in other.tests], rel=1e-8)
    assert tests.overall.p == pytest.approx(other.overall.p, rel=1e-8)


@pytest.mark.parametrize("entry", [None, ENTRY])
@pytest.mark.parametrize("clusters", [None, SUSPECT])
def test_fine_and_gray(entry: Any, clusters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    together = fine_gray(TIME, CAUSE, X, entry=entry, clusters=clusters)
    alone(monkeypatch, fine_gray_room)
    same(together, fine_gray(TIME, CAUSE, X, entry=entry, clusters=clusters))


VICTIM = RNG.integers(0, 700, N)
Y = (RNG.random(N) < 1 / (1 + np.exp(0.4 - X @ [0.8, -0.5, 0.3, 0.2]))).astype(int)


def fitted(least: int, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Any:
    for room in (logistic_room, diagnostics):
        monkeypatch.setattr(room, "WORTH_GROUPING", least)
    return logistic(Y, more.pop("x", X), **more)


@pytest.mark.parametrize("correction", ["CR0", "CR1", "CR2", "CR3"])
@pytest.mark.parametrize("clusters", [None, SUSPECT, (SUSPECT, VICTIM), np.arange(N) % 12, np.arange(N)])
def test_logistic(clusters: Any, correction: str, monkeypatch: pytest.MonkeyPatch) -> None:
    more = {"clusters": clusters, "correction": correction, "robust": True}
    apart, together = (fitted(least, monkeypatch, **more) for least in (10**9, 1))
    assert apart.design.matrix.shape[0] == N
    assert together.design.matrix.shape[0] <= 32
    for part in ("coefficients", "covariance", "lower", "log_likelihood", "probabilities"):
        assert getattr(together, part) == pytest.approx(getattr(apart, part), rel=1e-9, abs=1e-13), part
    assert (together.n, together.events, together.events_per_term) == (N, apart.events, apart.events_per_term)
    for population in (False, True):
        one, other = (average_marginal_effects(fit, population=population) for fit in (apart, together))
        assert other.effects == pytest.approx(one.effects, rel=1e-9)
        assert other.standard_errors == pytest.approx(one.standard_errors, rel=1e-8)
    one, other = (influence(fit, threshold=0.05) for fit in (apart, together))
    assert other.largest == pytest.approx(one.largest, rel=1e-8)
    assert (other.above, other.units, other.unit) == (one.above, one.units, one.unit)
    assert one.above > 0


def test_what_is_asked_of_a_logistic_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    inflated = variance_inflation(X)
    apart, together = (fitted(least, monkeypatch, clusters=SUSPECT) for least in (10**9, 1))
    assert variance_inflation(X).values == pytest.approx(inflated.values, rel=1e-10)
    assert link_test(together).p_value == pytest.approx(link_test(apart).p_value, rel=1e-7)
    one, other = calibration(apart), calibration(together)
    assert (other.counts == one.counts).all()
    assert other.p_value == pytest.approx(one.p_value)


def test_separated_rows_are_counted_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.column_stack([X[:, :2], Y * (X[:, 2] == 1)])  # whoever has the third had the outcome
    apart, together = (fitted(least, monkeypatch, x=x) for least in (10**9, 1))
    assert together.separation == apart.separation
    assert together.separation.kind == "quasi"
    assert together.separation.rows == int(x[:, 2].sum())


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int64, np.float32])
def test_indicators_of_any_kind_give_the_same_bytes(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, other = (fitted(1, monkeypatch, x=x, clusters=SUSPECT) for x in (X, X.astype(kind)))
    assert other.covariance.tobytes() == plain.covariance.tobytes()
    assert other.coefficients.tobytes() == plain.coefficients.tobytes()


def test_rows_are_grouped_by_every_key_and_in_their_order() -> None:
    columns, other = RNG.integers(0, 3, (N, 3)), RNG.integers(-5, 5, N)
    found = alike(columns, other)
    whole = np.column_stack([columns, other])
    expected, of = np.unique(whole, axis=0, return_inverse=True)
    assert (whole[found.first] == expected).all()
    assert (found.of == of.reshape(-1)).all()
    assert found.counts().sum() == N


def test_many_columns_of_many_values_do_not_run_over() -> None:
    columns = RNG.integers(0, 300, (N, 12)).astype(float)  # 300 to the twelfth is more than 64 bits
    columns[1::2] = columns[::2]
    found = alike(columns)
    assert found.groups == np.unique(columns, axis=0).shape[0]
    assert (found.of[::2] == found.of[1::2]).all()


def test_a_column_of_many_values_is_not_worth_grouping_by() -> None:
    assert repeats(X)
    assert not repeats(np.column_stack([X, RNG.normal(size=N)]))
    assert not repeats(RNG.normal(size=(20_000, 1)))
