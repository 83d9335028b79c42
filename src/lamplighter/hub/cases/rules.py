"""The dated rules of the part "cases": thresholds, time limits, what "current" means, why cases close."""

from __future__ import annotations

import calendar
import datetime as dt

from django.utils import timezone

from lamplighter.hub.cases import configuration
from lamplighter.hub.cases.status.states import TRIAGE
from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.reporting.words import listed
from lamplighter.vocabulary import working_days

RULES = DatedRules(configuration.PART)
every, on, title, newest = RULES.every, RULES.on, RULES.title, RULES.newest


def thresholds_for(decision: str, day: dt.date) -> dict[str, Rule]:
    """The thresholds that can carry this decision of triage."""
    return {code: rule for code, rule in on("threshold", day).items() if decision in rule.extra["for"]}


def mappa(day: dt.date) -> dict[str, Rule]:
    """Return the categories of MAPPA on ``day``; a hub's file may have none."""
    return on("mappa", day) if "mappa" in RULES.tables() else {}


def current_definition(day: dt.date) -> Rule:
    """Return the meaning of "current" stalking on ``day``."""
    return RULES.one("current", day)


def period(rule: Rule) -> tuple[int, str]:
    """Return how long the time limit of ``rule`` is: how many, and of what ("working day")."""
    return configuration.period(rule.extra)


def decisions_on(day: dt.date) -> tuple[str, ...]:
    """The decisions of triage that some threshold can carry on ``day``."""
    held = on("threshold", day).values()
    return tuple(decision for decision in TRIAGE if any(decision in rule.extra["for"] for rule in held))


def follow_ups(day: dt.date) -> dict[int, str]:
    """Return after how many months a closed case is followed up, in order, each with the kind of its task."""
    held = on("clock", day).items()
    return dict(sorted((r.extra["months"], k) for k, r in held if k.startswith(configuration.FOLLOW_UP)))


def follow_up_months(day: dt.date) -> str:
    """Return the same in words: "6, 12 and 24 months"."""
    return f"{listed([str(months) for months in follow_ups(day)])} months"


def out_of_hours(day: dt.date) -> str:
    """Return the text for ``day`` to those who read of danger at night or at a weekend."""
    return RULES.one("out_of_hours", day).title


def child_under(day: dt.date) -> int:
    """Of how many years somebody is a child no longer, by the rule of ``day``."""
    return int(RULES.one("age", day).extra["years"])


def adults_only(day: dt.date) -> tuple[str, ...]:
    """Thresholds that are about adults: with a suspect under 18 no decision rests on them."""
    return tuple(RULES.one("age", day).extra.get("adults_only", ()))


def danger_hours(rule: Rule) -> int | None:
    """Return the hours of a time limit where somebody is in danger now; None where it makes no difference."""
    return rule.extra.get("danger_hours")


def due(rule: Rule, start: dt.datetime, danger: bool = False) -> dt.datetime:
    """Return when a clock of ``rule`` that starts at ``start`` is due: days or months later, same time.

    Working days end with the working day. Where somebody is in ``danger``,
    and the rule has hours for it, these are hours of the clock: of nights, weekends and bank holidays too.
    """
    if danger and (hours := danger_hours(rule)):
        # On the time line of the world: the night in which clocks change has no hour less or more.
        return start.astimezone(dt.UTC) + dt.timedelta(hours=hours)
    if months := rule.extra.get("months"):
        return later_by_months(start, months)
    if count := rule.extra.get("working_days"):
        return working_days.within(timezone.localdate(start), count)
    return start + dt.timedelta(days=rule.extra["days"])


def later_by_months(start: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months on, or the last day of that month where it has no such day."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    return start.replace(
        year=year, month=month + 1, day=min(start.day, calendar.monthrange(year, month + 1)[1])
    )
