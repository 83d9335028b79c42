"""Delays that are cut off on the right, the rate that will be known, and what was known later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lamplighter.statistics import (
    StatisticsError,
    back_test,
    cox,
    drift,
    kaplan_meier,
    mature_count,
    mature_rate,
    reverse_time,
    waiting_rates,
)
from lamplighter.statistics.arrays.errors import NotEnoughData, NotIdentified, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.proof_lag.counts import years_of
from lamplighter.statistics.proof_lag.maturity import _summed

#: Days in five years: after that a made-up court proves nothing more.
FINAL = 1825


@dataclass(frozen=True)
class Court:
    """People of a made-up country, and what an extract shows of them."""

    delay: Any
    window: Any
    of: Any
    truth: float
    index: Any
    area: Any


def court(
    seed: int,
    *,
    people: int = 30_000,
    median: float = 200.0,
    rate: float = 0.28,
    areas: int = 1,
    years: int = 8,
    slower: float = 0.0,
) -> Court:
    """Make people over some years; the rate asked is of those with 18 to 30 months behind them."""
    rng = np.random.default_rng([34, seed])
    last = years * 365
    index = rng.integers(0, last, people)
    area = rng.integers(0, areas, people)
    pace = np.exp(np.linspace(-0.5, 0.5, areas))[area] * np.exp(slower * (index - last) / 365.25)
    offence = rng.uniform(0, 365, people)
    proof = np.ceil(offence + median * pace * np.exp(0.7 * rng.standard_normal(people)))
    ever = (rng.random(people) < rate) & (proof <= FINAL)
    window = last - index
    of = (window >= 548) & (window < 913)
    delay = np.where(ever & (proof <= window), proof, np.nan)
    return Court(delay, window, of, float(ever[of].mean()), index, area)


def cut_off(seed: int, rows: int = 200) -> tuple[Any, Any, Any]:
    """Random whole days, cut off on the right, with many ties."""
    rng = np.random.default_rng([3, seed])
    delay, window = rng.integers(0, 25, 6 * rows), rng.integers(0, 40, 6 * rows)
    keep = np.flatnonzero(delay <= window)[:rows]
    return delay[keep], window[keep], rng.integers(0, 3, rows)


def test_four_delays_worked_by_hand() -> None:
    # Day 4: one of three watched so long and proven by then. Day 2: two of three. Day 1: the only one.
    found = reverse_time([1, 2, 2, 4], [5, 3, 5, 5], longest=5, least=1)
    assert found.share_by([0, 1, 2, 3, 4, 5]) == pytest.approx([0, 2 / 9, 2 / 3, 2 / 3, 1, 1])
    assert found.median() == 2


@pytest.mark.parametrize("seed", range(5))
def test_reverse_time_is_kaplan_meier_run_backwards(seed: int) -> None:
    delay, window, _ = cut_off(seed)
    longest = 30
    inside = delay <= longest
    found = reverse_time(delay, window, longest=longest, least=1)
    top = found.known_to
    high = np.minimum(window, top)
    backwards = kaplan_meier(
        (top - delay)[inside],
        np.ones(int(inside.sum())),
        entry=(top - high)[inside] - 0.5,
    )
    for day in range(top):
        # Proven by a day is not yet gone on the day after, counted backwards.
        at = top - day - 1
        place = np.searchsorted(backwards.times, at, side="right") - 1
        expected = backwards.survival[place] if place >= 0 else 1.0
        assert found.share_by([day])[0] == pytest.approx(expected, abs=1e-12)
        if place >= 0 and 0 < expected < 1:
            assert found.lower[day] == pytest.approx(backwards.lower[place], abs=1e-9)
            assert found.upper[day] == pytest.approx(backwards.upper[place], abs=1e-9)


def test_where_everybody_was_watched_to_the_end_the_share_is_the_plain_share() -> None:
    delay, _, _ = cut_off(1)
    found = reverse_time(delay, np.full(delay.size, 60), longest=30)
    for day in (0, 3, 11, 24):
        assert found.share_by([day])[0] == pytest.approx((delay <= day).mean())


def test_the_mean_of_delays_seen_is_too_short_and_reverse_time_is_not() -> None:
    rng = np.random.default_rng(5)
    delay, window = np.ceil(300 * np.exp(0.6 * rng.standard_normal(40_000))), rng.integers(0, 2500, 40_000)
    seen = (delay <= window) & (delay <= 1800)
    truth = np.median(delay[delay <= 1800])
    found = reverse_time(delay[seen], window[seen], longest=1800)
    assert np.median(delay[seen]) < truth - 12
    assert found.median() == pytest.approx(truth, abs=6)


@pytest.mark.parametrize("seed", range(4))
def test_the_slope_of_a_drift_is_cox_in_reverse_time(seed: int) -> None:
    delay, window, strata = cut_off(seed)
    started = 40 - window
    longest = 30
    found = drift(delay, window, started, longest=longest, strata=strata)
    inside = delay <= longest
    top = longest
    fitted = cox(
        (top - delay)[inside],
        np.ones(int(inside.sum())),
        years_of(started, started.size)[inside],
        entry=(top - np.minimum(window, longest))[inside] - 0.5,
        strata=strata[inside],
        ties="breslow",
    )
    assert found.slope == pytest.approx(fitted.coefficients[0], abs=1e-7)
    assert found.error == pytest.approx(fitted.standard_errors[0], rel=1e-6)
    assert found.z**2 == pytest.approx(fitted.score.statistic, rel=1e-8)


def test_a_drift_is_found_where_it_is_and_rarely_where_it_is_not() -> None:
    def p_value(seed: int, slower: float) -> float:
        made = court(seed, people=6_000, slower=slower)
        seen = ~np.isnan(made.delay)
        return drift(made.delay[seen], made.window[seen], made.index[seen], longest=FINAL).p_value

    assert sum(p_value(seed, 0.0) < 0.05 for seed in range(60)) <= 7
    assert all(p_value(seed, 0.15) < 1e-3 for seed in range(5))


@pytest.mark.parametrize(
    ("areas", "trend", "recent"),
    [(1, False, None), (5, False, None), (1, True, None), (5, True, None), (1, False, 900), (5, True, 900)],
)
def test_each_person_moves_the_estimate_as_told(areas: int, trend: bool, recent: int | None) -> None:
    """Thirty copies of everybody; one copy of one of them is left out."""
    made = court(2, people=240, areas=areas, years=6, median=250)
    copies = 30

    def total(gone: int | None) -> Any:
        keep = np.ones(copies * made.delay.size, dtype=bool)
        if gone is not None:
            keep[gone] = False
        delay, window = np.tile(made.delay, copies)[keep], np.tile(made.window, copies)[keep]
        counted = ~np.isnan(delay) & (delay <= 1500)
        return _summed(
            np.where(counted, delay, 0).astype(np.int64),
            window.astype(np.int64),
            counted,
            np.tile(made.of, copies)[keep],
            longest=1500,
            strata=np.tile(made.area, copies)[keep],
            started=np.tile(made.index, copies)[keep],
            trend=trend,
            recent=recent,
            least=10,
        )

    whole = total(None)
    counted = np.flatnonzero(~np.isnan(made.delay) & (made.delay <= 1500))
    told, moved = [], []
    for person in counted[::6].tolist():
        told.append(whole.influence[person])
        moved.append(whole.value - total(person).value)
    assert np.abs(np.asarray(moved) - np.asarray(told)).max() < 0.02 * np.abs(told).max()
    if areas == 1:
        # Twice as many of everybody is twice the sum, and no more.
        assert whole.influence.sum() == pytest.approx(whole.value, rel=1e-6)


@pytest.mark.parametrize("median", [60, 120, 200, 300, 400])
def test_the_corrected_rate_is_within_a_point_of_what_will_be_known(median: int) -> None:
    for seed in range(4):
        made = court(seed, people=150_000, median=median)
        found = mature_rate(made.delay, made.window, longest=FINAL, of=made.of, target="people")
        assert found.told
        assert abs(found.estimate - made.truth) < 0.01
        plain = waiting_rates(made.delay[made.of], made.window[made.of])[0].interval
        if median >= 200:
            assert made.truth - float(plain.estimate) > 0.02
            assert float(plain.upper) < made.truth


def test_limits_hold_what_will_be_known_as_often_as_they_say() -> None:
    held = [0, 0]
    for seed in range(150):
        made = court(seed, people=8_000, median=300)
        found = mature_rate(made.delay, made.window, longest=FINAL, of=made.of, target="people")
        held[0] += found.lower <= made.truth <= found.upper
        process = mature_rate(made.delay, made.window, longest=FINAL, of=made.of)
        held[1] += process.lower <= 0.2786 <= process.upper
        assert process.variance > process.lag_variance > 0
    assert 136 <= held[0] <= 149
    assert 136 <= held[1] <= 149


def test_small_courts_are_drawn_towards_all_and_large_ones_are_themselves() -> None:
    made = court(1, people=40_000, areas=3)
    # A fourth area: a handful of people of the slowest.
    few = np.flatnonzero((made.area == 2) & ~np.isnan(made.delay))[:6]
    area = made.area.copy()
    area[few] = 3
    seen = ~np.isnan(made.delay)
    found = reverse_time(made.delay[seen], made.window[seen], longest=FINAL, strata=area[seen])
    fast, middle, slow, small = (found.median(label) for label in range(4))
    assert fast < middle - 60 < middle < slow - 60
    # Its own six proofs against what the pace of all expects, and what is made of them.
    with_own = found.proofs[3] + found.strength
    expected = with_own / found.factor[3] - found.strength
    alone = found.proofs[3] / expected
    told = found.proofs[3] > 0
    assert (abs(np.log(found.factor[3][told])) < 0.8 * abs(np.log(alone[told]))).all()
    assert fast < small < 2 * slow
    large = found.proofs[2] / ((found.proofs[2] + found.strength) / found.factor[2] - found.strength)
    assert found.factor[2] == pytest.approx(large, rel=0.01)
    plain = reverse_time(
        made.delay[seen & (area == 2)], made.window[seen & (area == 2)], longest=FINAL
    ).median()
    assert slow == pytest.approx(plain, rel=0.03)


def test_an_area_of_slow_courts_is_corrected_by_its_own_delays() -> None:
    made = court(7, people=120_000, areas=3, median=250)
    slow = made.of & (made.area == 2)
    own = mature_rate(made.delay, made.window, longest=FINAL, of=slow, strata=made.area).estimate
    all_alike = mature_rate(made.delay, made.window, longest=FINAL, of=slow).estimate
    assert abs(own - 0.275) < 0.015
    assert all_alike < own - 0.02


def test_delays_that_lengthen_are_flagged_and_a_trend_takes_up_most_of_it() -> None:
    steady, followed = [], []
    for seed in range(6):
        made = court(seed, people=60_000, slower=0.1)
        asked = {"longest": FINAL, "of": made.of, "started": made.index}
        plain = mature_rate(made.delay, made.window, **asked)
        with_trend = mature_rate(made.delay, made.window, trend=True, **asked)
        assert has(plain.flags, "drift")
        assert not has(with_trend.flags, "drift")
        steady.append(plain.estimate - made.truth)
        followed.append(with_trend.estimate - made.truth)
    assert np.mean(steady) < -0.002
    assert abs(np.mean(followed)) < 0.6 * abs(np.mean(steady))
    assert not has(mature_rate(made.delay, made.window, longest=FINAL, of=made.of).flags, "drift")


def test_a_tail_that_nobody_watched_gives_a_bound_and_no_number() -> None:
    made = court(3, years=4)
    found = mature_rate(made.delay, made.window, longest=FINAL, of=made.of)
    assert not found.told
    assert np.isnan(found.estimate)
    assert found.known_to < FINAL
    assert has(found.flags, "bound")
    assert has(found.flags, "too_short")
    assert found.lower < made.truth < found.upper == 1.0
    within = mature_rate(made.delay, made.window, longest=FINAL, of=made.of, unseen_at_most=0.05)
    assert found.lower == within.lower < made.truth < within.upper < 0.35
    shorter = mature_rate(made.delay, made.window, longest=found.known_to, of=made.of)
    assert shorter.told


def test_where_all_at_risk_were_proven_on_a_day_shorter_windows_have_no_share() -> None:
    # Windows of 3 see a delay of 2; those of 9 only delays of 5: nothing ties the two together.
    delay = np.array([2.0] * 12 + [5.0] * 12 + [np.nan] * 12)
    window = np.array([3] * 12 + [9] * 12 + [3] * 12)
    found = mature_rate(delay, window, longest=9)
    assert not found.told
    assert has(found.flags, "gap")
    assert found.lower == pytest.approx(24 / 36)
    assert found.upper == 1.0


def test_recent_proofs_alone_follow_a_court_that_changed_on_a_day() -> None:
    rng = np.random.default_rng(11)
    people, last = 80_000, 3_650
    index = rng.integers(0, last, people)
    # Courts close for all: whatever was not proven by two years ago takes twice as long from its start.
    slow = index > last - 1_460
    proof = np.ceil(rng.uniform(0, 365, people) + np.where(slow, 400, 150) * rng.gamma(4, 0.25, people))
    ever = (rng.random(people) < 0.3) & (proof <= FINAL)
    window = last - index
    of = (window >= 548) & (window < 913)
    delay = np.where(ever & (proof <= window), proof, np.nan)
    truth = ever[of].mean()
    all_of_it = mature_rate(delay, window, longest=1_200, of=of).estimate
    latest = mature_rate(delay, window, longest=1_200, of=of, recent=365).estimate
    assert all_of_it < truth - 0.02
    assert abs(latest - truth) < 0.012


def test_waiting_periods_worked_by_hand() -> None:
    # Proven after 100, 500, 600, 900 days and never; one watched for 600 days only.
    delay = [100, 500, 600, 900, np.nan, 590]
    window = [1000, 1000, 1000, 1000, 1000, 600]
    six, twelve, eighteen = waiting_rates(delay, window)
    assert (six.counted, six.people, six.left_out) == (2, 6, 0)
    assert (twelve.counted, twelve.people, twelve.left_out) == (3, 5, 1)
    assert (eighteen.counted, eighteen.people) == (4, 5)
    assert float(eighteen.interval.estimate) == pytest.approx(0.8)
    none = waiting_rates([1.0], [10])[0]
    assert none.people == 0
    assert np.isnan(none.interval.estimate)


def test_the_number_of_offences_counts_each_for_those_still_to_come() -> None:
    rng = np.random.default_rng(9)
    people, last = 20_000, 3_000
    index = rng.integers(0, last, people)
    many = rng.poisson(0.5 * rng.gamma(1.5, 1 / 1.5, people))
    person = np.repeat(np.arange(people), many)
    day = index[person] + rng.integers(0, 365, person.size)
    proof = np.ceil(250 * np.exp(0.6 * rng.standard_normal(person.size)))
    final = 1_600
    asked = (last - index >= 548) & (last - index < 913)
    true_mean = float((proof <= final)[asked[person]].sum() / asked.sum())
    seen = (day + proof <= last) & (day <= last)
    found = mature_count(
        proof[seen],
        (last - day)[seen],
        person[seen],
        int(asked.sum()),
        longest=final,
        of=asked[person][seen],
    )
    assert found.told
    assert found.estimate == pytest.approx(true_mean, abs=4 * found.lag_variance**0.5)
    assert found.offences / asked.sum() < true_mean - 0.04
    assert 0 < found.lag_variance < found.variance
    # Nothing cut off: the plain mean, and its variance over people.
    whole = mature_count(proof, np.full(proof.size, 10_000), person, people, longest=9_999)
    each = np.bincount(person, minlength=people)
    assert whole.estimate == pytest.approx(each.mean())
    assert whole.variance == pytest.approx(each.var() / people, rel=1e-6)
    assert whole.lag_variance == pytest.approx(0, abs=1e-9)


def test_frozen_extracts_are_held_against_what_was_known_later() -> None:
    made = court(21, people=150_000, years=14, median=250)
    last = 14 * 365
    freezes = [last - k * 365 for k in (0, 4, 5, 6, 7)]
    found = back_test(made.index, made.delay, last, freezes, longest=FINAL, followed=(548, 913))
    by_day = {f.day: f for f in found.days}
    today = by_day[last]
    assert np.isnan(today.later)
    assert today.held is None
    assert found.judged == 4
    assert found.worst < 0.01
    assert found.held >= 3
    one = by_day[last - 5 * 365]
    # By hand: what was in the extract on that day, and what came of the same people.
    then = one.day - made.index
    there = then >= 0
    known = there & (made.delay <= then)
    of = (then >= 548) & (then < 913)
    said = mature_rate(
        np.where(known, made.delay, np.nan)[there], then[there], longest=FINAL, of=of[there], target="people"
    )
    assert one.said is not None
    assert one.said.estimate == pytest.approx(said.estimate)
    assert one.later == pytest.approx((made.delay[of] <= FINAL).mean())
    assert float(one.waiting[0].interval.estimate) < one.later - 0.02


def test_a_back_test_shows_a_drift_that_the_estimate_took_as_steady() -> None:
    made = court(22, people=150_000, years=14, median=700, slower=0.12)
    last = 14 * 365
    freezes = [last - k * 365 for k in (5, 6)]
    asked = {"longest": FINAL, "followed": (548, 913)}
    steady = back_test(made.index, made.delay, last, freezes, **asked)
    followed = back_test(made.index, made.delay, last, freezes, trend=True, **asked)
    assert steady.mean < -0.004
    assert abs(followed.mean) < abs(steady.mean)


def test_before_anything_was_proven_a_frozen_day_says_nothing() -> None:
    made = court(4, people=500, years=5)
    found = back_test(made.index, made.delay, 5 * 365, [3, 600], longest=FINAL, followed=(0, 400))
    assert found.days[0].said is None
    assert found.judged == 0
    assert np.isnan(found.mean)


@pytest.mark.parametrize(
    ("changed", "kind", "array"),
    [
        ({"delay": [30.0] * 12}, ValueRefused, "delay"),
        ({"delay": [1.5] * 12}, ValueRefused, "delay"),
        ({"window": [-1] * 12}, ValueRefused, "window"),
        ({"longest": 0}, OptionRefused, "longest"),
        ({"longest": 4.5}, OptionRefused, "longest"),
        ({"of": [0] * 12}, NotEnoughData, "of"),
        ({"trend": True}, OptionRefused, "trend"),
        ({"unseen_at_most": 1.0}, OptionRefused, "unseen_at_most"),
        ({"target": "court"}, OptionRefused, "target"),
        ({"delay": [np.nan] * 12}, NotEnoughData, "delay"),
        ({"delay": [3.0] * 5 + [np.nan] * 7}, NotEnoughData, "delay"),
        ({"trend": True, "started": [7] * 12}, NotIdentified, "started"),
        ({"recent": 0}, OptionRefused, "recent"),
    ],
)
def test_what_has_no_answer_is_refused_by_name(changed: dict[str, Any], kind: type, array: str) -> None:
    given: dict[str, Any] = {"delay": [3.0] * 12, "window": [20] * 12, "longest": 15, **changed}
    with pytest.raises(kind) as refused:
        mature_rate(given.pop("delay"), given.pop("window"), **given)
    assert isinstance(refused.value, StatisticsError)
    assert refused.value.array == array
    assert refused.value.remedy
