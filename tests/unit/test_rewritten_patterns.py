"""Patterns that were rewritten so that they take linear time, held to what they were before.

The patterns of before stand here: on short strings of the characters that they look for, both must give the
same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.courses.coding import coder, tokens
from lamplighter.courses.coding.learned import NOTHING
from lamplighter.courses.reports import facts
from lamplighter.courses.summaries import labels, sentences
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.linkage.features import recorded_values
from lamplighter.linkage_tables import headings
from lamplighter.linkage_tables.cleaning.names import not_names
from lamplighter.records.formats import header_detection, json_lines

TOKEN = re.compile(
    r"""
    (?P<label>\b(?:[VvSsDd]|IP|ip|Ip|(?i:vic|vict|victim|susp|suspect|sus|agg|def|comp|offr|off|nom|poi|sp|sub))\d\b)
    |(?P<handle>@[\w.\-]+|\b[A-Za-z][A-Za-z_]*[._][A-Za-z0-9_.]*[A-Za-z0-9]\b|\b(?=\w*[A-Za-z])(?=\w*\d)[A-Za-z]\w{4,})
    |(?P<number>\+?\d[\d,]*(?:[:.]\d+)?(?:st|nd|rd|th|p|x|am|pm|hrs)?\b)
    |(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    |(?P<stop>[.!?;\n]+|\s-\s)
    |(?P<comma>[,:()])
    """,
    re.VERBOSE,
)
HANDLE = re.compile(r"@[\w.]{3,}|\b[a-z][a-z]*[._]?[a-z]*[._]?\d{2,}[a-z]*\d*\b|\b[a-z]+[._][a-z]+[\w.]*\b")
KIND = re.compile(rf"^(.*?\d.*?\b(?:{'|'.join(sorted(recorded_values._KINDS))})\b)")
NUMBERED, NUMBERED_AFTER = re.compile(r"^(.*\d\w*)\s+(\D+)$"), re.compile(r"^(\D+)\s+(\d.*)$")
STREET = re.compile(r"\d+[a-z]?\s+\w+", re.IGNORECASE)
TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(\s*[}\]])')


def told(pattern: re.Pattern[str]) -> Callable[[str], Any]:
    """What a pattern finds in a text: of each find its kind, where it stands and its groups."""
    return lambda given: [(m.lastgroup, m.span(), m.groups()) for m in pattern.finditer(given)]


def matched(pattern: re.Pattern[str]) -> Callable[[str], Any]:
    """What a pattern says of the beginning of a text."""
    return lambda given: (m := pattern.match(given)) and (m.span(), m.groups())


def replaced(pattern: str, by: Any) -> Callable[[str], str]:
    """A text with every find replaced."""
    return lambda given: re.sub(pattern, by, given)


def _apart_before(home: str) -> tuple[str | None, str | None]:
    if found := NUMBERED.match(home):
        return found[1], found[2]
    if found := NUMBERED_AFTER.match(home):
        return found[2], found[1]
    return None, None


def _mended_before(line: str) -> str | None:
    now, json_lines._TRAILING = json_lines._TRAILING, TRAILING
    try:
        return json_lines._mended(line)
    finally:
        json_lines._TRAILING = now


SAME: dict[str, tuple[Callable[[str], Any], Callable[[str], Any], str | tuple[str, ...]]] = {
    "account names": (told(HANDLE), told(facts._HANDLE_IN_TEXT), "ab._12@é A"),
    "tokens": (told(TOKEN), told(tokens._TOKEN), "aB1_.,+:@-'pé \n"),
    "tokens of numbers": (told(TOKEN), told(tokens._TOKEN), "1,2.:xp+_ a"),
    "the next word": (
        lambda given: (m := re.compile(r"\s+([^\W\d_]+)").match("x" + given, 1)) and m[1],
        lambda given: (m := tokens._WORD.match("x" + given, 1)) and m[1],
        "ab \n1",
    ),
    "counted agencies": (
        replaced(r"[a-z0-9][\w-]*(?= \(\d)", lambda m: f"<{m[0]}>"),
        lambda given: labels.in_names(given, lambda code: f"<{code}>"),
        "aA1_-é (2)",
    ),
    "asides": (replaced(r"\s*\([^)]*\)", ""), sentences._without_asides, "a() \n"),
    "brackets of headings": (
        replaced(r"[(\[][^)\]]*[)\]]", " "), headings._without_brackets, "a()[] ",
    ),
    "brackets of names": (
        replaced(r"[(\[]([^)\]]*)[)\]]", lambda m: " " if not_names._says_nothing(m[1]) else m[0]),
        lambda given: not_names._BRACKETS.sub(not_names._told_beside, given),
        ("(", ")", "[", "]", " ", "ex", "Dan", "unknown"),
    ),
    "ends of names": (re.compile(r"\s+-+\s+|,\s*").split, not_names._ENDS.split, "a-, \n"),
    "streets up to their kind": (
        matched(KIND), matched(recorded_values._UP_TO_THE_KIND), ("1", "23", " ", "rd", "st", "\n", "a"),
    ),
    "numbers and streets": (_apart_before, recorded_values._apart, "1a2 \né_"),
    "houses": (matched(STREET), matched(patterns._STREET), "12a \n_A"),
    "broken lines": (
        _mended_before, json_lines._mended, ("{", "}", '"', "\\", ",", " ", ":", "[", "]", '"a"', "1"),
    ),
    "conditions of headings": (
        replaced(
            r"(?<=[^\W_])(?:[\W_]+(?i:if|falls|wenn|sofern|si|se|optional)(?=[\W_]|$)|If(?=[A-Z])).*$", ""
        ),
        lambda given: headings._CONDITION.sub("", given),
        ("a", " ", "if", "If", "A", "_", "\n", "("),
    ),
    "what no column is called": (
        lambda given: bool(re.match(r"^(?:[\d\s./+-]{5,}|\S+@\S+\.\S+)$", given)),
        lambda given: bool(header_detection._NO_NAME.match(given)),
        "a@@..\n 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_a_rewritten_pattern_gives_the_same_answers(name: str) -> None:
    before, now, parts = SAME[name]

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.lists(st.sampled_from(list(parts)), max_size=14).map("".join))
    def same(given: str) -> None:
        assert now(given) == before(given)

    same()


@pytest.mark.parametrize(
    "words",
    [
        "he added sam_smith99 and jay.cooper. then 07700900123, a1b2c3 at 14 Orchard Rd, 5,000 at 10.30pm",
        "e-mailed dan.quarle@mail.example, £1,200.50 for the 3rd; user_name_12 (x2)",
    ],
)
def test_ordinary_words_are_read_as_before(words: str) -> None:
    for before, now, _ in SAME.values():
        assert now(words) == before(words)


def test_an_account_of_more_than_an_e_mails_length_is_no_account() -> None:
    """The one answer that differs: without an end to an account its pattern is not linear."""
    whole, longer = "ab." + "c" * 252, "ab." + "c" * 300
    assert [m.lastgroup for m in tokens._TOKEN.finditer(whole)] == ["handle"]
    assert [m.lastgroup for m in TOKEN.finditer(longer)] == ["handle"]
    assert [m.lastgroup for m in tokens._TOKEN.finditer(longer)] == ["word", "stop", "word"]


def test_a_line_with_a_text_that_never_ends_is_not_mended() -> None:
    for line in ('{"a":"' + '\\"' * 40_000, '{"a":"' + '\\"' * 40_000 + "\\", '{"a":"' + "\\\n" * 40_000):
        assert json_lines._mended(line) is None


def test_readings_of_long_sentences_are_not_remembered() -> None:
    words = tuple(f"w{n}" for n in range(coder._LONGEST_KEPT + 1))
    before = coder._plain_hits.cache_info().misses, coder._matches.cache_info().misses
    read = coder.Read(words, ("",) * len(words), (), asks=False)
    coder._sentence_hits(read, (0,) * len(words), NOTHING)
    assert (coder._plain_hits.cache_info().misses, coder._matches.cache_info().misses) == before
