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
from lamplighter.rule_files.dated import Rule
from lamplighter.vocabulary import upkeep

FINDINGS, JOINING = "rule", "joining"
"""The two tables: what is said of a course, and what belongs to one."""
COURSE = "course.occasions"
_NOT_NUMBERS = frozenset({"id", "version", "title", "reason", "source", "from", "until"})


@dataclass(frozen=True, slots=True)
class RuleText(Rule):
    """One rule with its words; dates are when the law or recording rule behind it applied."""

    reason: str = ""

    @property
    def rule_id(self) -> str:
        return self.code

    @property
    def version(self) -> str:
        return str(self.extra["version"])


@cache
def _rules() -> Mapping[str, tuple[str, Rule]]:
    """Return each rule with its table, by id; of several rows of one rule the last."""
    file = upkeep.packaged("lamplighter.courses", "rules.toml")
    return {rule.code: (table, rule) for table in (FINDINGS, JOINING) for rule in file.rows(table)}


def _number(rule_id: str, name: str) -> float:
    number: float = _rules()[rule_id][1].extra[name]
    return number


def _numbers(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in rule.extra.items() if name not in _NOT_NUMBERS}


def count_of(rule_id: str, name: str) -> int:
    """Return a whole number of a rule, such as ``count_of("gaps", "days")``."""
    return int(_number(rule_id, name))


def share_of(rule_id: str, name: str) -> float:
    """Return a number of a rule that need not be whole."""
    return float(_number(rule_id, name))


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
        rule_id: {name: _said(name, value) for name, value in _numbers(rule).items()}
        for rule_id, (_, rule) in _rules().items()
    }
    others = {rule_id.replace(".", "_"): SimpleNamespace(**numbers) for rule_id, numbers in said.items()}

    def worded(rule: Rule, key: str) -> str:
        return sentence(str(rule.extra[key]).format(**others, **said[rule.code]))

    return {
        rule_id: RuleText(
            rule_id,
            worded(rule, "title"),
            rule.valid_from,
            rule.valid_until,
            rule.extra,
            worded(rule, "reason"),
        )
        for rule_id, (where, rule) in _rules().items()
        if where == table
    }


def forget() -> None:
    """Read the rules anew."""
    for remembered in (_rules, rule_texts):
        remembered.cache_clear()
