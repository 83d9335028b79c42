"""Separation: complete, quasi-complete and none, with the proof of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.logistic_regression.diagnostics import which_estimator
from lamplighter.statistics.logistic_regression.logistic import logistic
from lamplighter.statistics.regression.separation import separation


def test_complete():
    found = separation([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], names=["days"])
    assert (found.kind, found.rows, found.n) == ("complete", 6, 6)
    assert found.direction == (-1.0, 1.0)


def test_quasi_complete_names_the_term_and_its_direction():
    x = np.array([0, 0, 0, 0, 1, 1, 0, 0])
    z = np.array([0, 1, 0, 1, 0, 1, 1, 0])
    y = np.array([0, 1, 1, 0, 1, 1, 1, 0])  # everybody with x had the outcome
    found = separation(y, np.column_stack([x, z]), names=["strangers", "online"])
    assert (found.kind, found.terms, found.direction, found.rows) == (
        "quasi",
        ("strangers",),
        (0.0, 1.0, 0.0),
        2,
    )
    fit = logistic(y, np.column_stack([x, z]), names=["strangers", "online"])
    assert has(fit.flags, "separation")
    assert fit.coefficients[1] == np.inf
    assert np.isnan(fit.coefficients[[0, 2]]).all()
    assert (fit.lower[1], fit.upper[1]) == (-np.inf, np.inf)
    assert which_estimator(fit).estimator == "firth"


def test_two_levels_that_share_a_separation():
    # neither indicator separates alone; together they do
    x = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 0]])
    found = separation([1, 1, 1, 1, 0, 0], x, names=["a", "b"])
    assert found.kind == "complete"
    assert set(found.terms) == {"intercept", "a", "b"}


def test_one_row_that_overlaps_is_enough():
    y = np.array([0] * 10 + [1] * 10)
    x = np.arange(20.0)
    assert separation(y, x).kind == "complete"
    x[0] = 19.5
    assert not separation(y, x)


def test_nearly_separated_is_not_separated():
    # a fit with enormous coefficients that exists all the same
    x = np.r_[np.linspace(-1, -1e-3, 200), np.linspace(1e-3, 1, 200)]
    y = np.r_[np.zeros(200), np.ones(200)]
    y[199], y[200] = 1, 0
    fit = logistic(y, x)
    assert not fit.separation
    assert np.isfinite(fit.coefficients).all()
    assert abs(fit.coefficients[1]) > 50


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_units_do_not_matter(scale):
    y = np.array([0, 0, 0, 1, 1, 1, 1])
    x = np.array([1.0, 2, 3, 3, 4, 5, 6])
    assert separation(y, x * scale).kind == "quasi"
    x[0] = 7
    assert not separation(y, x * scale)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_two_proofs_agree(data):
    n = data.draw(st.integers(8, 40))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    x = (rng.random((n, 2)) < data.draw(st.sampled_from([0.1, 0.3, 0.5]))).astype(float)
    x[:3] = [[0, 0], [1, 0], [0, 1]]
    y = (rng.random(n) < 0.4).astype(float)
    y[:2] = (0, 1)
    by_programme = separation(y, x)  # no residuals: always the linear programme
    assert by_programme.proof == "linear programme"
    fit = logistic(y, x)
    assert fit.separation.kind == by_programme.kind
    assert fit.separation.terms == by_programme.terms
    # a saturated check by eye: a column whose every row has one outcome separates
    for j in range(2):
        if np.ptp(y[x[:, j] == 1]) == 0:
            assert f"x{j + 1}" in by_programme.terms
