"""Six months for a charge: from which act, by which day, and which earlier limits stay visible."""

from __future__ import annotations

import datetime as dt

from lamplighter.courses.findings.time_limits import known_day, limit, until

D = dt.date


def plain(words: str) -> str:
    return words.replace("\xa0", " ")


def test_a_day_that_nobody_knows_is_none() -> None:
    at = dt.datetime(2026, 3, 17, 9)
    assert known_day(at, "exact") == D(2026, 3, 17)
    assert known_day(at, "day") == known_day(at, "range") == D(2026, 3, 17)
    assert known_day(at, "month") == D(2026, 3, 1)
    for rough in ("not_known", "year", None, ""):
        assert known_day(at, rough) is None
    assert known_day(None, "exact") is None


def test_the_last_day_is_counted_by_the_calendar() -> None:
    assert until(D(2025, 8, 31)) == D(2026, 2, 28)
    ends = D(2026, 2, 28)
    assert limit([D(2025, 8, 31)], 0, ends).met
    assert "not later than 28 February 2026, today" in plain(limit([D(2025, 8, 31)], 0, ends).words)
    after = limit([D(2025, 8, 31)], 0, ends + dt.timedelta(days=1))
    assert not after.met
    assert "had to begin not later than 28 February 2026" in plain(after.words)


def test_nothing_is_counted_from_acts_without_a_date() -> None:
    found = limit([], 2, D(2026, 6, 1))
    assert (found.met, found.last) == (False, None)
    assert found.words == "No act has a known date. Two acts without a known date are not counted."


def test_an_earlier_limit_of_a_single_act_stays_until_it_has_passed() -> None:
    """A milder act joins: the course has longer, the act before it has not."""
    acts = [D(2026, 1, 10), D(2026, 5, 1)]
    before = plain(limit(acts, 0, D(2026, 6, 11)).words)
    assert "must begin not later than 1 November 2026" in before
    assert "earlier limit" not in before
    for today in (D(2026, 6, 12), D(2026, 7, 10)):
        told = plain(limit(acts, 0, today).words)
        assert "An earlier act charged by itself has an earlier limit: by 10 July 2026" in told
    assert "earlier limit" not in limit(acts, 0, D(2026, 7, 11)).words


def test_the_day_is_said_that_holds_if_the_last_act_is_not_proved() -> None:
    told = plain(limit([D(2026, 1, 10), D(2026, 5, 1)], 0, D(2026, 5, 2)).words)
    assert told.endswith(
        "If that act is not proved: not later than 10 July 2026, from the act on 10 January 2026."
    )


def test_the_end_of_a_long_window_is_no_known_day() -> None:
    end = dt.datetime(2026, 8, 20, 12)
    assert known_day(end, "range", end) is None
    assert known_day(end, "range", end + dt.timedelta(days=2)) == D(2026, 8, 20)
