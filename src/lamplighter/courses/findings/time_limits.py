"""By when proceedings for a summary-only charge must begin: six months from an act whose date is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lamplighter.courses.rules import count_of
from lamplighter.courses.words import add_months, count, day, listed, sentence, span

RULE = "six_month_limit"
MOST_SINGLE = 3
# A year is too rough to count from. A month is counted from its first day, a range from its first: rather too
# early than too late.
_KNOWN = frozenset({"exact", "day", "range", "month"})


def known_day(
    at: dt.datetime | None, precision: str | None, ended: dt.datetime | None = None
) -> dt.date | None:
    """Return the earliest day on which the act was, or ``None`` where its date is not known.

    Of a window so long that its end stands for it ("some time since the spring") the act may be older.
    """
    if at is None or precision not in _KNOWN or (precision == "range" and at == ended):
        return None
    return at.date().replace(day=1) if precision == "month" else at.date()


def warn_days() -> int:
    """Return how long before its end a limit stands in lists; that of an earlier act is said from then."""
    return count_of(RULE, "days")


def months() -> int:
    """Return how many months after an act proceedings about it must have begun."""
    return count_of(RULE, "months")


def until(act: dt.date, after: int | None = None) -> dt.date:
    """Return the last day for a charge about an act: as the rule says, or ``after`` so many months."""
    return add_months(act, months() if after is None else after)


def first_act(today: dt.date) -> dt.date:
    """Return the earliest day of an act about which a charge can still be brought."""
    return add_months(today, -months())


@dataclass(frozen=True, slots=True)
class Limit:
    """``met``: the limit of the last dated act is still ahead. ``last``: that act."""

    met: bool
    words: str
    last: dt.date | None = None


def limit(acts: Iterable[dt.date], undated: int, today: dt.date) -> Limit:
    """Say when the limit ends, counted from the last act with a known date.

    Args:
        acts: days of the acts against the person.
        undated: how many acts are not counted, because nobody knows their date.
        today: the day on which it is asked.
    """
    days = sorted(set(acts))
    are = "is" if undated == 1 else "are"
    aside = f" {sentence(count(undated, 'act'))} without a known date {are} not counted." if undated else ""
    if not days:
        return Limit(False, f"No act has a known date.{aside}")
    last = days[-1]
    end = until(last)
    single = _single(days[:-1], today)
    if (left := (end - today).days) < 0:
        words = f"Proceedings for a summary-only charge had to begin not later than {day(end)}. "
        return Limit(False, f"{words}The either-way offences have no such limit.{aside}", last)
    from_now = f"{span(left)} from now" if left else "today"
    words = f"Proceedings for a summary-only charge must begin not later than {day(end)}, {from_now}, "
    words += f"counted from the last dated act on {day(last)}."
    return Limit(True, f"{words}{_if_not_proved(days)}{single}{aside}", last)


def _if_not_proved(days: Sequence[dt.date]) -> str:
    if not days[1:]:
        return ""
    end = until(days[-2])
    return f" If that act is not proved: not later than {day(end)}, from the act on {day(days[-2])}."


def _single(days: Sequence[dt.date], today: dt.date) -> str:
    """Earlier acts that could be charged by themselves, and not for much longer."""
    ends = [(until(d), d) for d in days]
    soon = [(end, act) for end, act in ends if 0 <= (end - today).days <= warn_days()]
    if not soon:
        return ""
    told = listed([f"by {day(end)} for the act on {day(act)}" for end, act in soon[:MOST_SINGLE]])
    more = f", and {count(len(soon) - MOST_SINGLE, 'more act')}" if len(soon) > MOST_SINGLE else ""
    return f" An earlier act charged by itself has an earlier limit: {told}{more}."
