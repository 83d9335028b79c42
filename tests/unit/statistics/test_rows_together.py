"""Rows that are alike are worked on together: the same fit as one row at a time, by every estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lamplighter.statistics import cox, fine_gray, proportional_hazards
from lamplighter.statistics.hazard_regression import fine_gray as fine_gray_room
from lamplighter.statistics.hazard_regression import risk_sets
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


def test_rows_are_grouped_by_every_key_and_in_their_order() -> None:
    columns, other = RNG.integers(0, 3, (N, 3)), RNG.integers(-5, 5, N)
    found = alike(columns, other)
    whole = np.column_stack([columns, other])
    expected, of = np.unique(whole, axis=0, return_inverse=True)
    assert (whole[found.first] == expected).all()
    assert (found.of == of.reshape(-1)).all()
    assert found.counts().sum() == N
    assert found.sums(np.ones(N)) == pytest.approx(found.counts())


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
