"""The dated rules of ``rules.toml``: events that must be told, and how many days there are for what."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lamplighter.vocabulary.working_days import working_days_after

FILE = Path(__file__).with_name("rules.toml")
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    title: str
    valid_from: dt.date
    valid_until: dt.date | None
    mark: str
    source: str
    extra: Mapping[str, Any]

    def in_force(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@cache
def _rows() -> Mapping[str, list[Rule]]:
    names = ("code", "title", "mark", "source")
    return {
        table: [
            Rule(*(row[n] for n in names[:2]), row["from"], row.get("until"), row["mark"], row["source"], row)
            for row in rows
        ]
        for table, rows in tomllib.loads(FILE.read_text("utf-8")).items()
    }


def on(table: str, day: dt.date) -> dict[str, Rule]:
    """The rows of a table that hold on ``day``, by code, in their order."""
    return {rule.code: rule for rule in _rows()[table] if rule.in_force(day)}


def one(table: str, day: dt.date) -> Rule:
    """The one row of a table of one that holds on ``day``. Raises ``LookupError`` when none does."""
    found = list(on(table, day).values())
    if not found:
        raise LookupError(f"No rule of {table} holds on {day}; see {FILE.name}")
    return found[-1]


def title(table: str, code: str) -> str:
    """The words of a code, in force or not; the code itself when there is none such."""
    return next((rule.title for rule in reversed(_rows()[table]) if rule.code == code), code)


def end_of(day: dt.date) -> dt.datetime:
    """When work ends on ``day``, in London."""
    hour = dt.time.fromisoformat(one("day", day).extra["at"])
    return dt.datetime.combine(day, hour, LONDON)


def update_days(day: dt.date, enhanced: bool) -> int:
    """In how many working days the victim is told of what happened on ``day``."""
    rule = one("victims_code", day)
    return int(rule.extra["enhanced_days" if enhanced else "ordinary_days"])


def update_due(day: dt.date, enhanced: bool) -> dt.datetime:
    """Until when the victim is told of what happened on ``day``. Bank holidays are not counted."""
    return end_of(working_days_after(day, update_days(day, enhanced)))


def after_working_days(table: str, moment: dt.datetime) -> dt.datetime:
    """The end of the working day by which something of ``table`` that began at ``moment`` is due."""
    day = moment.astimezone(LONDON).date()
    return end_of(working_days_after(day, int(one(table, day).extra["working_days"])))
