"""The rules of this room as data: ``rules.toml``, with every number that the room counts by.

The text of a rule names its numbers (``{days}``; ``{gaps.days}`` for another rule's), so that what is printed
is what is counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from lamplighter.courses.words import in_percent, minutes, number, sentence
from lamplighter.vocabulary import upkeep

FINDINGS, JOINING = "rule", "joining"
"""The two tables: what is said of a course, and what belongs to one."""
COURSE = "course.occasions"
_NOT_NUMBERS = frozenset({"id", "version", "title", "reason", "source", "from", "until"})


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule as it stands in ``rules.toml``; dates are when the law or recording rule behind it applied."""

    rule_id: str
    version: str
    title: str
    reason: str
    source: str
    valid_from: dt.date | None
    valid_until: dt.date | None

    def applies(self, on: dt.date) -> bool:
        """Tell whether the rule was in force on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on < self.valid_until
        )


@cache
def _rows() -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Return the table and the row of each rule, by id."""
    body = upkeep.packaged("lamplighter.courses", "rules.toml").body
    return {row["id"]: (table, row) for table in (FINDINGS, JOINING) for row in body[table]}


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _NOT_NUMBERS}


def count_of(rule_id: str, name: str) -> int:
    """Return a whole number of a rule, such as ``count_of("gaps", "days")``."""
    return int(_rows()[rule_id][1][name])


def share_of(rule_id: str, name: str) -> float:
    """Return a number of a rule that need not be whole."""
    return float(_rows()[rule_id][1][name])


def span_of(rule_id: str) -> dt.timedelta:
    """Return the days of a rule as a length of time."""
    return dt.timedelta(days=count_of(rule_id, "days"))


def least_occasions() -> int:
    """Return on how many occasions conduct makes a course of conduct."""
    return count_of(COURSE, "occasions")


def _said(name: str, value: float) -> str:
    if isinstance(value, float):
        return in_percent(value)
    return minutes(value) if name == "minutes" else number(value)


@cache
def rule_texts(table: str = FINDINGS) -> Mapping[str, RuleText]:
    """Return every rule of a table, by id, in the order in which pages list them."""
    said = {
        rule_id: {name: _said(name, value) for name, value in _numbers(row).items()}
        for rule_id, (_, row) in _rows().items()
    }
    others = {rule_id.replace(".", "_"): SimpleNamespace(**numbers) for rule_id, numbers in said.items()}
    return {
        rule_id: RuleText(
            rule_id,
            row["version"],
            sentence(row["title"].format(**others, **said[rule_id])),
            sentence(row["reason"].format(**others, **said[rule_id])),
            row["source"],
            row.get("from"),
            row.get("until"),
        )
        for rule_id, (where, row) in _rows().items()
        if where == table
    }


def forget() -> None:
    """Read the rules anew."""
    for remembered in (_rows, rule_texts):
        remembered.cache_clear()
