"""Sums that cross a threshold: printed run lengths, what chance makes of them, rows against their past."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.monitoring import cusum, shares_over_time


@pytest.mark.parametrize(("threshold", "printed"), [(4.0, 168), (5.0, 465)])
def test_run_lengths_of_both_directions_as_montgomery_prints_them(threshold, printed):
    assert round(cusum.run_length(threshold, 0.5)) in (printed - 1, printed, printed + 1)


@pytest.mark.parametrize("periods", [40.0, 200.0, 400.0])
def test_a_threshold_has_the_run_length_that_was_asked_for(periods):
    assert cusum.run_length(cusum.threshold(periods, 1.0), 1.0) == pytest.approx(periods, rel=1e-6)


def test_a_run_length_that_says_nothing_is_refused():
    with pytest.raises(ValueError, match="less than 5"):
        cusum.threshold(2.0, 1.0)


def test_the_chance_of_a_sum_is_that_of_sums_drawn_by_lot():
    z = np.random.default_rng(20261130).standard_normal((40_000, 12))
    drawn = np.array([cusum.sums(row, 1.0)[0] for row in z])
    for after in (1, 3, 12):
        for height in (0.2, 1.0, 2.0):
            seen = float((drawn[:, after - 1] >= height).mean())
            error = np.sqrt(seen * (1 - seen) / len(z))
            assert cusum.chance_of(height, after, 1.0) == pytest.approx(seen, abs=4 * error + 1e-4)
    assert cusum.chance_of(0.0, 5, 1.0) == 1.0
    assert cusum.chance_of(50.0, 500, 1.0) < 1e-8


def test_what_rises_in_one_direction_falls_in_the_other():
    z = np.random.default_rng(3).standard_normal(50)
    up, down = cusum.sums(z, 0.7)
    turned_up, turned_down = cusum.sums(-z, 0.7)
    assert np.array_equal(up, turned_down)
    assert np.array_equal(down, turned_up)


@pytest.mark.parametrize("beyond", [1.0, 1.8])
def test_residuals_of_a_row_in_which_nothing_changes_are_standard_normal_however_short(beyond):
    lot = np.random.default_rng(17)
    rows = []
    for _ in range(1500):
        n = lot.integers(150, 400, 6)
        together = (n - 1) / (beyond - 1) - 1 if beyond > 1 else None
        p = np.full(6, 0.3) if together is None else lot.beta(0.3 * together, 0.7 * together)
        rows.append(shares_over_time.scaled(lot.binomial(n, p), n))
    found = shares_over_time.dispersion(rows)
    assert found.factor == pytest.approx(beyond, rel=0.09)
    z = np.array([shares_over_time.residuals(y, v, found) for y, v in rows])
    assert abs(z.mean()) < 0.05
    assert z.std() == pytest.approx(1, abs=0.04)
    # One period tells nothing of the next: neighbours are not correlated.
    assert abs(np.corrcoef(z[:, 0], z[:, 1])[0, 1]) < 0.08


def test_changes_that_are_looked_for_do_not_widen_what_chance_is_taken_to_be():
    lot = np.random.default_rng(5)
    rows = []
    for i in range(43):
        share = np.where(np.arange(16) < 8, 0.2, 0.35 if i < 4 else 0.2)
        rows.append(shares_over_time.scaled(lot.binomial(300, share), np.full(16, 300)))
    assert shares_over_time.dispersion(rows).factor == pytest.approx(1, abs=0.12)


def test_of_few_differences_no_dispersion_is_learned():
    assert shares_over_time.dispersion([shares_over_time.scaled([1, 50], [60, 60])]).factor == 1.0


@pytest.mark.parametrize("rate", [False, True])
def test_what_is_put_on_the_scale_comes_back(rate):
    y, _ = shares_over_time.scaled([4000], [20000], rate=rate)
    assert shares_over_time.unscaled(float(y[0]), rate=rate) == pytest.approx(0.2, abs=1e-4)
