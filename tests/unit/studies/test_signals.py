"""Charts of forces over time: silence where nothing changes, changes found, nothing compared over a break."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from lamplighter.studies.scorecard import signals as charts
from lamplighter.studies.scorecard.signals import Break, Counted, signals

FORCES = [f"Made-up force {i:02}" for i in range(43)]


def quarters(number: int) -> list[tuple[dt.date, dt.date]]:
    begins = [dt.date(2012 + i // 4, 1 + 3 * (i % 4), 1) for i in range(number + 1)]
    return [(a, b - dt.timedelta(days=1)) for a, b in pairwise(begins)]


def a_row(shares: list[float], n: int, lot: np.random.Generator) -> list[Counted]:
    spans = quarters(len(shares))
    return [Counted(*span, int(lot.binomial(n, p)), n) for span, p in zip(spans, shares, strict=True)]


def a_country(lot: np.random.Generator, number: int, moved: dict[str, float] | None = None, at: int = 0):
    """Draw five measures of 43 forces of unequal size that keep their own level, but for those ``moved``."""
    rows = {}
    for measure, level in (("a", 0.14), ("b", 0.15), ("c", 0.35), ("d", 0.25), ("e", 0.2)):
        for i, force in enumerate(FORCES):
            own = level + 0.02 * float(lot.standard_normal())
            by = (moved or {}).get(force, 0.0) if measure == "a" else 0.0
            shares = [own + (by if t >= at else 0.0) for t in range(number)]
            rows[measure, force] = a_row(shares, 160 + 20 * i, lot)
    return rows


def test_the_run_length_is_what_is_stated_within_a_tenth():
    lot = np.random.default_rng(41)
    alarms = periods = 0
    for _ in range(12):
        rows = {("a", f): a_row([0.14] * 240, int(lot.integers(75, 400)), lot) for f in FORCES}
        for chart in signals(rows).charts.values():
            ends = [p.counted for p in chart.points]
            alarms += bool(chart.alarms)
            periods += ends.index(chart.alarms[0].crossed) if chart.alarms else len(ends) - 1
    assert periods / alarms == pytest.approx(charts.settings().run_length, rel=0.1)


def test_where_no_force_changes_any_is_named_in_at_most_a_twentieth_of_periods():
    lot = np.random.default_rng(8)
    named = [
        bool(read.named_in(last))
        for read in (signals(a_country(lot, 20)) for _ in range(40))
        for _, last in quarters(20)[1:]
    ]
    assert np.mean(named) <= 0.05


def test_a_change_of_ten_points_is_found_within_two_quarters_in_nine_of_ten_either_way():
    lot = np.random.default_rng(12)
    found, early, false = [], [], []
    for direction in (1, -1):
        for _ in range(4):
            who = dict.fromkeys([str(f) for f in lot.choice(FORCES, 5, replace=False)], 0.1 * direction)
            read = signals(a_country(lot, 16, who, at=10))
            for (measure, force), chart in read.charts.items():
                planted = measure == "a" and force in who
                if planted:
                    crossed = [a for a in chart.alarms if a.crossed.last in {q[1] for q in quarters(12)[10:]}]
                    found.append(any(a.upwards is (direction > 0) for a in crossed))
                    early += [a.since.first == quarters(11)[10][0] for a in chart.named]
            for _, last in quarters(16)[1:]:
                named = [c.measure == "a" and c.force in who for c, _ in read.named_in(last)]
                false.append(named.count(False) / max(len(named), 1))
    assert np.mean(found) >= 0.9
    # The quarter since when it moved is named rightly as a rule; of what a quarter names little is chance.
    assert np.mean(early) >= 0.8
    assert np.mean(false) <= 0.1


def test_a_rise_and_a_fall_are_told_alike():
    lot = np.random.default_rng(2)
    rising = a_row([0.3] * 10 + [0.55] * 3, 400, lot)
    falling = [replace(c, x=c.n - c.x) for c in rising]
    one, other = (signals({("a", "f"): r}).charts["a", "f"].alarms[0] for r in (rising, falling))
    assert (one.upwards, other.upwards) == (True, False)
    assert (one.crossed, one.since, one.chance) == (
        replace(other.crossed, x=one.crossed.x),
        replace(other.since, x=one.since.x),
        pytest.approx(other.chance),
    )
    assert (one.before, one.after) == (pytest.approx(1 - other.before), pytest.approx(1 - other.after))


def test_what_was_counted_otherwise_is_never_compared():
    lot = np.random.default_rng(4)
    row = a_row([0.2] * 8 + [0.5] * 8, 300, lot)
    assert signals({("a", "f"): row}).charts["a", "f"].alarms
    day = row[8].first
    broken = Break(day, "A new rule of counting", "Counting rules, April", measure="a")
    chart = signals({("a", "f"): row}, [broken]).charts["a", "f"]
    assert not chart.alarms
    assert chart.breaks == (broken,)
    assert [p.centre is None for p in chart.points] == [i in (0, 8) for i in range(16)]
    # Of another measure or force it is none.
    for elsewhere in (replace(broken, measure="b"), replace(broken, force="g")):
        assert signals({("a", "f"): row}, [elsewhere]).charts["a", "f"].alarms


def test_a_quarter_in_the_midst_of_which_counting_changed_stands_alone():
    lot = np.random.default_rng(4)
    row = a_row([0.2] * 8 + [0.35] + [0.5] * 8, 300, lot)
    chart = signals({("a", "f"): row}, [Break(row[8].first + dt.timedelta(days=20), "why", "source")]).charts[
        "a", "f"
    ]
    assert not chart.alarms
    assert [i for i, p in enumerate(chart.points) if p.centre is None] == [0, 8, 9]


def test_after_a_change_was_named_what_follows_is_held_against_the_new_level():
    lot = np.random.default_rng(9)
    row = a_row([0.2] * 8 + [0.4] * 8 + [0.2] * 4, 500, lot)
    found = signals({("a", "f"): row}).charts["a", "f"].named
    assert [(a.upwards, a.since.first) for a in found] == [(True, row[8].first), (False, row[16].first)]
    assert found[1].before == pytest.approx(0.4, abs=0.04)


def test_what_was_said_of_a_period_hangs_on_nothing_after_it_but_how_periods_vary():
    lot = np.random.default_rng(10)
    row = a_row([0.2] * 8 + [0.4] * 8, 500, lot)
    whole, part = (signals({("a", "f"): r}).charts["a", "f"] for r in (row, row[:12]))
    # One force has too few differences to learn a dispersion of, so both take chance alone.
    assert whole.alarms == part.alarms
    assert whole.points[:12] == part.points


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([(3, 100)] * 3, "3 periods are held, fewer than 4"),
        ([(1, 20)] * 8, "too few for a chart"),
        ([(5, 0)] * 8, "nothing to take a share of"),
        ([(-2, 50)] * 8, "less than nought"),
    ],
)
def test_a_chart_that_cannot_be_read_says_why_and_raises_no_alarm(row, why):
    counted = [Counted(*span, x, n) for span, (x, n) in zip(quarters(len(row)), row, strict=True)]
    chart = signals({("a", "f"): counted}).charts["a", "f"]
    assert why in chart.why_not
    assert not chart.alarms
    assert all(p.centre is None for p in chart.points)


def test_the_order_in_which_forces_are_given_changes_nothing():
    rows = a_country(np.random.default_rng(6), 12, {FORCES[3]: 0.2}, at=6)
    assert signals(rows).charts == signals(dict(reversed(rows.items()))).charts
