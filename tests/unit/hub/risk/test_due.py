"""When the risk is assessed again: working days, bank holidays, and the nights in which clocks change."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.hub.risk import rules
from lamplighter.hub.risk.levels import Level
from lamplighter.rule_files.dated import Rule
from lamplighter.rule_files.dated import rule as row
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.working_days import LONDON


def rule(**period: int) -> Rule:
    return row({"code": "x", "title": "x", "from": dt.date(2025, 1, 1)} | period)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("period", "start", "wanted"),
    [
        # Friday evening: the first working day is Monday.
        ({"working_days": 1}, "2026-11-27T23:50", "2026-11-30"),
        # Maundy Thursday: Good Friday and Easter Monday are bank holidays.
        ({"working_days": 1}, "2026-04-02T12:00", "2026-04-07"),
        # Boxing Day 2026 is a Saturday, and Monday the 28th its substitute.
        ({"working_days": 1}, "2026-12-24T12:00", "2026-12-29"),
        # Seven days after a Saturday is a Saturday: the Friday before it.
        ({"days": 7}, "2026-11-28T12:00", "2026-12-04"),
        # Four weeks on is New Year's Day: the working day before.
        ({"days": 28}, "2026-12-04T12:00", "2026-12-31"),
        # 23:30 on the eve of summer time is still that day, not the next.
        ({"days": 7}, "2026-03-27T23:30", "2026-04-02"),
        # Between a Friday and its Saturday lies no working day: the next one.
        ({"days": 1}, "2026-11-27T12:00", "2026-11-30"),
    ],
)
def test_the_day_on_its_boundaries(period: dict[str, int], start: str, wanted: str) -> None:
    due = rules.due(rule(**period), at(start)).astimezone(LONDON)
    assert due.date() == dt.date.fromisoformat(wanted)
    assert due.time() == working_days.ends(due.date())


@pytest.mark.parametrize("start", ["2026-03-28T12:00", "2026-10-24T12:00", "2026-12-24T23:00"])
def test_hours_are_hours_of_the_world(start: str) -> None:
    begun = at(start)
    assert rules.due(rule(hours=48), begun) - begun.astimezone(dt.UTC) == dt.timedelta(hours=48)


def test_past_the_known_bank_holidays_it_is_rather_too_early_than_not_at_all() -> None:
    far = dt.datetime(2035, 5, 1, 12, tzinfo=LONDON)
    assert rules.due(rule(days=28), far).date() == dt.date(2035, 5, 29)
    assert rules.due(rule(working_days=3), far).date() == dt.date(2035, 5, 4)


MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2028, 11, 1)).map(
    lambda d: d.replace(tzinfo=LONDON)
)
LEVELS = st.lists(st.sampled_from([*Level.values]), min_size=1, max_size=4)


@given(MOMENTS, LEVELS)
def test_the_soonest_of_the_four_counts_and_it_is_after_the_assessment(start, levels) -> None:
    due = rules.again(levels, start)
    assert start < due
    assert due == min(rules.again([level], start) for level in levels)
    assert rules.again([*levels, "not_assessed"], start) <= due


@given(MOMENTS)
def test_a_graver_level_is_assessed_again_no_later(start) -> None:
    high, moderate, low = (rules.again([level], start) for level in ("high", "moderate", "low"))
    assert high <= moderate <= low
