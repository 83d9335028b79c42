"""Dates, spans and numbers in words, the same on every page and paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

THIN_SPACE = "\u2009"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# Of a sign or a rule that nothing recorded shows: silence in short records is no evidence.
NOT_SHOWN = "Not shown by what is recorded. That is no sign that it did not happen: ask."


def day(date: dt.date) -> str:
    """'3 May 2026'."""
    return f"{date.day}{NO_BREAK}{date:%B}{NO_BREAK}{date.year}"


def month(date: dt.date) -> str:
    """'May 2026'."""
    return f"{date:%B}{NO_BREAK}{date.year}"


def clock(at: dt.datetime | dt.time) -> str:
    """'9:05pm', 'noon', 'midnight': the style of GOV.UK."""
    if at.hour == 12 and at.minute == 0:
        return "noon"
    if at.hour == 0 and at.minute == 0:
        return "midnight"
    hour = at.hour % 12 or 12
    half = "am" if at.hour < 12 else "pm"
    return f"{hour}{half}" if at.minute == 0 else f"{hour}:{at.minute:02d}{half}"


def when(start: dt.datetime | None, end: dt.datetime | None = None, precision: str | None = None) -> str:
    """Return a date as well as it is known, and no better.

    ``precision`` is a code of the ``date_precision`` set: exact, day, range,
    month, year or not_known. A missing precision is read from the times
    themselves.
    """
    if start is None or precision == "not_known":
        return "Date not known"
    if precision == "year":
        return f"Some time in {start.year}"
    if precision == "month":
        return f"Some time in {month(start)}"
    ranged = end is not None and end != start and precision not in {"exact", "day"}
    if ranged and end is not None:
        if end.date() == start.date():
            return f"{day(start)}, between {clock(start)} and {clock(end)}"
        return f"Between {day(start)} and {day(end)}"
    if precision == "day" or (precision is None and start.time() == dt.time()):
        return day(start)
    return f"{day(start)}, {clock(start)}"


def span(days: int) -> str:
    """Return a length of time in words: days up to 8 weeks, then months, then years."""
    if days < 0:
        raise ValueError("A span cannot be negative.")
    if days == 0:
        return "one day"
    if days <= 56:
        return count(days, "day")
    months = round(days / 30.4375)
    if months < 24:
        return count(months, "month")
    years, rest = divmod(months, 12)
    return count(years, "year") + (f" and {count(rest, 'month')}" if rest else "")


def ago(then: dt.date, today: dt.date) -> str:
    """'today', 'yesterday', '9 days ago', '3 months ago'."""
    days = (today - then).days
    if days < 0:
        return f"in {span(-days)}"
    if days == 0:
        return "today"
    return "yesterday" if days == 1 else f"{span(days)} ago"


def number(value: float, decimals: int = 0) -> str:
    """Return a number with thin spaces between thousands and a real minus sign."""
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN_SPACE)
    return f"{MINUS}{text}" if value < 0 and float(f"{value:.{decimals}f}") != 0 else text


def signed(value: float, decimals: int = 1) -> str:
    """'+3.2' or '−1.0': weights that add up read better with their signs."""
    text = number(value, decimals)
    return text if text.startswith(MINUS) else f"+{text}"


def small(value: int) -> str:
    """'two' up to ten, '11' from there on."""
    return _SMALL[value] if 0 <= value < len(_SMALL) else number(value)


def count(value: int, noun: str, plural: str | None = None) -> str:
    """'1 day', '41 days'."""
    return f"{number(value)} {noun if value == 1 else plural or noun + 's'}"


def ordinal(value: int) -> str:
    """'1st', '2nd', '4th', '11th'."""
    tens = value % 100
    suffix = "th" if 10 <= tens <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{number(value)}{suffix}"


def listed(items: Sequence[str], joiner: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    kept = [i for i in items if i]
    if len(kept) < 2:
        return kept[0] if kept else ""
    return f"{', '.join(kept[:-1])} {joiner} {kept[-1]}"


def sentence(text: str) -> str:
    """Return the text with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
