"""Kaplan-Meier and Aalen-Johansen at the edges, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.errors import (
    CompetingOutcome,
    NotAnArray,
    NotEnoughData,
    OptionRefused,
    StatisticsError,
    ValueRefused,
)
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.survival.aalen_johansen import aalen_johansen
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier


def test_by_hand():
    curve = kaplan_meier([1, 2, 2, 3, 4], [1, 1, 0, 0, 1])
    assert curve.times.tolist() == [1, 2, 3, 4]
    assert curve.at_risk.tolist() == [5, 4, 2, 1]
    assert curve.events.tolist() == [1, 1, 0, 1]
    assert curve.censored.tolist() == [0, 1, 1, 0]
    assert curve.survival == pytest.approx([0.8, 0.6, 0.6, 0.0])
    greenwood = np.sqrt([1 / 20, 1 / 20 + 1 / 12]) * [0.8, 0.6]
    assert curve.standard_error[:2] == pytest.approx(greenwood)


def test_censoring_on_the_day_of_an_event_comes_after_it():
    curve = kaplan_meier([5, 5], [1, 0])
    assert curve.survival.tolist() == [0.5]


def test_no_events_leaves_the_curve_at_one_without_limits_and_says_so():
    curve = kaplan_meier([3, 4, 9], [0, 0, 0])
    assert curve.survival.tolist() == [1, 1, 1]
    assert np.isnan(curve.lower).all()
    assert has(curve.flags, "no_events")
    none = aalen_johansen([3, 4], [0, 0])
    assert none.causes == ()
    assert none.incidence.shape == (2, 0)
    assert has(none.flags, "no_events")


def test_everybody_has_the_event_at_once():
    curve = kaplan_meier([7, 7, 7], [1, 1, 1])
    assert curve.survival.tolist() == [0]
    assert np.isnan(curve.standard_error).all()
    both = aalen_johansen([7, 7, 7], [1, 1, 2])
    assert both.incidence[-1] == pytest.approx([2 / 3, 1 / 3])
    assert both.standard_error[-1] == pytest.approx(np.sqrt([2 / 27, 2 / 27]))


def test_one_person():
    assert kaplan_meier([4], [1]).survival.tolist() == [0]
    assert kaplan_meier([4], [0]).survival.tolist() == [1]
    alone = aalen_johansen([4], [2])
    assert (alone.causes, alone.incidence.tolist()) == ((2,), [[1.0]])
    assert alone.standard_error.tolist() == [[0.0]]


def test_no_rows():
    with pytest.raises(NotEnoughData):
        kaplan_meier([], [])


def test_huge_times_and_fractions():
    curve = kaplan_meier([1e-9, 0.5, 1e15], [1, 1, 1])
    assert curve.survival == pytest.approx([2 / 3, 1 / 3, 0])
    with pytest.raises(ValueRefused, match="too large"):
        kaplan_meier([1, 1e17], [1, 1])


def test_reading_beyond_the_last_day_gives_nothing():
    curve = kaplan_meier([2, 5, 9], [1, 1, 0])
    read = curve.risk_at([0, 1, 2, 9, 10])
    assert read.estimate[:4] == pytest.approx([0, 0, 1 / 3, 2 / 3])
    assert np.isnan([read.estimate[4], read.lower[4], read.upper[4]]).all()
    assert read.at_risk.tolist() == [3, 3, 3, 1, 0]
    assert read.lower[3] < read.estimate[3] < read.upper[3]


def test_at_risk_table_counts_late_entries_between_ends():
    curve = kaplan_meier([10, 20, 30], [1, 1, 0], entry=[0, 12, 5])
    assert curve.presence.at([1, 6, 10, 11, 13, 20, 21, 31]).tolist() == [1, 2, 2, 1, 2, 2, 1, 0]
    assert curve.at_risk.tolist() == [2, 2, 1]


def test_quantiles_with_limits():
    time = np.arange(1, 101)
    curve = kaplan_meier(time, np.ones(100))
    median = curve.quantile(0.5)
    assert median.time == 50.5  # the curve rests on one half from 50 to 51
    assert 38 < median.lower < 50 < median.upper < 62
    competing = aalen_johansen(time, 1 + time % 2)
    assert competing.quantile(0.25, 1).time == 50.0 + 1.0
    assert np.isnan(competing.quantile(0.9, 1).time)


def test_an_emptied_risk_set_with_late_entries_is_flagged():
    curve = kaplan_meier([2, 5, 8], [1, 1, 0], entry=[0, 3, 3])
    assert curve.survival.tolist() == [0, 0, 0]
    assert has(curve.flags, "risk_set_emptied")
    assert has(curve.flags, "few_at_risk_early")


def test_one_minus_kaplan_meier_is_refused_where_outcomes_compete():
    time, cause = [3, 4, 5, 6], [1, 0, 2, 1]
    with pytest.raises(CompetingOutcome, match="overstate") as refused:
        kaplan_meier(time, cause, cause=1)
    assert (refused.value.array, refused.value.index) == ("event", 2)
    assert "aalen_johansen" in refused.value.remedy
    with pytest.raises(ValueRefused, match="aalen_johansen"):
        kaplan_meier(time, cause)
    alone = kaplan_meier(time, [3, 0, 3, 3], cause=3)
    assert alone.n_events == 3


def test_how_far_one_minus_kaplan_meier_would_have_been_wrong():
    rng = np.random.default_rng(4)
    first, second = rng.exponential(60, 4_000), rng.exponential(60, 4_000)
    time, cause = np.ceil(np.minimum(first, second)), np.where(first < second, 1, 2)
    right = aalen_johansen(time, cause).risk_at([180], 1)
    wrong = kaplan_meier(time, cause == 1).risk_at([180])
    assert right.estimate[0] == pytest.approx(0.5, abs=0.03)
    assert wrong.estimate[0] > 0.9


REFUSED = [
    ({"time": [1, -2]}, "time", 1, "negative"),
    ({"time": [1, float("nan")]}, "time", 1, "missing"),
    ({"time": [float("inf"), 2]}, "time", 0, "missing"),
    ({"time": [1, None]}, "time", 1, "missing"),
    ({"event": [1, 0.5]}, "event", 1, "neither"),
    ({"event": [None, 1]}, "event", 0, "missing"),
    ({"entry": [0, 2]}, "entry", 1, "never at risk"),
    ({"entry": [0, 3]}, "entry", 1, "never at risk"),
    ({"entry": [float("nan"), 0]}, "entry", 0, "missing"),
    ({"weights": [1, 0]}, "weights", 1, "above zero"),
    ({"weights": [-1, 1]}, "weights", 0, "above zero"),
    ({"clusters": np.array(["a", None], dtype=object)}, "clusters", 1, "missing"),
]


@pytest.mark.parametrize(("change", "array", "index", "words"), REFUSED)
def test_refused_with_array_index_and_remedy(change, array, index, words):
    given = {"time": [1, 2], "event": [1, 0], **change}
    with pytest.raises(ValueRefused, match=words) as refused:
        kaplan_meier(given.pop("time"), given.pop("event"), **given)
    assert (refused.value.array, refused.value.index) == (array, index)
    assert refused.value.remedy.endswith(".")
    assert isinstance(refused.value, StatisticsError)


@pytest.mark.parametrize(
    "call",
    [
        lambda: kaplan_meier([1, 2], [1]),
        lambda: kaplan_meier([[1, 2]], [1, 0]),
        lambda: kaplan_meier(["1", "2"], [1, 0]),
        lambda: kaplan_meier([[1], [1, 2]], [1, 0]),
        lambda: kaplan_meier(np.array(["2020-01-01"], dtype="datetime64[D]"), [1]),
        lambda: aalen_johansen([1, 2], [1, 0], clusters=[1]),
    ],
)
def test_what_is_no_column_of_numbers_is_refused(call):
    with pytest.raises(NotAnArray):
        call()


def test_codes_and_options_are_checked():
    with pytest.raises(ValueRefused):
        aalen_johansen([1, 2], [1, -1])
    with pytest.raises(ValueRefused):
        aalen_johansen([1, 2], [1, 1.5])
    with pytest.raises(OptionRefused):
        kaplan_meier([1], [1], limits="wald")
    with pytest.raises(OptionRefused):
        aalen_johansen([1, 2], [1, 2]).risk_at([1], 3)


def test_messages_hold_no_value():
    with pytest.raises(ValueRefused) as refused:
        kaplan_meier([12345.678, -98765.4], [1, 0])
    assert "98765" not in str(refused.value)


def test_limits_cover_a_known_risk():
    rng = np.random.default_rng(11)
    inside = np.zeros(2)
    for _ in range(400):
        first, second, end = rng.exponential(100, 150), rng.exponential(150, 150), rng.uniform(30, 250, 150)
        time = np.minimum(np.minimum(first, second), end)
        cause = np.where(time == first, 1, np.where(time == second, 2, 0))
        read = aalen_johansen(np.ceil(time), cause).risk_at([20, 60], 1)
        truth = 0.6 * (1 - np.exp(-np.array([20, 60]) / 60))
        inside += (read.lower <= truth) & (truth <= read.upper)
    assert ((inside / 400 > 0.91) & (inside / 400 < 0.98)).all()


@pytest.mark.parametrize(
    ("given", "codes", "names"),
    [
        ([3, 1, 3], [1, 0, 1], (1, 3)),
        ([-5, 2**40, -5], [0, 1, 0], (-5, 2**40)),
        ([2**60 + 1, 2**60, 2**60 + 1], [1, 0, 1], (2**60, 2**60 + 1)),
        ([0.5, -1.5, 0.5], [1, 0, 1], (-1.5, 0.5)),
        (["b", "a", "b"], [1, 0, 1], ("a", "b")),
        ([True, False, True], [1, 0, 1], (False, True)),
        (np.array(["b", "a", "b"], dtype=object), [1, 0, 1], ("a", "b")),
    ],
)
def test_labels_of_any_kind_become_codes_in_order(given, codes, names):
    found, labels = checks.labels(given, "groups", length=3)
    assert (found.tolist(), labels) == (codes, names)
    assert [type(label) for label in labels] == [type(name) for name in names]
