"""Rules of three values: yes, no, not known. A missing answer is never a "no".

A rule is one named operator and what it is about, in TOML::

    when = { any = [ { is = ["threat", "yes"] }, { more = ["visits", 3] } ] }

Where an answer is left open, or nobody gave one, what is built on it is not known; only ``missing`` asks for
that. It cannot stand under ``not``, so that answering "not known" never turns a rule that was yes, or not
known, into no. Of ``all`` the least counts, of ``any`` the most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from lamplighter.instruments.answers import Answers, State, Value


class Truth(IntEnum):
    """In order: the least of several holds for all of them, the most for any."""

    NO = 0
    NOT_KNOWN = 1
    YES = 2

    @classmethod
    def of(cls, fact: bool) -> Truth:
        return cls.YES if fact else cls.NO


@dataclass(frozen=True, slots=True)
class Rule:
    """An operator, the rules inside it, or the item and the values that it compares."""

    operator: str
    inside: tuple[Rule, ...] = ()
    item: str = ""
    values: tuple[Any, ...] = ()


# Operators of other rules ----------------------------------------------------------------------------------

OF_RULES = ("all", "any", "not", "at_least")


def _of_rules(rule: Rule, answers: Answers) -> Truth:
    found = [ask(one, answers) for one in rule.inside]
    if rule.operator == "all":
        return min(found)
    if rule.operator == "any":
        return max(found)
    if rule.operator == "not":
        return Truth(2 - found[0])
    yes, open_ = found.count(Truth.YES), found.count(Truth.NOT_KNOWN)
    (least,) = rule.values
    return Truth.YES if yes >= least else Truth.NOT_KNOWN if yes + open_ >= least else Truth.NO


# Operators of one item: what it compares, given an answer that is not left open ----------------------------

CODES = ("is", "in")  # of one of some answers
SETS = ("any_of", "all_of", "count")  # of several answers at once
NUMBERS = ("less", "more")
DATES = ("before", "after")
PRESENCE = ("known", "missing")
COMPARES: Mapping[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "is": lambda given, values: given == values[0],
    "in": lambda given, values: given in values,
    "any_of": lambda given, values: bool(set(given) & set(values)),
    "all_of": lambda given, values: set(values) <= set(given),
    "count": lambda given, values: len(set(given)) >= values[0],
    "less": lambda given, values: given < values[0],
    "more": lambda given, values: given > values[0],
    "before": lambda given, values: given < values[0],
    "after": lambda given, values: given > values[0],
}
OPERATORS = (*OF_RULES, *COMPARES, *PRESENCE)


def ask(rule: Rule, answers: Answers) -> Truth:
    """Return whether a rule holds, given the answers that count."""
    if rule.operator in OF_RULES:
        return _of_rules(rule, answers)
    answer = answers.get(rule.item)
    if answer is None:
        return Truth.NOT_KNOWN
    if rule.operator == "missing":
        return Truth.of(answer.is_missing)
    if answer.is_missing:
        return Truth.NOT_KNOWN
    if rule.operator == "known":
        return Truth.YES
    # What does not apply has no number, no day and no list: nothing is said of those.
    if answer.state is State.DOES_NOT_APPLY and rule.operator not in CODES:
        return Truth.NOT_KNOWN
    return Truth.of(COMPARES[rule.operator](answer.code, rule.values))


def parse(raw: Mapping[str, Any]) -> Rule:
    """Return a rule as written, once :mod:`lamplighter.instruments.checks` found nothing wrong with it."""
    ((operator, given),) = raw.items()
    if operator == "not":
        return Rule(operator, (parse(given),))
    if operator == "at_least":
        return Rule(operator, tuple(map(parse, given[1])), values=(given[0],))
    if operator in OF_RULES:
        return Rule(operator, tuple(map(parse, given)))
    if operator in PRESENCE:
        return Rule(operator, item=given)
    item, value = given
    return Rule(operator, item=item, values=tuple(value) if isinstance(value, list) else (value,))


def parts(rule: Rule, *, negated: bool = False) -> Iterator[tuple[Rule, bool]]:
    """Yield a rule and every rule inside it, each with whether it stands under an odd number of ``not``."""
    yield rule, negated
    for one in rule.inside:
        yield from parts(one, negated=negated != (rule.operator == "not"))


def reads(rule: Rule) -> tuple[str, ...]:
    """Return the items that a rule asks for, each once, in their order."""
    return tuple(dict.fromkeys(part.item for part, _ in parts(rule) if part.item))


def both(*rules: Rule | None) -> Rule | None:
    """Return one rule that holds where all of these hold; ``None`` where there is none of them."""
    there = tuple(rule for rule in rules if rule is not None)
    if len(there) < 2:
        return there[0] if there else None
    return Rule("all", there)


# In words --------------------------------------------------------------------------------------------------

WORDS = {
    "is": "is {0}",
    "in": "is {any}",
    "any_of": "has {any}",
    "all_of": "has {all}",
    "count": "has {0} or more",
    "less": "is less than {0}",
    "more": "is more than {0}",
    "before": "is before {0}",
    "after": "is after {0}",
    "known": "is known",
    "missing": "is not known",
}


def in_words(rule: Rule, texts: Mapping[str, str], option: Callable[[str, Value], str]) -> str:
    """Say a rule as people say it. ``texts``: what items are called; ``option``: words of their answers."""
    if rule.operator in OF_RULES:
        inside = [in_words(one, texts, option) for one in rule.inside]
        if rule.operator == "not":
            return f"not: {inside[0]}"
        if rule.operator == "at_least":
            return f"{rule.values[0]} or more of: {'; '.join(inside)}"
        return (" and " if rule.operator == "all" else " or ").join(inside)
    said = [_said(rule.item, value, option) for value in rule.values]
    words = WORDS[rule.operator].format(*said[:1], any=" or ".join(said), all=" and ".join(said))
    return f"“{texts.get(rule.item, rule.item)}” {words}"


def _said(item: str, value: Any, option: Callable[[str, Value], str]) -> str:
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    return option(item, value) if isinstance(value, str) else str(value)
