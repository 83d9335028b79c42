"""The dated rules of the part "orders", and by when something is due."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.orders import configuration
from lamplighter.hub.orders.configuration import OTHER
from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.working_days import LONDON

RULES = DatedRules(configuration.PART)
on, title = RULES.on, RULES.title


def day_of(moment: dt.datetime) -> dt.date:
    """Return the day in London on which a moment falls."""
    return moment.astimezone(LONDON).date()


def held(table: str, code: str, day: dt.date) -> Rule:
    """Return the row that holds on a day; of a day before the first row, or after the last, the newest."""
    rule = on(table, day).get(code) or RULES.newest(table, code)
    if rule is None:
        raise LookupError(f"rules.toml of orders has no {table} {code}.")
    return rule


def kind(code: str, day: dt.date) -> Rule:
    """Return what an order of this kind asks for; of a kind that the rules no longer name, of any other."""
    return on("kind", day).get(code) or RULES.newest("kind", code) or held("kind", OTHER, day)


def limit(code: str, start: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what is to be done, and by when if it starts at ``start`` (aware)."""
    rule = held("limit", code, day_of(start))
    return rule.title, working_days.due(rule.extra, start)


def notify_by(rule: Rule, first: dt.date) -> dt.date | None:
    """Return the last day on which name and home address can be notified; ``None`` where they need not be.

    ``first``, the day of service or the day on which it was made, is the first of the days. A weekend or a
    bank holiday makes it no later.
    """
    days = rule.extra.get("notify_days")
    return first + dt.timedelta(days=days - 1) if days else None


def started(day: dt.date, time: dt.time | None) -> dt.datetime:
    """Return when something happened; without a time, as early on the day as it can have been."""
    return dt.datetime.combine(day, time or dt.time(), LONDON)


def later(day: dt.date, months: int) -> dt.date:
    """Return the day so many months after a day; of a month that has no such day, its last one."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    end = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, end))


def warning(last_day: dt.date, today: dt.date) -> Rule | None:
    """Return the warning that is due of an order that ends on ``last_day``: the latest that has begun."""
    left = (last_day - today).days
    begun = [rule for rule in on("warning", today).values() if 0 <= left <= rule.extra["before_days"]]
    return min(begun, key=lambda rule: int(rule.extra["before_days"]), default=None)


def decide_by(rule: Rule, last_day: dt.date, today: dt.date) -> dt.datetime:
    """Return by when it is decided what follows an order: within the days of the warning, before it ends.

    Where that is no working day, the working day before it, if there is one.
    """
    by = min(today + dt.timedelta(days=rule.extra["days"]), last_day)
    return min(working_days.end_of(working_days.nearest(by, after=today)), working_days.last_second(last_day))
