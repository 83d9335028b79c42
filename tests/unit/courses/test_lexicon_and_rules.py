"""The pattern language, the registry of rules, and the floor the coder must not fall below."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.lexicon_store import lexicon
from lamplighter.courses.coding.phrase_patterns import (
    REACH,
    Classes,
    PatternError,
    Sentence,
    compile_pattern,
    expand,
    forms_of,
)
from lamplighter.courses.findings.registry import rules_version
from lamplighter.courses.rules import rule_texts
from lamplighter.courses.words import add_months, span
from tests.unit.courses.sentences import HALVES, labelled, load, measure, proposed, turned_round

TERMS = {"her": ["her", "victim"], "call": ["call", "rang up"], "look": ["~stare", "~eye up", "{her}"]}
IRREGULAR = {"sit": ["sits", "sat", "sitting"]}


def found(pattern: str, sentence: str) -> tuple[int, int] | None:
    """The words that a pattern reads in a sentence, with what is asked of its words beforehand."""
    classes = Classes(TERMS, IRREGULAR)
    phrase = compile_pattern(pattern, classes)
    forms = tuple(sentence.split())
    keys = {} if phrase.key is None else {phrase.key: frozenset({7})}
    asked = Sentence(forms, [classes.begun(form, keys) for form in forms], keys)
    span = phrase.find(asked)
    # What is asked of the words beforehand never turns a match away.
    assert span is None or phrase.needs & asked.bits == phrase.needs
    assert span is None or asked.tried == ({7} if keys else set())
    return span


@pytest.mark.parametrize(
    ("pattern", "sentence", "span"),
    [
        ("{call} .. {her}", "he rang up late at night to her", (1, 8)),
        ("{call} .. {her}", "he rang up one two three four five to her", None),
        ("threat* {her}", "threatening victim", (0, 2)),
        ("new_number|old number", "from a new number number", (2, 5)),
        ("posts? about {her}", "post about her", (0, 3)),
        ("posts? about {her}", "about her", None),
        ("not? {her} $", "her", (0, 1)),
        ("{her} $", "her now", None),
        ("call", "recall", None),
        ("{look}", "eyeing up the car", None),
        ("{look}", "he eyed up the car", (1, 3)),
        ("~stare at", "staring at", (0, 2)),
        ("~sit in", "he sat in it", (1, 3)),
        ("car + {her}", "her old red car", (0, 4)),
        ("car + {her} window", "car by her window", (0, 4)),
        ("car + {her}", "her " + "very " * REACH + "old car", None),
        ("car + old car", "her old car", None),
    ],
)
def test_pattern_language(pattern: str, sentence: str, span: tuple[int, int] | None) -> None:
    assert found(pattern, sentence) == span


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("stare", ["stare", "stares", "stared", "staring"]),
        ("spot", ["spot", "spots", "spotted", "spotting"]),
        ("watch", ["watch", "watches", "watched", "watching"]),
        ("carry on", ["carry on", "carries on", "carried on", "carrying on"]),
        ("wait", ["wait", "waits", "waited", "waiting"]),
        ("sit", ["sit", "sits", "sat", "sitting"]),
    ],
)
def test_a_verb_is_read_in_all_its_forms(verb: str, forms: list[str]) -> None:
    assert forms_of(verb, IRREGULAR) == forms


@pytest.mark.parametrize("bad", ["{nobody} here", "a||b", "..", "{her}? |x", "car + .."])
def test_unreadable_patterns_are_refused(bad: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(bad, Classes(TERMS))


def test_a_frame_says_its_words_and_its_rule() -> None:
    text = "He was eyeballing her from the bus shelter."
    act = next(a for a in coder.code(text) if a.rule_id.startswith("frame:watching."))
    assert act.rule_version in lexicon().version
    assert text[act.start : act.end] == act.words


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("following", ("He appears at every event she attends.", "I changed carriages and he came too.")),
        (
            "unwanted_contact",
            ("She was contacted by the suspect on Facebook.", "He replies to all my stories."),
        ),
        ("unwanted_gift", ("Letters from him keep coming.", "Vic in receipt of letter from susp.")),
        (
            "unwanted_orders",
            ("He sent an escort to her address.", "Uber outside, not hers, third time tonight."),
        ),
        ("payment_messages", ("Money arrived with the words 'call me'.", "Each penny comes with a word.")),
        ("contact_via_others", ("Her employer received a call from him.", "Contact made via third party.")),
        ("approach", ("He called round again last night.", "Suspect at the door now.")),
        ("publishing", ("He tweeted my home address.", "He shares her messages in group chats.")),
        ("impersonation", ("Fake profiles of IP on dating apps.", "There are two of her on Instagram.")),
        ("loitering", ("He was outside again this morning.", "He was there when I came out of work.")),
        ("watching", ("She was photographed without her knowledge.", "He was taking pictures of the house.")),
    ],
)
def test_an_act_is_read_in_active_passive_and_by_its_noun(act: str, told: tuple[str, ...]) -> None:
    for sentence in told:
        assert act in proposed(sentence), sentence


@pytest.mark.parametrize(
    "harmless",
    [
        *(
            "My sister rang me last night.",
            "A letter arrived from the council.",
            "The nurse came to my house.",
        ),
        *(
            "The postman left a parcel on the doorstep.",
            "We waited outside the cinema.",
            "We followed the signs.",
        ),
        *("Customer came up to the till to pay.", "The teacher spoke to my son about his homework."),
        *("She shared her holiday photos on Facebook.", "The dog followed me home."),
    ],
)
def test_what_traders_and_her_own_people_do_is_no_act(harmless: str) -> None:
    assert not proposed(harmless)


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
        ("held_out", 0.68, 0.82),
        ("fresh_development", 0.85, 0.85),
        ("further_development", 0.88, 0.87),
        ("fresh_held_out", 0.66, 0.7),
        ("later_development", 0.85, 0.9),
        ("later_held_out", 0.84, 0.9),
        ("voices_development", 0.75, 0.7),
        ("voices_held_out", 0.73, 0.78),
        ("set2_development", 0.68, 0.83),
        ("set4_development", 0.7, 0.83),
        # Nobody who wrote frames has read it: what the others would be had they not been read.
        ("set5_development", 0.55, 0.51),
        ("set1_aside", 0.56, 0.49),
        ("set3_aside", 0.59, 0.59),
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


def test_the_grammar_has_a_version_that_patterns_are_found_anew_by() -> None:
    assert re.search(r" grammar=\d{4}\.\d+", rules_version())
