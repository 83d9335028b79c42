"""Working days in England and Wales: Monday to Friday without bank holidays, for the years that are known."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from lamplighter.rule_files import dated
from lamplighter.vocabulary import supplied

FILE = "working_days.toml"
LONDON = ZoneInfo("Europe/London")


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


def ends(day: dt.date, document: Mapping[str, Any] | None = None) -> dt.time:
    """Return when work ends on ``day``, on the clock of London; ``document``: as another file says it."""
    # A file of a hub's own need not have it.
    rows = (document or supplied.document(supplied.WORKING_DAYS)).get("ends")
    rows = rows or supplied.as_packaged(supplied.WORKING_DAYS)["ends"]
    held = [row for row in rows if dated.holds(row, day)]
    return dt.time.fromisoformat((held or rows[:1])[-1]["at"])


def end_of(day: dt.date) -> dt.datetime:
    """Return the moment at which work ends on ``day``."""
    return dt.datetime.combine(day, ends(day), LONDON)


def last_second(day: dt.date) -> dt.datetime:
    """Return the last second of a day in London, whenever work ends."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), LONDON)


def within(day: dt.date, count: int) -> dt.datetime:
    """Return the end of the ``count``-th working day after ``day``.

    Where the bank holidays of that year are not known yet, of so many days: rather too early than too late.
    """
    try:
        return end_of(working_days_after(day, count))
    except PastTheEndError:
        return end_of(day + dt.timedelta(days=count))


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


def nearest(day: dt.date, *, after: dt.date) -> dt.date:
    """Return :func:`working_day_near`; of a year whose bank holidays are not known yet, the day itself."""
    with contextlib.suppress(PastTheEndError):
        return working_day_near(day, after=after)
    return day


def due(period: Mapping[str, Any], start: dt.datetime) -> dt.datetime:
    """Return by when something that starts at ``start`` (aware) is done: one of hours, days, working_days.

    Hours are those of the clock, of nights and bank holidays too. Working days end with the working day. Days
    are days of the calendar; where the last is no working day, the working day before it, if there is one:
    too early rather than too late.
    """
    if hours := period.get("hours"):
        # On the time line of the world: the night in which clocks change has no hour less or more.
        return start.astimezone(dt.UTC) + dt.timedelta(hours=hours)
    day = start.astimezone(LONDON).date()
    if count := period.get("working_days"):
        return within(day, count)
    return end_of(nearest(day + dt.timedelta(days=period["days"]), after=day))
