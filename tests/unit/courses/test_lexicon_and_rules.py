"""The pattern language, the registry of rules, and the floor the coder must not fall below."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.phrase_patterns import PatternError, compile_pattern, expand
from lamplighter.courses.findings.registry import rules_version
from lamplighter.courses.rules import rule_texts
from lamplighter.courses.words import add_months, span
from tests.unit.courses.sentences import HALVES, labelled, load, measure, turned_round

TERMS = expand({"her": ["her", "victim"], "call": ["call", "rang up"]})


@pytest.mark.parametrize(
    ("pattern", "sentence", "hit"),
    [
        ("{call} .. {her}", " he rang up late at night to her", True),
        ("{call} .. {her}", " he rang up one two three four five to her", False),
        ("threat* {her}", " threatening victim", True),
        ("new_number|old number", " from a new number number", True),
        ("posts? about {her}", " post about her", True),
        ("posts? about {her}", " about her", False),
        ("not? {her} $", " her", True),
        ("{her} $", " her now", False),
        ("call", " recall", False),
    ],
)
def test_pattern_language(pattern: str, sentence: str, hit: bool) -> None:
    phrase = compile_pattern(pattern, TERMS)
    assert bool(phrase.search(sentence, frozenset(sentence.split()))) is hit
    # What is asked of the words beforehand never turns a match away.
    assert bool(phrase.pattern.search(sentence)) is hit


@pytest.mark.parametrize("bad", ["{nobody} here", "a||b", "..", "{her}? |x"])
def test_unreadable_patterns_are_refused(bad: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(bad, TERMS)


def test_classes_cannot_include_themselves() -> None:
    with pytest.raises(PatternError, match="includes itself"):
        expand({"a": ["{b}"], "b": ["{a}"]})


def test_rules_are_dated_and_have_reasons_and_sources() -> None:
    texts = rule_texts()
    assert all(t.reason and t.source and t.title and t.version for t in texts.values())
    assert not texts["ex_partner_presumption"].in_force(dt.date(2020, 3, 31))
    assert texts["ex_partner_presumption"].in_force(dt.date(2020, 4, 1))
    assert not texts["additional_recording"].in_force(dt.date(2023, 6, 1))
    assert "hidden:3" in rules_version()


def test_six_months_end_on_the_last_day_when_the_month_is_short() -> None:
    assert add_months(dt.date(2025, 8, 31), 6) == dt.date(2026, 2, 28)
    assert add_months(dt.date(2025, 7, 1), 6) == dt.date(2026, 1, 1)
    assert span(41) == "6 weeks"


@pytest.mark.parametrize(
    ("half", "precision", "recall"),
    [
        ("development", 0.8, 0.9),
        ("held_out", 0.68, 0.72),
        ("fresh_development", 0.85, 0.85),
        ("further_development", 0.88, 0.87),
        ("fresh_held_out", 0.64, 0.6),
        ("later_development", 0.85, 0.9),
        ("later_held_out", 0.85, 0.88),
        ("voices_development", 0.72, 0.63),
        ("voices_held_out", 0.73, 0.66),
    ],
)
def test_the_coder_does_not_fall_below_what_is_published(half: str, precision: float, recall: float) -> None:
    rows = load(half)
    assert len(rows) >= 75
    outcome = measure(rows, labelled(half))
    assert outcome.precision() >= precision
    assert outcome.recall() >= recall


def test_no_sentence_is_in_two_halves() -> None:
    rows = [text for half in HALVES for text, _ in load(half)]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(("half", "most"), [("voices_development", 0), ("voices_held_out", 3)])
def test_hardly_anything_done_to_the_victim_is_read_as_the_victims_doing(half: str, most: int) -> None:
    """Of 271 acts three are, since what the victim did is told apart from what was done: 14 of 16 rows of the
    development half, where it was five."""
    assert len(turned_round(half)) <= most


@pytest.mark.parametrize(
    "text",
    [
        "AGG groped IP over her clothing in the car park and would not let go.",
        "VIC discloses that AGG raped her in February.",
        "Agg approached IP in the shop and asked where she lives now.",
    ],
)
def test_agg_beside_the_victim_is_not_the_victim(text: str) -> None:
    assert {a.direction for a in coder.code(text)} == {"to_victim"}


def test_agg_alone_is_the_aggrieved() -> None:
    assert {a.direction for a in coder.code("AGG slapped the suspect.")} == {"by_victim"}
