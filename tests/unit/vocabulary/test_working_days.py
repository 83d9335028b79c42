"""Working days over the weeks in which they are got wrong, and an honest end."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.vocabulary.working_days import (
    PastTheEndError,
    calendar,
    is_working_day,
    working_day_near,
    working_days_after,
)

D = dt.date
KNOWN = st.dates(D(2024, 1, 1), D(2028, 11, 30))


def easter(year: int) -> dt.date:
    """Easter Sunday, by the anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return D(year, month, day + 1)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (D(2026, 11, 23), 1, D(2026, 11, 24)),
        (D(2026, 11, 27), 1, D(2026, 11, 30)),  # over a weekend
        (D(2026, 4, 2), 1, D(2026, 4, 7)),  # Maundy Thursday: Tuesday after Easter
        (D(2026, 4, 2), 5, D(2026, 4, 13)),
        (D(2026, 12, 24), 1, D(2026, 12, 29)),  # Boxing Day is a Saturday: Monday instead
        (D(2026, 12, 24), 5, D(2027, 1, 5)),
        (D(2027, 12, 24), 1, D(2027, 12, 29)),  # both days at the weekend: Monday and Tuesday
        (D(2026, 12, 26), 1, D(2026, 12, 29)),  # something happened on a Saturday
    ],
)
def test_the_nth_working_day_after(day: dt.date, count: int, expected: dt.date) -> None:
    assert working_days_after(day, count) == expected


@pytest.mark.parametrize("year", range(2024, 2029))
def test_each_year_has_its_eight_days(year: int) -> None:
    days = sorted(d for d in calendar().holidays if d.year == year)
    assert len(days) == 8
    assert {easter(year) - dt.timedelta(2), easter(year) + dt.timedelta(1)} < set(days)
    assert all(d.weekday() < 5 for d in days)
    assert [d for d in days if d.month == 8] == [D(year, 8, 31) - dt.timedelta(D(year, 8, 31).weekday())]


def test_past_the_end_is_said_and_not_guessed() -> None:
    with pytest.raises(PastTheEndError, match=r"until 31\.12\.2028.*working_days\.toml"):
        working_days_after(D(2028, 12, 29), 1)
    with pytest.raises(PastTheEndError):
        is_working_day(D(2011, 12, 29))


@given(KNOWN, st.integers(1, 10))
def test_counting_one_by_one_and_all_at_once_agree(day: dt.date, count: int) -> None:
    found = working_days_after(day, count)
    assert is_working_day(found)
    assert sum(is_working_day(day + dt.timedelta(n)) for n in range(1, (found - day).days + 1)) == count


@given(KNOWN, st.integers(1, 7))
def test_a_day_nearby_is_earlier_where_it_can_be(start: dt.date, days: int) -> None:
    wanted = start + dt.timedelta(days)
    found = working_day_near(wanted, after=start)
    assert is_working_day(found)
    assert found > start
    if found > wanted:
        assert not any(is_working_day(start + dt.timedelta(n)) for n in range(1, days + 1))
