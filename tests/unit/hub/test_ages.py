"""Whether somebody is under 18: yes, no, or not known, and never "adult" for what nobody knows."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.hub.cases.participants.ages import Known, stated, under, years_later
from lamplighter.hub.cases.referrals import from_pattern

DAY = dt.date(2026, 11, 29)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (dt.date(2008, 11, 29), Known.NO),  # eighteen today
        (dt.date(2008, 11, 30), Known.YES),  # eighteen tomorrow
        (dt.date(1970, 1, 1), Known.NO),
    ],
)
def test_of_a_date_of_birth(born: dt.date, expected: Known) -> None:
    assert under({"birth_date": born}, 18, DAY) == expected


def test_born_on_a_leap_day_is_eighteen_on_the_first_of_march() -> None:
    born = {"birth_date": dt.date(2008, 2, 29)}
    assert under(born, 18, dt.date(2026, 2, 28)) == Known.YES
    assert under(born, 18, dt.date(2026, 3, 1)) == Known.NO


@pytest.mark.parametrize(
    ("least", "most", "told", "expected"),
    [
        (15, 17, DAY, Known.YES),
        (17, 17, dt.date(2026, 6, 1), Known.NOT_KNOWN),  # a birthday may have come
        (17, 17, dt.date(2025, 11, 29), Known.NO),  # it has
        (16, 16, dt.date(2025, 11, 29), Known.YES),
        (16, 16, dt.date(2025, 11, 28), Known.NOT_KNOWN),
        (16, 19, DAY, Known.NOT_KNOWN),
        (18, 18, DAY, Known.NO),
        (None, 15, DAY, Known.YES),
        (30, None, DAY, Known.NO),
        (None, 40, DAY, Known.NOT_KNOWN),
        (None, None, DAY, Known.NOT_KNOWN),
        (17, 17, None, Known.NOT_KNOWN),
    ],
)
def test_of_an_age_that_was_said(
    least: int | None, most: int | None, told: dt.date | None, expected: Known
) -> None:
    assert under({"age_from": least, "age_to": most, "age_on": told}, 18, DAY) == expected


def test_nothing_said_is_not_known() -> None:
    assert under({}, 18, DAY) == Known.NOT_KNOWN


@settings(max_examples=200)
@given(
    born=st.dates(dt.date(1990, 1, 1), dt.date(2026, 1, 1)),
    later=st.integers(0, 9000),
    gap=st.integers(0, 900),
)
def test_an_age_that_was_said_never_contradicts_the_date_of_birth(
    born: dt.date, later: int, gap: int
) -> None:
    """Somebody says the right age on one day; what follows from it on another day is true, or not known."""
    told = born + dt.timedelta(days=later)
    age = next(n for n in range(121) if told < years_later(born, n + 1))
    on = told + dt.timedelta(days=gap)
    said = under({"age_from": age, "age_to": age, "age_on": told}, 18, on)
    assert said in (Known.NOT_KNOWN, under({"birth_date": born}, 18, on))


def test_a_referral_takes_the_age_of_the_report_made_last_with_its_day() -> None:
    days = {"r1": dt.date(2024, 5, 1), "r2": dt.date(2026, 5, 1)}
    records = [
        {"report_id": "r2", "age_from": 15, "age_to": 17},
        {"report_id": "r1", "age_from": 14, "age_to": 14},
        {"report_id": "r2", "age_from": None, "age_to": None},
        {"report_id": "undated", "age_from": 40, "age_to": 40},
    ]
    assert from_pattern._age(records, days) == {"age_from": 15, "age_to": 17, "age_on": days["r2"]}
    assert from_pattern._age(records[2:], days) == dict.fromkeys(("age_from", "age_to", "age_on"))


def test_what_is_typed_keeps_the_day_on_which_the_same_was_said_and_a_range_stays() -> None:
    before = {"age_from": 16, "age_to": 16, "age_on": dt.date(2025, 1, 1)}
    span = {"age_from": 15, "age_to": 17, "age_on": dt.date(2025, 1, 1)}
    assert stated(16, before, DAY) == before
    assert stated(17, before, DAY) == {"age_from": 17, "age_to": 17, "age_on": DAY}
    assert stated(None, before, DAY) == dict.fromkeys(before)
    assert stated(None, span, DAY) == span
