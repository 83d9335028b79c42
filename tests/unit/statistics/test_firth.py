"""Firth's method: always an estimate; limits that the profile gives; suspects widen them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.logistic_regression.firth import firth
from lamplighter.statistics.logistic_regression.logistic import logistic


def test_one_proportion_adds_half_a_case_on_either_side():
    # the intercept alone: Firth's estimate is log((y + 1/2) / (n - y + 1/2))
    fit = firth([1, 1, 0, 0, 0, 0, 0], None)
    assert fit.coefficients == pytest.approx([np.log(2.5 / 5.5)], rel=1e-9)


def test_a_two_by_two_table_adds_half_to_every_cell():
    x = np.repeat([1, 1, 0, 0], [0 + 5, 0, 3, 7])  # with x: 5 events, none without: separated
    y = np.repeat([1, 0, 1, 0], [5, 0, 3, 7])
    fit = firth(y, x)
    assert fit.coefficients[1] == pytest.approx(np.log(5.5 / 0.5 * 7.5 / 3.5), rel=1e-8)
    assert has(fit.flags, "separation")
    assert np.isfinite([fit.lower, fit.upper]).all()


def test_a_factor_of_one_row_settles():
    rng = np.random.default_rng(3)
    x = np.zeros((200, 3))
    x[0, 0] = 1
    x[1:3, 1] = 1
    x[:, 2] = rng.random(200) < 0.4
    y = rng.random(200) < 0.3
    fit = firth(y, x)
    assert fit.iterations < 30
    assert np.isfinite([fit.coefficients, fit.lower, fit.upper]).all()
    assert (fit.lower < fit.coefficients).all()
    assert (fit.coefficients < fit.upper).all()


def test_the_limits_are_where_the_test_says_five_percent():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(80, 2))
    y = rng.random(80) < 1 / (1 + np.exp(-x[:, 0]))
    fit = firth(y, x)
    # moving a term by its limit makes that limit zero: its test must then give 0.05
    for limit in (fit.lower[1], fit.upper[1]):
        moved = _with_offset(y, x, float(limit))
        assert moved == pytest.approx(0.05, abs=1e-7)


def _with_offset(y, x, value):
    """p-value of coefficient 1 = value, by profile, written again with a generic maximiser."""
    from scipy import optimize, special, stats

    matrix = np.column_stack([np.ones(len(y)), x])

    def penalised(beta):
        chance = special.expit(matrix @ beta)
        information = matrix.T @ (matrix * (chance * (1 - chance))[:, None])
        return -(np.log(np.where(y, chance, 1 - chance)).sum() + 0.5 * np.linalg.slogdet(information)[1])

    best = optimize.minimize(penalised, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    held = optimize.minimize(
        lambda b: penalised(np.array([b[0], value, b[1]])), np.zeros(2), method="BFGS", options={"gtol": 1e-9}
    )
    return float(stats.chi2.sf(2 * (held.fun - best.fun), 1))


def test_only_the_coefficients_asked_for_are_profiled():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(60, 2))
    y = rng.random(60) < 0.5
    all_of_them, one = firth(y, x), firth(y, x, profile=["x2"])
    assert np.isnan(one.lower[:2]).all()
    assert one.lower[2] == all_of_them.lower[2]
    with pytest.raises(OptionRefused, match="intercept, x1, x2"):
        firth(y, x, profile=["x9"])


def test_shared_suspects_widen_the_profile():
    rng = np.random.default_rng(7)
    suspect = np.repeat(np.arange(60), 4)
    x = (suspect % 3 == 0).astype(float)
    y = rng.random(240) < 1 / (1 + np.exp(-rng.normal(size=60)[suspect] * 1.5))
    plain, clustered = firth(y, x), firth(y, x, clusters=suspect)
    assert clustered.coefficients == pytest.approx(plain.coefficients)
    assert clustered.inflation[1] > 1.3
    assert clustered.lower[1] < plain.lower[1]
    assert clustered.upper[1] > plain.upper[1]
    assert clustered.p_values[1] > plain.p_values[1]
    assert "adjusted" in clustered.variance


def test_refuses_as_logistic_does():
    with pytest.raises(NotEnoughData, match="in every row"):
        firth([0, 0, 0], [1, 2, 3])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.1, 0.4]))
def test_never_diverges(seed, share):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(12, 120))
    x = (rng.random((n, 3)) < share).astype(float)
    x[:4] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    y = (rng.random(n) < rng.choice([0.05, 0.5, 0.9])).astype(float)
    y[:2] = rng.permutation([0, 1])
    fit = firth(y, x)
    assert np.isfinite([fit.coefficients, fit.lower, fit.upper, fit.statistics]).all()
    assert (fit.lower < fit.coefficients).all()
    assert (fit.upper > fit.coefficients).all()


def test_tends_to_maximum_likelihood():
    rng = np.random.default_rng(9)
    x = rng.normal(size=(10_000, 2))
    y = rng.random(10_000) < 1 / (1 + np.exp(-(x @ [0.4, -0.3])))
    assert firth(y, x, profile=["x1"]).coefficients == pytest.approx(logistic(y, x).coefficients, abs=4e-4)
