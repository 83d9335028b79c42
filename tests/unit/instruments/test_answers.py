"""What an answer lacks before it can be submitted, and two sets of answers side by side."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Any

import pytest

from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.comparing import Side, beside, poolable
from lamplighter.instruments.completing import all_lacking, lacking
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.loading import definition
from lamplighter.instruments.path import walk
from tests.unit.instruments.test_faults import BASE

DAY = dt.date(2026, 5, 3)
MADE = definition(tomllib.loads(BASE))
GIVEN, NOT_KNOWN = State.GIVEN, State.NOT_KNOWN


def said(code: str, answer: Answer | None, made: Definition = MADE) -> list[tuple[str, str]]:
    return [(one.part, one.what) for one in lacking(made.by_code[code], answer)]


@pytest.mark.parametrize(
    ("code", "answer", "parts"),
    [
        ("seen", None, ["answer"]),
        ("seen", Answer(State.NO), []),
        ("seen", Answer(NOT_KNOWN), []),
        ("seen", Answer(State.DOES_NOT_APPLY), []),
        ("seen", Answer(GIVEN, "yes"), ["answer"]),
        ("seen", Answer(State.YES), ["cites"]),
        ("seen", Answer(State.PARTLY), ["words", "cites"]),
        ("seen", Answer(State.PARTLY, words="From afar", cites=("k",)), []),
        ("how_often", Answer(GIVEN, 5), []),
        ("how_often", Answer(GIVEN, 100), ["answer"]),
        ("how_often", Answer(GIVEN, -1), ["answer"]),
        ("how_often", Answer(GIVEN, True), ["answer"]),
        ("how_often", Answer(State.YES), ["answer"]),
        ("since", Answer(GIVEN, DAY), []),
        ("since", Answer(GIVEN, "3 May"), ["answer"]),
        ("places", Answer(GIVEN, ("home",)), []),
        ("places", Answer(GIVEN, ()), ["answer"]),
        ("places", Answer(GIVEN, ("moon",)), ["answer"]),
        ("level", Answer(GIVEN, "high"), ["words"]),
        ("level", Answer(GIVEN, "high", "Because"), []),
        ("level", Answer(NOT_KNOWN), []),
        ("level", Answer(GIVEN, "moon", "Because"), ["answer"]),
    ],
)
def test_what_an_answer_lacks(code: str, answer: Answer | None, parts: list[str]) -> None:
    assert [part for part, _ in said(code, answer)] == parts


def test_what_is_required_must_be_known() -> None:
    document = tomllib.loads(BASE)
    document["item"][0] |= {"required": True}
    made = definition(document)
    assert said("seen", Answer(NOT_KNOWN), made) == [("answer", "This must be known")]
    assert said("seen", Answer(State.NO), made) == []


def test_only_what_is_asked_can_lack_something() -> None:
    answers = {
        "seen": Answer(State.NO),
        "how_often": Answer(GIVEN, 2),
        "since": Answer(NOT_KNOWN),
        "places": Answer(NOT_KNOWN),
        # Kept from before, when it was asked.
        "follow_up": Answer(GIVEN, "moon"),
    }
    path = walk(MADE, answers)
    assert [item.code for item in path.no_longer] == ["follow_up"]
    assert all_lacking(path, answers) == []


def _second(**changes: Any) -> Definition:
    document = tomllib.loads(BASE) | {"version": "2"} | changes
    document["item"][1]["text"] = "How many times?"
    return definition(document)


def test_two_versions_side_by_side_say_what_was_reworded_and_what_changed() -> None:
    second = _second()
    before = Side(MADE, {"seen": Answer(State.NO), "how_often": Answer(GIVEN, 2)}, ("seen", "how_often"))
    after = Side(
        second,
        {"seen": Answer(State.YES), "how_often": Answer(GIVEN, 2), "since": Answer(NOT_KNOWN)},
        ("seen", "how_often", "since"),
    )
    rows = {row.later.code: (row.reworded, row.changed) for row in beside(before, after) if row.later}
    assert rows == {"seen": (False, True), "how_often": (True, False), "since": (False, True)}
    # An answer that was kept and not asked stands on neither side.
    assert all(row.was is None for row in beside(Side(MADE, before.answers, ()), after))


def test_versions_are_counted_together_only_where_somebody_says_so() -> None:
    assert poolable(MADE, MADE)
    assert not poolable(MADE, _second())
    assert poolable(MADE, _second(pool_with=["1"]))
    assert not poolable(MADE, _second(code="other", pool_with=["1"]))
