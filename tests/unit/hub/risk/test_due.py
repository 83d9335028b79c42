"""When the risk is assessed again: working days, bank holidays, and the nights in which clocks change."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.hub.risk import presenters, rules
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


# Every interval of risk.toml as shipped, from moments at which it is easiest to get wrong. By hand: Good
# Friday is 3 April 2026, Easter Monday the 6th; Christmas Day a Friday, and the 28th stands for Boxing Day.
EVERY = """
2026-03-27T23:30 high 2026-04-02 moderate 2026-04-24 low 2026-06-26
2026-03-27T23:30 not_known 2026-04-01 not_assessed 2026-03-30
2026-03-28T00:00 high 2026-04-02 moderate 2026-04-24 low 2026-06-26
2026-03-28T00:00 not_known 2026-04-01 not_assessed 2026-03-30
2026-04-02T23:59 high 2026-04-09 moderate 2026-04-30 low 2026-07-02
2026-04-02T23:59 not_known 2026-04-09 not_assessed 2026-04-07
2026-04-03T00:00 high 2026-04-10 moderate 2026-05-01 low 2026-07-03
2026-04-03T00:00 not_known 2026-04-09 not_assessed 2026-04-07
2026-10-24T12:00 high 2026-10-30 moderate 2026-11-20 low 2027-01-22
2026-10-24T12:00 not_known 2026-10-28 not_assessed 2026-10-26
2026-12-24T16:59 high 2026-12-31 moderate 2027-01-21 low 2027-03-25
2026-12-24T16:59 not_known 2026-12-31 not_assessed 2026-12-29
2026-12-24T17:01 high 2026-12-31 moderate 2027-01-21 low 2027-03-25
2026-12-24T17:01 not_known 2026-12-31 not_assessed 2026-12-29
"""
LIMITED = """
2026-03-27T23:30 lower 2026-03-31 blind 2026-04-07
2026-04-02T23:59 lower 2026-04-08 blind 2026-04-13
2026-10-24T12:00 lower 2026-10-27 blind 2026-10-30
2026-12-24T17:01 lower 2026-12-30 blind 2027-01-05
"""


def told(table: str) -> list[tuple[str, str, str]]:
    found = []
    for start, *pairs in map(str.split, table.strip().splitlines()):
        found += [(start, code, day) for code, day in zip(pairs[::2], pairs[1::2], strict=True)]
    return found


@pytest.mark.parametrize(("start", "level", "day"), told(EVERY))
def test_every_level_is_assessed_again_by_the_end_of_the_working_day_that_is_counted_by_hand(
    start: str, level: str, day: str
) -> None:
    assert rules.again([level], at(start)).astimezone(LONDON) == at(f"{day}T17:00")


@pytest.mark.parametrize(("start", "code", "day"), told(LIMITED))
def test_every_limit_in_working_days_likewise(start: str, code: str, day: str) -> None:
    assert rules.limit(code, at(start))[1].astimezone(LONDON) == at(f"{day}T17:00")


def test_every_level_limit_and_trigger_of_the_shipped_rules_has_its_boundaries_tested() -> None:
    day = dt.date(2026, 11, 30)
    assert {level for _, level, _ in told(EVERY)} == {*Level.values}
    by_days = {c for c, r in rules.on("limit", day).items() if "hours" not in r.extra}
    assert {code for _, code, _ in told(LIMITED)} == by_days
    assert {r.extra.get("hours") for r in rules.triggers(day).values()} == {24, 48}


@pytest.mark.parametrize("kind", rules.triggers(dt.date(2026, 11, 30)))
@pytest.mark.parametrize(
    ("start", "after_24", "after_48"),
    [
        # Saturday noon before summer time ends: 48 hours later it is eleven on Monday.
        ("2026-10-24T12:00", "2026-10-25T11:00", "2026-10-26T11:00"),
        # Friday half past eleven before summer time begins.
        ("2026-03-27T23:30", "2026-03-28T23:30", "2026-03-30T00:30"),
        # Nights, weekends and Christmas count: danger does not keep office hours.
        ("2026-12-24T17:01", "2026-12-25T17:01", "2026-12-26T17:01"),
    ],
)
def test_every_trigger_is_counted_in_hours_of_the_world(
    kind: str, start: str, after_24: str, after_48: str
) -> None:
    rule = rules.held("trigger", kind, dt.date.fromisoformat(start[:10]))
    wanted = {24: after_24, 48: after_48}[rule.extra["hours"]]
    assert rules.due(rule, at(start)).astimezone(LONDON) == at(wanted)


def test_it_is_overdue_once_its_moment_is_over_and_not_before() -> None:
    due = at("2026-12-04T17:00")
    risk = SimpleNamespace(due_at=due)
    tick = dt.timedelta(microseconds=1)
    asked = [presenters.overdue(risk, due + tick * n) for n in (-1, 0, 1)]  # type: ignore[arg-type]  # as a Risk
    assert asked == [False, False, True]
    assert not presenters.overdue(SimpleNamespace(due_at=None), due)  # type: ignore[arg-type]


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
