"""The trend test against exact values and against its own promise: 5% false alarms under a steady rate."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from lamplighter.courses.findings.trend import irwin_hall_cdf, laplace


@pytest.mark.parametrize(
    ("x", "n", "p"), [(0.5, 1, 0.5), (0.5, 2, 0.125), (1.0, 2, 0.5), (1.0, 3, 1 / 6), (2.0, 3, 5 / 6)]
)
def test_sum_of_uniforms_known_values(x: float, n: int, p: float) -> None:
    assert irwin_hall_cdf(x, n) == pytest.approx(p, abs=1e-12)


def test_sum_of_uniforms_against_the_bates_of_scipy() -> None:
    expected, _ = integrate.quad(lambda t: stats.irwinhall(6).pdf(t), 0, 2.3)
    assert irwin_hall_cdf(2.3, 6) == pytest.approx(expected, abs=1e-7)


def test_faster_and_slower() -> None:
    quickening = [0, 100, 160, 190, 200, 205, 207]
    faster = laplace(quickening)
    slower = laplace([207 - t for t in quickening])
    assert faster is not None
    assert slower is not None
    assert faster.p_more < 0.05
    assert slower.p_less < 0.05
    assert faster.p_more == pytest.approx(slower.p_less)


def test_too_few_or_all_at_once_is_not_tested() -> None:
    assert laplace([0, 1, 2]) is None
    assert laplace([5, 5, 5, 5]) is None


def test_false_alarms_under_a_steady_rate() -> None:
    draw = random.Random(7)
    alarms = 0
    for _ in range(4000):
        times, t = [], 0.0
        for _ in range(7):
            t += draw.expovariate(1 / 20)
            times.append(t)
        trend = laplace(times)
        assert trend is not None
        alarms += trend.p_more < 0.05
    assert 0.035 < alarms / 4000 < 0.065


@given(st.lists(st.floats(0, 1000), min_size=4, max_size=60))
def test_probabilities_add_up(days: list[float]) -> None:
    trend = laplace(days)
    if trend is not None:
        assert trend.p_more + trend.p_less == pytest.approx(1)
        assert 0 <= trend.p_more <= 1
