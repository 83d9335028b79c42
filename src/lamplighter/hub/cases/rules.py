"""The dated rules of ``rules.toml``: thresholds, clocks, what "current" means, why cases close."""

from __future__ import annotations

import calendar
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from lamplighter.vocabulary import working_days

FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: its code, its words, and from when until when it holds."""

    code: str
    title: str
    valid_from: dt.date
    valid_until: dt.date | None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@cache
def _rows() -> Mapping[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for table, rows in tomllib.loads(FILE.read_text("utf-8")).items():
        found[table] = [
            Rule(
                row.get("code") or row["kind"],
                row.get("title") or row["text"],
                row["from"],
                row.get("until"),
                row,
            )
            for row in rows
        ]
    return found


def every(table: str) -> list[Rule]:
    """Every row of a table, in force or not, in its order."""
    return list(_rows()[table])


def on(table: str, day: dt.date) -> dict[str, Rule]:
    """The rows of a table that hold on ``day``, by code, in their order."""
    return {rule.code: rule for rule in _rows()[table] if rule.in_force(day)}


def title(table: str, code: str) -> str:
    """The words of a code, in force or not; the code itself when there is none such."""
    return next((rule.title for rule in reversed(_rows()[table]) if rule.code == code), code)


def thresholds_for(decision: str, day: dt.date) -> dict[str, Rule]:
    """The thresholds that can carry this decision of triage."""
    return {code: rule for code, rule in on("threshold", day).items() if decision in rule.extra["for"]}


def current_definition(day: dt.date) -> Rule:
    """What "current" stalking means on ``day``."""
    return list(on("current", day).values())[-1]


def due(rule: Rule, start: dt.datetime) -> dt.datetime:
    """When a clock of ``rule`` that starts at ``start`` is due: so many days or months later, same time.

    Working days end with the working day, at five in the afternoon.
    """
    if months := rule.extra.get("months"):
        return later_by_months(start, months)
    if count := rule.extra.get("working_days"):
        day = timezone.localdate(start)
        try:
            last = working_days.working_days_after(day, count)
        except working_days.PastTheEndError:
            # The bank holidays of that year are not known yet: rather too early than too late.
            last = day + dt.timedelta(days=count)
        return dt.datetime.combine(last, dt.time(17), timezone.get_current_timezone())
    return start + dt.timedelta(days=rule.extra["days"])


def later_by_months(start: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months on, or the last day of that month where it has no such day."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    return start.replace(
        year=year, month=month + 1, day=min(start.day, calendar.monthrange(year, month + 1)[1])
    )
