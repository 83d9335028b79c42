"""Working days in England and Wales: Monday to Friday without bank holidays, for the years that are known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lamplighter.vocabulary import supplied

FILE = "working_days.toml"


class PastTheEndError(ValueError):
    """A day outside the years whose bank holidays are known. Nothing is guessed."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The bank holidays, and the first and last day for which they are complete."""

    first: dt.date
    last: dt.date
    holidays: frozenset[dt.date]


@supplied.remembered
def calendar() -> Calendar:
    """Return the calendar of ``working_days.toml``."""
    body = supplied.document(supplied.WORKING_DAYS)
    days = [day for year in body["years"].values() for day in year["days"]]
    first = dt.date(min(int(year) for year in body["years"]), 1, 1)
    return Calendar(first, body["known_until"], frozenset(days))


def is_working_day(day: dt.date) -> bool:
    """Tell whether offices work on ``day``. Raises :class:`PastTheEndError` outside the known years."""
    known = calendar()
    if not known.first <= day <= known.last:
        raise PastTheEndError(
            f"Bank holidays are known from {known.first:%d.%m.%Y} until {known.last:%d.%m.%Y}, and "
            f"{day:%d.%m.%Y} is outside. Add the year, as published, to {FILE}."
        )
    return day.weekday() < 5 and day not in known.holidays


def working_days_after(day: dt.date, count: int) -> dt.date:
    """Return the ``count``-th working day after ``day``, which itself is not counted. ``count`` is at least
    1.
    """
    if count < 1:
        raise ValueError("At least one working day is needed")
    for _ in range(count):
        day += dt.timedelta(days=1)
        while not is_working_day(day):
            day += dt.timedelta(days=1)
    return day


def working_day_near(day: dt.date, *, after: dt.date) -> dt.date:
    """``day``, or the last working day before it that is later than ``after``, or else the next one."""
    earlier = day
    while earlier > after:
        if is_working_day(earlier):
            return earlier
        earlier -= dt.timedelta(days=1)
    return day if is_working_day(day) else working_days_after(day, 1)
