"""By when a line of enquiry is done, and until when what it asks for is held: on each boundary."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.hub.enquiries import days, rules
from lamplighter.hub.enquiries.days import Held
from lamplighter.rule_files.dated import Rule
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.working_days import is_working_day

DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2027, 6, 1))
TODAY = dt.date(2026, 11, 30)
A_DAY = dt.timedelta(days=1)


@given(st.lists(DAYS, max_size=6), st.integers(1, 400), DAYS)
def test_an_act_is_held_on_its_last_day_and_gone_the_day_after(
    acts: list[dt.date], kept: int, today: dt.date
) -> None:
    found = days.held(acts, kept, today)
    ends = {act + dt.timedelta(days=kept) for act in acts}
    assert found.gone == sum(end < today for end in ends)
    ahead = sorted(end for end in ends if end >= today)
    assert (found.next_on, found.last_on) == ((ahead[0], ahead[-1]) if ahead else (None, None))


def test_the_boundary_by_hand() -> None:
    act = dt.date(2026, 10, 31)
    assert days.held([act], 30, TODAY) == Held(TODAY, TODAY, 0)
    assert days.held([act], 30, TODAY + A_DAY) == Held(None, None, 1)
    assert days.held([act, None], None, TODAY) == Held()
    assert days.held([None], 30, TODAY) == Held()


@given(DAYS, DAYS)
def test_a_line_is_done_before_the_first_of_it_is_lost(planned: dt.date, next_on: dt.date) -> None:
    assert days.due(planned, Held(next_on, next_on)) == min(planned, next_on)
    assert days.due(planned, Held(gone=3)) == planned


@given(DAYS, st.integers(0, 60))
def test_a_line_is_a_task_from_that_many_days_before_its_day(due: dt.date, within: int) -> None:
    at = due - dt.timedelta(days=within)
    assert days.is_soon(due, at, within)
    assert days.is_soon(due, due + A_DAY, within)
    assert not days.is_soon(due, at - A_DAY, within)


@given(st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 1)))
def test_working_days_are_counted_without_weekends_and_bank_holidays(day: dt.date) -> None:
    for rule in rules.on("line", day).values():
        due = rules.due_on(rule, day)
        assert is_working_day(due)
        between = (day + dt.timedelta(days=n) for n in range(1, (due - day).days + 1))
        assert sum(map(is_working_day, between)) == rule.extra["working_days"]


def test_a_line_before_a_bank_holiday_by_hand() -> None:
    """Two working days after Thursday 24 December 2026: Christmas and Boxing Day in lieu lie between."""
    cctv = rules.line("cctv", TODAY)
    assert isinstance(cctv, Rule)
    assert cctv.extra["working_days"] == 2
    assert rules.due_on(cctv, dt.date(2026, 12, 24)) == dt.date(2026, 12, 30)


def test_every_act_of_the_coding_that_is_stalking_calls_for_lines() -> None:
    aside = {c.code for c in code_set("behaviours").codes.values() if c.extra["cluster"] == "not_stalking"}
    acts = set(code_set("behaviours").codes) - aside
    assert set(rules.on("act", TODAY)) == acts
    for act in acts:
        assert "earlier_victims" in rules.called_for([act], TODAY)
        assert len(rules.called_for([act], TODAY)) >= 2
    assert rules.called_for(aside, TODAY) == {}


def test_every_line_is_a_code_of_a_study_and_says_what_is_lost() -> None:
    for code, rule in rules.on("line", TODAY).items():
        assert code in code_set("enquiry_lines").codes
        assert rule.extra["lost"].endswith(".")
        assert rule.extra["ask"].endswith(".")
