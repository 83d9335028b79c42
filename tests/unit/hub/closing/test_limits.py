"""The clocks of a closing on their boundaries: the six-month limit, and every time limit of the rules."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.courses.words import add_months
from lamplighter.hub.closing import rules
from lamplighter.hub.closing.around import limits
from lamplighter.hub.closing.configuration import LIMITS
from lamplighter.hub.patterns import configuration as patterns
from lamplighter.vocabulary.working_days import LONDON, is_working_day

MONTHS = (3, 4, 5)
A_DAY = dt.timedelta(days=1)
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2027, 1, 1))
MOMENTS = st.datetimes(dt.datetime(2025, 1, 2), dt.datetime(2026, 12, 1), timezones=st.just(LONDON))


@given(st.lists(DAYS, min_size=1, max_size=5), DAYS)
def test_a_warning_holds_from_its_month_until_the_next_and_never_after_the_limit(
    acts: list[dt.date], today: dt.date
) -> None:
    found = limits.reached(acts, today, MONTHS)
    past = [act for act in acts if act <= today]
    if not past:
        assert found is None
        return
    last = max(past)
    passed = [m for m in MONTHS if add_months(last, m) <= today]
    end = add_months(last, 6)
    assert found == ((max(passed), end) if passed and today <= end else None)


def test_the_three_warnings_by_hand() -> None:
    """Last act on 31 August 2026: warnings on 30 November, 31 December and 31 January; limit 28 February."""
    act = dt.date(2026, 8, 31)
    end = dt.date(2027, 2, 28)
    for day, months in ((dt.date(2026, 11, 30), 3), (dt.date(2026, 12, 31), 4), (dt.date(2027, 1, 31), 5)):
        assert limits.reached([act], day, MONTHS) == (months, end)
        before = limits.reached([act], day - A_DAY, MONTHS)
        assert before == ((months - 1, end) if months > 3 else None)
    assert limits.reached([act], end, MONTHS) == (5, end)
    assert limits.reached([act], end + A_DAY, MONTHS) is None
    assert patterns.warnings(act) == [*MONTHS]


@given(MOMENTS)
def test_every_limit_ends_when_its_rule_says(start: dt.datetime) -> None:
    for code in LIMITS:
        _, due = rules.limit(code, start)
        rule = rules.on("limit", rules.day_of(start))[code].extra
        if hours := rule.get("hours"):
            # Of the clock: the night in which clocks change has no hour less or more.
            assert due.astimezone(dt.UTC) - start.astimezone(dt.UTC) == dt.timedelta(hours=hours)
        elif count := rule.get("working_days"):
            last = due.astimezone(LONDON).date()
            between = (
                rules.day_of(start) + n * A_DAY for n in range(1, (last - rules.day_of(start)).days + 1)
            )
            assert sum(map(is_working_day, between)) == count
        else:
            assert due.astimezone(LONDON).date() == rules.day_of(start) + rule["days"] * A_DAY


def test_a_withdrawal_before_the_clocks_change_is_reviewed_on_the_fourteenth_day() -> None:
    start = dt.datetime(2026, 10, 24, 23, 50, tzinfo=LONDON)
    _, due = rules.limit("review", start)
    assert due == dt.datetime(2026, 11, 7, 17, tzinfo=LONDON)
    _, hours = rules.limit("identity", start)
    assert hours == dt.datetime(2026, 10, 26, 22, 50, tzinfo=LONDON)


def test_the_outcomes_that_drop_a_case() -> None:
    found = rules.dropping(dt.date(2026, 11, 30))
    assert set(found) == {"14", "15", "16", "17", "18", "20", "21", "22"}
    assert [code for code in found if not rules.names_suspect(code)] == ["14", "18"]
    assert rules.called("17") == "Outcome 17: time limit for prosecution passed"
