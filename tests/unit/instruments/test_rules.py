"""Each operator by hand: yes, no, and not known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.completing import words_of
from lamplighter.instruments.loading import definition, shipped_texts
from lamplighter.instruments.rules import OPERATORS, Truth, ask, parse

YES, NO, OPEN = Truth.YES, Truth.NO, Truth.NOT_KNOWN
DAY = dt.date(2026, 5, 3)
ANSWERS = {
    "yes": Answer(State.YES),
    "no": Answer(State.NO),
    "unknown": Answer(State.NOT_KNOWN),
    "unasked": Answer(State.NOT_ASKED),
    "declined": Answer(State.DECLINED),
    "no_use": Answer(State.DOES_NOT_APPLY),
    "four": Answer(State.GIVEN, 4),
    "day": Answer(State.GIVEN, DAY),
    "two": Answer(State.GIVEN, ("a", "b")),
}
TABLE: list[tuple[dict[str, Any], Truth]] = [
    ({"is": ["yes", "yes"]}, YES),
    ({"is": ["no", "yes"]}, NO),
    *[({"is": [code, "yes"]}, OPEN) for code in ("unknown", "unasked", "declined", "nobody_answered")],
    *[({"not": {"is": [code, "yes"]}}, OPEN) for code in ("unknown", "unasked", "declined")],
    ({"is": ["no_use", "yes"]}, NO),
    ({"is": ["no_use", "does_not_apply"]}, YES),
    ({"in": ["yes", ["partly", "yes"]]}, YES),
    ({"in": ["no", ["partly", "yes"]]}, NO),
    ({"not": {"is": ["no", "yes"]}}, YES),
    ({"all": [{"is": ["yes", "yes"]}, {"is": ["unknown", "yes"]}]}, OPEN),
    ({"all": [{"is": ["no", "yes"]}, {"is": ["unknown", "yes"]}]}, NO),
    ({"any": [{"is": ["yes", "yes"]}, {"is": ["unknown", "yes"]}]}, YES),
    ({"any": [{"is": ["no", "yes"]}, {"is": ["unknown", "yes"]}]}, OPEN),
    ({"at_least": [2, [{"known": "yes"}, {"is": ["unknown", "yes"]}, {"is": ["no", "yes"]}]]}, OPEN),
    ({"at_least": [2, [{"known": "yes"}, {"known": "no"}, {"known": "unknown"}]]}, YES),
    ({"at_least": [2, [{"is": ["no", "yes"]}, {"is": ["no", "yes"]}, {"known": "unknown"}]]}, NO),
    ({"less": ["four", 5]}, YES),
    ({"less": ["four", 4]}, NO),
    ({"more": ["four", 3]}, YES),
    ({"more": ["four", 4]}, NO),
    ({"more": ["no_use", 4]}, OPEN),
    ({"more": ["nobody_answered", 4]}, OPEN),
    ({"before": ["day", DAY]}, NO),
    ({"before": ["day", DAY + dt.timedelta(1)]}, YES),
    ({"after": ["day", DAY]}, NO),
    ({"after": ["day", DAY - dt.timedelta(1)]}, YES),
    ({"any_of": ["two", ["b", "c"]]}, YES),
    ({"any_of": ["two", ["c"]]}, NO),
    ({"all_of": ["two", ["a", "b"]]}, YES),
    ({"all_of": ["two", ["a", "c"]]}, NO),
    ({"count": ["two", 2]}, YES),
    ({"count": ["two", 3]}, NO),
    ({"known": "no"}, YES),
    ({"known": "unknown"}, OPEN),
    ({"known": "nobody_answered"}, OPEN),
    ({"missing": "unknown"}, YES),
    ({"missing": "declined"}, YES),
    ({"missing": "no"}, NO),
    ({"missing": "nobody_answered"}, OPEN),
]


@pytest.mark.parametrize(("rule", "truth"), TABLE, ids=[str(rule) for rule, _ in TABLE])
def test_an_operator(rule: dict[str, Any], truth: Truth) -> None:
    assert ask(parse(rule), ANSWERS) is truth


def test_every_operator_is_in_the_table() -> None:
    assert len(OPERATORS) == 15
    assert {operator for rule, _ in TABLE for operator in rule} == set(OPERATORS)


def test_a_rule_is_said_in_words() -> None:
    import tomllib

    made = definition(tomllib.loads(shipped_texts()["four/1.toml"]))
    rule = next(section.when for section in made.sections if section.code == "former_partner")
    assert rule is not None
    asked = "“Were victim and suspect ever partners?”"
    assert words_of(made, rule) == f"{asked} is yes or partly or {asked} is not known"
    since = parse({"all": [{"before": ["last_act", DAY]}, {"any_of": ["acts", ["following", "watching"]]}]})
    assert words_of(made, since) == (
        "“When was the last act that anybody knows of?” is before 3 May 2026 and “Which of these were done?” "
        "has Following or Watching or spying"
    )
