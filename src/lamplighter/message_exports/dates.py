"""Decide whether the day or the month is first in the dates of a file, and whether that is proved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Order(StrEnum):
    """Orders in which people write a date."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it is written: three numbers, the place in the file, and how many figures the first has."""

    place: int
    numbers: tuple[int, int, int]
    year_first: bool


@dataclass(frozen=True, slots=True)
class OrderFound:
    """Order of a file, whether the file proves it, and why in words. ``place``: the line that proves it."""

    order: Order
    proved: bool
    why: str
    place: int | None = None


class BothOrdersError(ValueError):
    """Refusal of a file with dates that have the day first, and others that have the month first."""

    def __init__(self, day_first: int, month_first: int) -> None:
        super().__init__("dates in both orders")
        self.day_first, self.month_first = day_first, month_first


def date_of(written: Written, order: Order) -> dt.date | None:
    """Return the date in one order; ``None`` where there is none such."""
    a, b, c = written.numbers
    year, month, day = {
        Order.DAY_FIRST: (c, b, a),
        Order.MONTH_FIRST: (c, a, b),
        Order.YEAR_FIRST: (a, b, c),
    }[Order.YEAR_FIRST if written.year_first else order]
    try:
        return dt.date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def find(dates: Sequence[Written]) -> OrderFound:
    """Return the order of the dates of one file.

    Only a number above 12 proves it. Where none is, an order is proposed: the one in which fewer dates run
    backwards, and the day first where that is equal; a person confirms it.

    Raises:
        BothOrdersError: some dates can only have the day first and others only the month first.
    """
    dates = [w for w in dates if not w.year_first]
    if not dates:
        return OrderFound(Order.YEAR_FIRST, True, "The year is first, or the month is a word.")
    day = next((w.place for w in dates if w.numbers[0] > 12), None)
    month = next((w.place for w in dates if w.numbers[1] > 12), None)
    if day is not None and month is not None:
        raise BothOrdersError(day, month)
    if day is not None:
        return OrderFound(Order.DAY_FIRST, True, f"Line {day} can only have the day first.", day)
    if month is not None:
        return OrderFound(Order.MONTH_FIRST, True, f"Line {month} can only have the month first.", month)
    if all(w.numbers[0] == w.numbers[1] for w in dates):
        return OrderFound(Order.DAY_FIRST, True, "Each date is the same in both orders.")
    back = {o: _backwards(dates, o) for o in (Order.DAY_FIRST, Order.MONTH_FIRST)}
    if back[Order.MONTH_FIRST] < back[Order.DAY_FIRST]:
        why = "No number is above 12. With the month first, the dates run forwards more often."
        return OrderFound(Order.MONTH_FIRST, False, why)
    if back[Order.DAY_FIRST] < back[Order.MONTH_FIRST]:
        why = "No number is above 12. With the day first, the dates run forwards more often."
        return OrderFound(Order.DAY_FIRST, False, why)
    return OrderFound(
        Order.DAY_FIRST,
        False,
        "No number is above 12, and both orders fit. In the UK the day is usually first.",
    )


def _backwards(dates: Sequence[Written], order: Order) -> int:
    found = [d for w in dates if (d := date_of(w, order)) is not None]
    return sum(later < earlier for earlier, later in pairwise(found))


def is_twice(wall: dt.datetime, zone: dt.tzinfo) -> bool:
    """Tell whether a clock time was shown twice, in the hour in which the clocks go back."""
    first, second = (wall.replace(tzinfo=zone, fold=f).utcoffset() for f in (0, 1))
    return first is not None and second is not None and first > second


def never_was(wall: dt.datetime, zone: dt.tzinfo) -> bool:
    """Tell whether a clock in this zone never showed the time, for the clocks had gone forward."""
    first, second = (wall.replace(tzinfo=zone, fold=f).utcoffset() for f in (0, 1))
    return first is not None and second is not None and first < second
