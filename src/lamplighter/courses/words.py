"""Plain words for dates, spans and lists in what this room says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

LATE = dt.datetime(9999, 12, 31)
"""Where an unknown date goes in an order: last."""

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def day(at: dt.datetime | dt.date) -> str:
    """'3 May 2026'."""
    return f"{at.day} {at:%B %Y}"


def number(n: int) -> str:
    """Words up to ten, then digits."""
    return _SMALL[n] if 0 <= n < len(_SMALL) else str(n)


def count(n: int, noun: str, plural: str | None = None) -> str:
    """'one report', 'four reports'."""
    return f"{number(n)} {noun if n == 1 else plural or noun + 's'}"


def minutes(n: int) -> str:
    """'half an hour', '20 minutes'."""
    return "half an hour" if n == 30 else count(n, "minute")


def in_percent(share: float) -> str:
    """'5%'."""
    return f"{100 * share:g}%"


def in_months(days: int) -> str:
    """'three months' for as many days as make whole months, else '56 days'."""
    months = round(days / 30.44)
    return count(months, "month") if months and abs(days - 30.44 * months) < 1 else count(days, "day")


def span(days: float) -> str:
    """'the same day', '12 days', '7 weeks', '5 months', '3 years'."""
    n = round(days)
    if n == 0:
        return "the same day"
    if n < 21:
        return f"{n} day{'s' if n != 1 else ''}"
    if n < 70:
        return f"{round(n / 7)} weeks"
    if n < 700:
        return f"{round(n / 30.44)} months"
    return f"{round(n / 365.25)} years"


def listed(items: Sequence[str]) -> str:
    """'a, b and c'."""
    if not items:
        return ""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def sentence(text: str) -> str:
    """First letter upper case."""
    return text[:1].upper() + text[1:]


def add_months(day_: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of that month."""
    month = day_.month - 1 + months
    year, month = day_.year + month // 12, month % 12 + 1
    for last in (day_.day, 30, 29, 28):
        try:
            return dt.date(year, month, min(day_.day, last))
        except ValueError:
            continue
    raise ValueError(f"no such month: {year}-{month}")
