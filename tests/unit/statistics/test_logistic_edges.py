"""What logistic regression refuses, and why it says so; and what the clusters do."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.arrays.errors import (
    NotAnArray,
    NotEnoughData,
    NotIdentified,
    OptionRefused,
    ValueRefused,
)
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.inference.multiple_testing import holm
from lamplighter.statistics.logistic_regression.diagnostics import (
    calibration,
    influence,
    link_test,
    variance_inflation,
    which_estimator,
)
from lamplighter.statistics.logistic_regression.logistic import logistic


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(11)
    n = 400
    x = np.column_stack([rng.normal(size=n), rng.random(n) < 0.4]).astype(float)
    suspect = rng.integers(0, 150, n)
    y = rng.random(n) < 1 / (1 + np.exp(-(-0.4 + x @ [0.7, -0.5] + rng.normal(size=150)[suspect])))
    return y, x, suspect


def test_no_rows():
    with pytest.raises(NotEnoughData, match="no rows"):
        logistic([], np.zeros((0, 1)))


def test_constant_outcome():
    with pytest.raises(NotEnoughData, match="the outcome is 1 in every row"):
        logistic([1, 1, 1, 1], [1, 2, 3, 4])


def test_missing_value_is_refused_by_place():
    with pytest.raises(ValueRefused) as refused:
        logistic([0, 1, 0, 1], [[1.0, 2], [2, 1], [3, float("nan")], [4, 2]])
    assert (refused.value.array, refused.value.index) == ("terms[:, 1]", 2)
    with pytest.raises(ValueRefused) as refused:
        logistic([0, 1, None, 1], [1, 2, 3, 4])
    assert (refused.value.array, refused.value.index) == ("outcome", 2)
    with pytest.raises(ValueRefused, match=r"outcome\[1\]: neither 0 nor 1"):
        logistic([0, 2, 1, 1], [1, 2, 3, 4])


def test_constant_column_is_named():
    with pytest.raises(NotIdentified, match="'force' has the same value"):
        logistic([0, 1, 0, 1], [[1, 5], [2, 5], [3, 5], [2, 5]], names=["age", "force"])


def test_collinear_columns_are_named():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 40))
    x = np.column_stack([a, b, 2 * a - b])
    with pytest.raises(NotIdentified, match="is a combination of") as refused:
        logistic(rng.random(40) < 0.5, x, names=["ex", "online", "both"])
    assert all(name in str(refused.value) for name in ("'ex'", "'online'", "'both'"))
    level = rng.integers(0, 3, 40)
    dummies = (level[:, None] == np.arange(3)).astype(float)  # no reference level left out
    with pytest.raises(NotIdentified, match="reference level"):
        logistic(rng.random(40) < 0.5, dummies)


def test_a_year_of_birth_is_not_collinear_with_the_intercept():
    rng = np.random.default_rng(2)
    fit = logistic(rng.random(200) < 0.4, rng.integers(1940, 2005, 200))
    assert np.isfinite(fit.standard_errors).all()


def test_more_terms_than_rows():
    with pytest.raises(NotEnoughData, match="3 rows for 3 coefficients"):
        logistic([0, 1, 1], [[1, 2], [2, 1], [3, 7]])


def test_shapes_and_options():
    with pytest.raises(NotAnArray, match="where"):
        logistic([0, 1, 1], [1, 2])
    with pytest.raises(OptionRefused, match="CR0, CR1, CR2, CR3"):
        logistic([0, 1, 1, 0], [1, 2, 3, 4], correction="CR9")
    with pytest.raises(OptionRefused, match="one or two ways"):
        logistic([0, 1, 1, 0], [1, 2, 3, 4], clusters=([1, 2, 1, 2],) * 3)
    with pytest.raises(OptionRefused, match="given twice"):
        logistic([0, 1, 1, 0], [[1, 2], [2, 1], [3, 3], [1, 1]], names=["a", "a"])


def test_one_cluster():
    with pytest.raises(NotEnoughData, match="one cluster holds every row"):
        logistic([0, 1, 1, 0, 1], [1, 2, 3, 4, 1], clusters=["a"] * 5)


def test_few_clusters_and_one_large_cluster_are_flagged(cohort):
    y, x, suspect = cohort
    few = logistic(y, x, clusters=suspect % 8)
    assert has(few.flags, "few_clusters")
    assert few.freedom == 7
    large = logistic(y, x, clusters=np.where(suspect < 60, 0, suspect))
    assert has(large.flags, "one_large_cluster")
    assert not logistic(y, x, clusters=suspect).flags


def test_clusters_that_share_widen_the_limits(cohort):
    y, x, suspect = cohort
    by_suspect = x.copy()
    by_suspect[:, 1] = suspect % 2
    plain, clustered = logistic(y, by_suspect), logistic(y, by_suspect, clusters=suspect)
    assert clustered.standard_errors[2] > 1.15 * plain.standard_errors[2]
    assert clustered.coefficients == pytest.approx(plain.coefficients)
    assert "cluster-robust by" in clustered.variance
    assert "CR3" in clustered.variance


def test_two_ways_with_nested_clusters_is_the_coarser_one(cohort):
    y, x, suspect = cohort
    one = logistic(y, x, clusters=suspect % 50, correction="CR0")
    two = logistic(y, x, clusters=(suspect % 50, np.arange(len(y))), correction="CR0")
    # a row is alone in the second way, so first + second - both = first
    assert two.covariance == pytest.approx(one.covariance, rel=1e-9)


def test_weights_are_repeated_rows(cohort):
    y, x, _ = cohort
    times = np.arange(len(y)) % 3 + 1
    weighted = logistic(y, x, weights=times)
    repeated = logistic(np.repeat(y, times), np.repeat(x, times, axis=0))
    assert weighted.coefficients == pytest.approx(repeated.coefficients, rel=1e-9)
    assert weighted.standard_errors == pytest.approx(repeated.standard_errors, rel=1e-9)
    with pytest.raises(ValueRefused, match="not above zero"):
        logistic(y, x, weights=np.zeros(len(y)))


def test_the_intercept_alone_is_the_log_odds():
    fit = logistic([1, 0, 0, 0], None)
    assert fit.coefficients == pytest.approx([np.log(1 / 3)])
    assert fit.log_likelihood == pytest.approx(fit.null_log_likelihood)


def test_few_events_a_term_asks_for_firth(cohort):
    y, x, _ = cohort
    assert which_estimator(logistic(y, x)).estimator == "logistic"
    few = logistic(y[:30], x[:30])
    assert has(few.flags, "few_events_per_term")
    assert which_estimator(few).estimator == "firth"


def test_calibration_and_link_of_a_right_model(cohort):
    y, x, suspect = cohort
    fit = logistic(y, x)
    found = calibration(fit)
    assert found.counts.sum() == 400
    assert found.expected.sum() == pytest.approx(found.observed.sum())
    assert found.p_value > 0.01
    assert 0.5 < found.c_statistic < 1
    assert not link_test(logistic(y, x, clusters=suspect)).flags


def test_the_link_test_finds_a_curve():
    rng = np.random.default_rng(4)
    x = rng.normal(size=800)
    y = rng.random(800) < 1 / (1 + np.exp(-(0.5 * x + x**2 - 1)))
    assert has(link_test(logistic(y, x)).flags, "form")
    with pytest.raises(NotIdentified, match="two values only"):
        link_test(logistic(y, x > 0))


def test_influence_of_one_suspect_is_an_aggregate(cohort):
    y, x, suspect = cohort
    found = influence(logistic(y, x, clusters=suspect))
    assert (found.units, found.unit) == (len(np.unique(suspect)), "clusters")
    # against leaving each cluster out and fitting again
    whole = logistic(y, x, clusters=suspect)
    others = [suspect != s for s in np.unique(suspect)]
    left_out = np.array([logistic(y[o], x[o]).coefficients for o in others]) - whole.coefficients
    exact = np.abs(left_out).max(axis=0) / whole.standard_errors
    assert found.largest == pytest.approx(exact, rel=0.25)
    x = x.copy()
    x[0] = (40, 1)
    assert has(influence(logistic(np.r_[False, y[1:]], x)).flags, "influence")


def test_variance_inflation_of_a_factor_does_not_depend_on_its_reference():
    rng = np.random.default_rng(5)
    level = rng.integers(0, 3, 300)
    age = rng.normal(size=300) + level
    first = np.column_stack([age, level == 1, level == 2])
    other = np.column_stack([age, level == 0, level == 1])
    found = [
        variance_inflation(x, names=["age", "p", "q"], groups={"level": ["p", "q"]}) for x in (first, other)
    ]
    assert found[0].names == ("age", "level")
    assert found[0].values == pytest.approx(found[1].values)
    alike = variance_inflation(np.column_stack([age, age + rng.normal(size=300) * 0.05]))
    assert has(alike.flags, "shared_variance")


def test_holm():
    found = holm([0.01, 0.04, 0.03, 0.005], family="four predictors of withdrawal")
    assert found.adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert found.rejected.tolist() == [True, False, False, True]
    assert holm([], family="none").tests == 0
    with pytest.raises(ValueRefused, match=r"p_values\[1\]"):
        holm([0.1, 1.2], family="x")
