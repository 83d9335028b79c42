"""Tests of curves and restricted means: known answers, edges, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.survival.curve_tests import gray, log_rank
from lamplighter.statistics.survival.restricted_mean import difference, restricted_mean, time_lost


def test_log_rank_by_hand():
    found = log_rank([1, 2, 3, 4], [1, 1, 1, 1], ["a", "b", "a", "b"])
    assert found.groups == ("a", "b")
    assert found.expected == pytest.approx([1 / 2 + 1 / 3 + 1 / 2, 1 / 2 + 2 / 3 + 1 / 2 + 1])
    assert found.observed.tolist() == [2, 2]
    assert found.variance[0, 0] == pytest.approx(1 / 4 + 2 / 9 + 1 / 4)


def test_strata_compare_within_only():
    rng = np.random.default_rng(0)
    time, group = rng.integers(1, 30, 300), rng.integers(0, 2, 300)
    stratum = rng.integers(0, 3, 300)
    apart = [
        log_rank(time[stratum == s], np.ones((stratum == s).sum()), group[stratum == s]) for s in range(3)
    ]
    found = log_rank(time, np.ones(300), group, strata=stratum)
    assert found.score == pytest.approx(sum(a.score for a in apart))
    assert found.variance == pytest.approx(sum(a.variance for a in apart))
    assert found.strata == 3


def test_delayed_entry_takes_people_out_of_the_comparison():
    late = log_rank([5, 6, 7, 8], [1, 1, 1, 1], [0, 1, 0, 1], entry=[0, 5, 0, 5])
    assert late.expected == pytest.approx([1 + 1 / 3 + 1 / 2, 2 / 3 + 1 / 2 + 1])


def test_rejects_a_true_null_as_often_as_it_should():
    rng = np.random.default_rng(2)
    p = []
    for _ in range(300):
        time, cause = rng.integers(1, 40, 120), rng.integers(0, 3, 120)
        group = rng.integers(0, 3, 120)
        p.append((log_rank(time, cause == 1, group).p, gray(time, cause, group).p))
    assert ((np.mean(np.array(p) < 0.05, axis=0) > 0.02) & (np.mean(np.array(p) < 0.05, axis=0) < 0.09)).all()


def test_gray_sees_what_log_rank_of_the_cause_does_not():
    rng = np.random.default_rng(6)
    n = 3_000
    group = np.arange(n) % 2
    first = rng.exponential(50, n)  # the same cause-specific hazard in both groups
    second = rng.exponential(np.where(group == 1, 15, 150))  # the other outcome takes more of group 1
    time, cause = np.ceil(np.minimum(first, second)), np.where(first < second, 1, 2)
    assert log_rank(time, cause == 1, group).p > 0.01
    assert gray(time, cause, group).p < 1e-6


def test_what_cannot_be_compared():
    with pytest.raises(NotEnoughData, match="one group"):
        log_rank([1, 2], [1, 1], [0, 0])
    with pytest.raises(NotEnoughData, match="no events"):
        log_rank([1, 2], [0, 0], [0, 1])
    with pytest.raises(NotEnoughData, match="at risk together"):
        log_rank([1, 5], [0, 1], [0, 1])
    with pytest.raises(NotEnoughData, match="never happened"):
        gray([1, 2], [2, 0], [0, 1])
    with pytest.raises(OptionRefused):
        gray([1, 2], [1, 2], [0, 1], of=0)
    with pytest.raises(ValueRefused):
        log_rank([1, -2], [1, 1], [0, 1])


def test_a_group_gone_before_the_first_event_is_flagged():
    found = log_rank([1, 4, 5, 6, 7], [0, 1, 1, 1, 1], ["gone", "a", "b", "a", "b"])
    assert has(found.flags, "group_not_compared")
    assert found.df == 1
    assert "gone" in next(f.text for f in found.flags if f.code == "group_not_compared")


def test_restricted_mean_by_hand():
    found = restricted_mean([2, 4, 6, 8], [1, 1, 0, 1], 8)
    assert found.estimate == pytest.approx(2 + 0.75 * 2 + 0.5 * 4)
    tails = np.array([0.75 * 2 + 0.5 * 4, 0.5 * 4])
    assert found.standard_error == pytest.approx(np.sqrt(tails**2 @ [1 / 12, 1 / 6]))
    assert restricted_mean([2, 4, 6, 8], [1, 1, 0, 1], 1).estimate == 1
    assert restricted_mean([2, 4], [1, 1], 10).estimate == pytest.approx(3)  # all done: nothing is unknown


def test_time_lost_to_all_outcomes_and_time_free_fill_the_horizon():
    rng = np.random.default_rng(1)
    time, cause = rng.integers(1, 50, 200), rng.integers(0, 4, 200)
    free = restricted_mean(time, cause > 0, 40.5)
    lost = [time_lost(time, cause, 40.5, of=k) for k in (1, 2, 3)]
    assert free.estimate + sum(part.estimate for part in lost) == pytest.approx(40.5)


def test_horizons_are_checked():
    with pytest.raises(NotEnoughData, match="beyond the last day"):
        restricted_mean([2, 4], [1, 0], 5)
    with pytest.raises(NotEnoughData, match="beyond the last day"):
        time_lost([2, 4], [1, 0], 5, of=1)
    with pytest.raises(ValueRefused):
        restricted_mean([2, 4], [1, 0], 0)
    with pytest.raises(OptionRefused, match="never observed"):
        time_lost([2, 4], [1, 0], 3, of=2)


def test_differences():
    a, b = restricted_mean([2, 4, 6], [1, 1, 1], 6), restricted_mean([1, 3, 9], [1, 1, 1], 6)
    found = difference(a, b)
    assert found.estimate == pytest.approx(4 - 10 / 3)
    assert found.standard_error == pytest.approx(np.hypot(a.standard_error, b.standard_error))
    assert found.lower < 0 < found.upper
    assert found.p > 0.05
    with pytest.raises(OptionRefused):
        difference(a, restricted_mean([1, 3, 9], [1, 1, 1], 5))
