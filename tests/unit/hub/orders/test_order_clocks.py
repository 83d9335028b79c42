"""Each clock of orders on its boundaries: the day of service, bank holidays, weekends, clock changes."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lamplighter.hub.orders import configuration, rules
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.working_days import LONDON

DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2027, 10, 1))
MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 10, 1)).map(
    lambda at: at.replace(tzinfo=dt.UTC)
)
HOURS = {"service": 48, "answer": 24}
WORKING = {"court_end": 1, "stalking": 2, "victim": 1, "enforce": 1, "zone": 1}
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), LONDON)


def test_every_limit_that_the_software_starts_is_tried_here() -> None:
    assert {*HOURS, *WORKING, "decision"} == set(configuration.LIMITS)


@given(MOMENTS)
@example(at(SPRING - dt.timedelta(days=1), 12))
@example(at(AUTUMN - dt.timedelta(days=1), 12))
@example(at(dt.date(2026, 5, 22), 23, 50))
def test_hours_are_those_of_the_world_whatever_the_day_and_whatever_the_clocks_do(start: dt.datetime) -> None:
    for code, hours in HOURS.items():
        _, due = rules.limit(code, start)
        assert (due - start.astimezone(dt.UTC)) == dt.timedelta(hours=hours)


def test_the_night_in_which_the_clocks_change_shows_on_the_wall() -> None:
    _, spring = rules.limit("answer", at(SPRING - dt.timedelta(days=1), 12))
    _, autumn = rules.limit("answer", at(AUTUMN - dt.timedelta(days=1), 12))
    assert spring.astimezone(LONDON).time() == dt.time(13)
    assert autumn.astimezone(LONDON).time() == dt.time(11)


@given(MOMENTS)
@example(at(dt.date(2026, 12, 24), 17, 1))
@example(at(dt.date(2026, 5, 22), 23, 50))
def test_working_days_begin_the_day_after_and_end_with_the_working_day(start: dt.datetime) -> None:
    first = start.astimezone(LONDON).date()
    for code, count in WORKING.items():
        _, due = rules.limit(code, start)
        last = due.astimezone(LONDON).date()
        assert due == working_days.end_of(last)
        assert working_days.is_working_day(last)
        between = (first + dt.timedelta(days=n) for n in range(1, (last - first).days + 1))
        assert sum(working_days.is_working_day(day) for day in between) == count


@given(MOMENTS)
@example(at(dt.date(2026, 4, 3), 9))  # a week after Good Friday is a Friday
@example(at(dt.date(2026, 12, 18), 9))  # a week later is Christmas Day
def test_a_decision_is_due_on_the_seventh_day_or_the_working_day_before(start: dt.datetime) -> None:
    _, due = rules.limit("decision", start)
    first, last = start.astimezone(LONDON).date(), due.astimezone(LONDON).date()
    seventh = first + dt.timedelta(days=7)
    assert first < last <= seventh
    assert working_days.is_working_day(last)
    after = (last + dt.timedelta(days=n) for n in range(1, (seventh - last).days + 1))
    assert not any(working_days.is_working_day(day) for day in after)


# Notification -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "starts"), [("spo_interim", "served"), ("spo", "served"), ("dapo", "made")])
@given(day=DAYS)
@example(day=dt.date(2026, 4, 2))  # the Thursday before Easter: Saturday, all the same
@example(day=SPRING)
@example(day=AUTUMN)
def test_three_days_begin_with_the_day_of_service_and_no_weekend_moves_them(
    kind: str, starts: str, day: dt.date
) -> None:
    rule = rules.kind(kind, day)
    assert rule.extra["notify_from"] == starts
    last = rules.notify_by(rule, day)
    assert last == day + dt.timedelta(days=2)
    end = working_days.last_second(last)
    assert (end.astimezone(LONDON) + dt.timedelta(seconds=1)).date() == day + dt.timedelta(days=3)
    assert end.astimezone(LONDON).date() == last


@given(DAYS)
def test_the_other_kinds_ask_for_no_notification(day: dt.date) -> None:
    asks = {code for code, rule in rules.on("kind", day).items() if rules.notify_by(rule, day)}
    assert asks == {"spo_interim", "spo", "dapo"}


def test_an_order_of_a_kind_that_the_rules_no_longer_name_asks_for_what_any_other_does() -> None:
    gone = rules.kind("a_kind_of_an_older_file", SPRING)
    assert gone.code == "other"
    assert rules.notify_by(gone, SPRING) is None


# Periods and warnings ---------------------------------------------------------------------------------------


@given(DAYS, st.integers(1, 60))
@example(dt.date(2025, 1, 31), 1)
@example(dt.date(2028, 2, 29), 24)
def test_so_many_months_later_is_the_same_day_or_the_last_of_its_month(day: dt.date, months: int) -> None:
    later = rules.later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + dt.timedelta(days=1)).day == 1)


@given(DAYS, st.integers(-3, 400))
def test_the_nearest_warning_that_has_begun_counts_and_none_after_the_last_day(
    today: dt.date, left: int
) -> None:
    rule = rules.warning(today + dt.timedelta(days=left), today)
    expected = None if left < 0 or left > 84 else "last" if left <= 7 else "late" if left <= 28 else "early"
    assert (rule.code if rule else None) == expected


@given(DAYS, st.integers(0, 84))
@example(dt.date(2026, 4, 5), 0)  # Easter Sunday is the last day
@example(dt.date(2026, 12, 24), 7)
def test_what_follows_is_decided_before_the_order_ends_and_never_before_it_is_asked(
    today: dt.date, left: int
) -> None:
    last = today + dt.timedelta(days=left)
    rule = rules.warning(last, today)
    assert rule is not None
    due = rules.decide_by(rule, last, today)
    assert today <= due.astimezone(LONDON).date() <= last
    within = [today + dt.timedelta(days=n) for n in range(1, rule.extra["days"] + 1)]
    if left == 0:
        assert due.astimezone(LONDON).date() == last
    elif any(working_days.is_working_day(day) for day in within if day <= last):
        assert due.astimezone(LONDON).date() <= within[-1]
    else:  # over Christmas: the next working day, where the order has not ended before
        assert due == working_days.last_second(last) or due == working_days.within(today, 1)
