"""Words for dates, spans and numbers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.reporting import words

NINE = dt.datetime(2026, 5, 3, 21, 5)


@pytest.mark.parametrize(
    ("start", "end", "precision", "expected"),
    [
        (NINE, None, "exact", "3 May 2026, 9:05pm"),
        (NINE, None, "day", "3 May 2026"),
        (NINE.replace(hour=0, minute=0), None, None, "3 May 2026"),
        (NINE, dt.datetime(2026, 5, 3, 23), "range", "3 May 2026, between 9:05pm and 11pm"),
        (NINE, dt.datetime(2026, 5, 5, 8), "range", "Between 3 May 2026 and 5 May 2026"),
        (NINE, None, "month", "Some time in May 2026"),
        (NINE, None, "year", "Some time in 2026"),
        (None, None, "exact", "Date not known"),
        (NINE, None, "not_known", "Date not known"),
        (NINE.replace(hour=12, minute=0), None, "exact", "3 May 2026, noon"),
    ],
)
def test_a_date_is_given_as_well_as_it_is_known_and_no_better(start, end, precision, expected):
    assert words.when(start, end, precision).replace(words.NO_BREAK, " ") == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "one day"), (1, "1 day"), (41, "41 days"), (90, "3 months"), (800, "2 years and 2 months")],
)
def test_spans_in_words(days, expected):
    assert words.span(days) == expected


def test_a_span_is_never_negative():
    with pytest.raises(ValueError, match="negative"):
        words.span(-1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th"), (21, "21st")],
)
def test_ordinals(value, expected):
    assert words.ordinal(value) == expected


def test_numbers_have_thin_spaces_and_real_minus_signs():
    assert words.number(1234567) == "1\u2009234\u2009567"
    assert words.signed(-2.04) == "\u22122.0"
    assert words.signed(0.5) == "+0.5"
    assert words.signed(-0.0001) == "+0.0"


@given(st.lists(st.text("abc", min_size=1, max_size=3), min_size=2, max_size=6))
def test_a_list_in_words_holds_every_item_once_and_one_and(items):
    text = words.listed(items)
    assert text.count(" and ") == 1
    assert text.replace(" and ", ", ").split(", ") == items


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 4000))
def test_how_long_ago_never_fails(today, days):
    assert words.ago(today - dt.timedelta(days=days), today)
