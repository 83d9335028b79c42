"""Proportions and differences: published examples, ends, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lamplighter.statistics.arrays.errors import NotAnArray, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.inference import proportions


def limits(found: proportions.Interval, digits: int = 4) -> tuple[float, float]:
    return round(float(found.lower), digits), round(float(found.upper), digits)


@pytest.mark.parametrize(("x", "n", "expected"), [(81, 263, (0.2553, 0.3662)), (0, 20, (0, 0.1611))])
def test_wilson_as_newcombe_printed(x, n, expected):
    assert limits(proportions.wilson(x, n)) == expected


@pytest.mark.parametrize(
    ("cells", "expected"), [((56, 70, 48, 80), (0.0524, 0.3339)), ((10, 10, 0, 10), (0.6075, 1))]
)
def test_method_ten_as_newcombe_printed(cells, expected):
    assert limits(proportions.newcombe(*cells)) == expected


def test_paired_differences():
    # Newcombe 1998, Statistics in Medicine 17: 2635-2650, table of methods, method 10
    assert limits(proportions.newcombe_paired(36, 12, 2, 0)) == (0.0569, 0.3404)
    swapped = proportions.newcombe_paired(36, 2, 12, 0)
    assert limits(swapped) == (-0.3404, -0.0569)


def test_paired_without_discordant_pairs_is_symmetric_about_zero():
    found = proportions.newcombe_paired(53, 0, 0, 1)
    assert float(found.estimate) == 0
    assert float(found.lower) == -float(found.upper) < 0


def test_clopper_pearson_agrees_with_scipy_and_is_wider_than_wilson():
    n = np.arange(1, 40)
    x = n // 3
    found, score = proportions.clopper_pearson(x, n), proportions.wilson(x, n)
    for i in range(n.size):
        exact = stats.binomtest(int(x[i]), int(n[i])).proportion_ci(method="exact")
        assert found.lower[i] == pytest.approx(exact.low, abs=1e-10)
        assert found.upper[i] == pytest.approx(exact.high, abs=1e-10)
    assert (found.upper - found.lower > score.upper - score.lower).all()


def test_wilson_covers_where_wald_does_not():
    n, p = 60, np.linspace(0.02, 0.98, 49)
    x = np.arange(n + 1)
    found = proportions.wilson(x, n)
    inside = (found.lower <= p[:, None]) & (p[:, None] <= found.upper)
    coverage = (stats.binom.pmf(x, n, p[:, None]) * inside).sum(axis=1)
    assert coverage.min() > 0.92
    assert 0.94 < coverage.mean() < 0.96


def test_arrays_keep_their_shape():
    found = proportions.wilson([[1, 2], [3, 4]], 10)
    assert found.lower.shape == (2, 2)
    assert found.n.tolist() == [[10, 10], [10, 10]]


def test_nothing_over_nothing_is_flagged_and_not_a_number():
    found = proportions.wilson([0, 3], [0, 10])
    assert has(found.flags, "zero_denominator")
    assert np.isnan([found.estimate[0], found.lower[0], found.upper[0]]).all()
    assert not np.isnan(found.lower[1])
    assert has(proportions.newcombe(1, 4, 0, 0).flags, "zero_denominator")


@pytest.mark.parametrize(
    ("x", "n", "index"), [([1, -1], 5, 1), ([1.5], 5, 0), ([6], 5, 0), ([float("nan")], 5, 0), ([None], 5, 0)]
)
def test_impossible_counts_are_refused_by_position(x, n, index):
    with pytest.raises(ValueRefused) as refused:
        proportions.wilson(x, n)
    assert (refused.value.array, refused.value.index) == ("events", index)
    assert refused.value.remedy


def test_shapes_and_levels_are_checked():
    with pytest.raises(NotAnArray):
        proportions.wilson([1, 2], [3, 4, 5])
    with pytest.raises(OptionRefused):
        proportions.wilson(1, 2, confidence=95)


def test_wald_is_not_offered():
    assert not [name for name in dir(proportions) if "wald" in name.lower()]
