"""Learned phrases: an act given to words, held back, by day, and nothing else changed by them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from lamplighter.courses import assemble
from lamplighter.courses.coding import coder
from lamplighter.courses.coding.acts import limb_of
from lamplighter.courses.coding.learned import NOTHING, Learned, LearnedPhrase, PhraseError, of, parts
from lamplighter.courses.learning import phrase_files
from lamplighter.courses.learning.teaching import generalised, identifying
from lamplighter.rule_files import reading
from tests.unit.courses.bundles import Writer
from tests.unit.courses.sentences import load

DAY = dt.date(2026, 11, 30)
TEXT = "Daniel kept vigil by the allotment gate for an hour. She went home."
GATE = LearnedPhrase(7, "loitering", "kept vigil by the allotment gate", False, DAY)
CALLS = "He rang her mother twice to ask about the dog."


def acts(text: str, learned: Learned = NOTHING) -> list[tuple[str, str, str]]:
    return [(a.behaviour, a.rule_id, a.words) for a in coder.code(text, learned=learned)]


def test_a_learned_phrase_gives_its_act_with_its_words_and_its_rule() -> None:
    assert ("loitering", "learned:7", "kept vigil by the allotment gate") not in acts(TEXT)
    [act] = [a for a in coder.code(TEXT, learned=of([GATE])) if a.rule_id == "learned:7"]
    assert (act.behaviour, act.words, act.limb) == (
        "loitering",
        "kept vigil by the allotment gate",
        limb_of("loitering"),
    )
    assert act.rule_version == "2026-11-30"
    assert not act.negated
    assert set(acts(TEXT)) <= set(acts(TEXT, of([GATE])))


def test_denied_words_stay_denied() -> None:
    [act] = [
        a
        for a in coder.code("He never kept vigil by the allotment gate.", learned=of([GATE]))
        if a.rule_id == "learned:7"
    ]
    assert act.negated


def test_a_phrase_holds_an_act_back_where_its_words_stand_and_nowhere_else() -> None:
    text = "He followed her to work. He followed her on the allotment rota."
    held = LearnedPhrase(8, "following", "followed {somebody} on the allotment rota", True, DAY)
    before, after = acts(text), acts(text, of([held]))
    assert [a for a in before if a[0] == "following"]
    assert [a for a in after if a[0] == "following"] == [a for a in before if a[0] == "following"][:1]
    assert [a for a in after if a[0] != "following"] == [a for a in before if a[0] != "following"]


def test_what_is_accepted_later_outranks_what_was_before() -> None:
    back = replace(GATE, number=9, holds_back=True)
    assert not [a for a in acts(TEXT, of([GATE, back])) if a[1] == "learned:7"]
    again = replace(GATE, number=10)
    assert [a for a in acts(TEXT, of([again, back, GATE])) if a[1] == "learned:10"]


@pytest.mark.parametrize(
    ("day", "read"),
    [
        (DAY - dt.timedelta(days=1), False),
        (DAY, True),
        (DAY + dt.timedelta(days=9), True),
        (DAY + dt.timedelta(days=10), False),
    ],
)
def test_a_phrase_is_read_from_its_day_until_before_its_end(day: dt.date, read: bool) -> None:
    learned = of([replace(GATE, until=DAY + dt.timedelta(days=10))])
    assert bool(learned.on(day).phrases) is read
    writer = Writer()
    writer.report("1", dt.datetime(2026, 5, 1, 9), TEXT, "amber", "daniel")
    writer.report("2", dt.datetime(2026, 5, 3, 9), TEXT, "amber", "daniel")
    bundle, linked = writer.bundle(), writer.linked()
    found = assemble.courses(
        bundle, linked, as_at=dt.datetime.combine(day, dt.time(12)), learned=learned
    ).rows()
    rules = {r for o in found.occasions for r in o["rules"]}
    assert ("coder:learned:7" in rules) is read


def test_with_phrases_that_match_nothing_every_sentence_reads_as_without() -> None:
    stray = of([replace(GATE, phrase="polished the brass weathercock")])
    for text, _ in load("development"):
        assert coder.read(text, learned=stray) == coder.read(text)


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("kept vigil by the allotment gate", "kept vigil by the allotment gate"),
        ("Daniel kept vigil by the allotment", "{somebody} kept vigil by the allotment"),
        ("vigil by the allotment gate for an hour", "vigil by the allotment gate for an hour"),
        ("KEPT   vigil by the allotment gat", "kept vigil by the allotment gate"),
    ],
)
def test_names_are_made_general_and_the_rest_stays(words: str, phrase: str) -> None:
    assert generalised(words, TEXT, suspect_words={"daniel"}) == phrase
    learned = of([replace(GATE, phrase=phrase)])
    assert [
        a for a in coder.code(TEXT, suspect_words={"daniel"}, learned=learned) if a.rule_id == "learned:7"
    ]


def test_numbers_and_accounts_are_made_general() -> None:
    text = "She counted 14 white roses from @dan.the.man on the doormat, then 21st."
    assert generalised("counted 14 white roses from @dan.the.man", text) == (
        "counted {number} white roses from {account}"
    )


PEOPLE = [
    {
        "surname": "Weathercock",
        "forenames": "Ada",
        "address_text": "14 Lark Rise, Avonbridge",
        "phones": ["+447195101083"],
    }
]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("waited by the lark", "“lark” is a name, number, address or reference"),
        ("with weathercock near", "“weathercock” is a name"),
        ("the dog barked", "do not stand in the report"),
        ("She cried", "too few"),
        ("near the avonbridge bins. She cried", "one sentence"),
    ],
)
def test_what_says_who_somebody_is_cannot_be_taught(words: str, said: str) -> None:
    text = "He waited by the lark sign with weathercock near the avonbridge bins. She cried."
    with pytest.raises(PhraseError, match=said):
        generalised(words, text, known=identifying(PEOPLE))


def test_a_sign_that_is_none_is_refused_with_what_to_write() -> None:
    with pytest.raises(PhraseError, match=r"\{somebody\}"):
        parts("followed {them} about")


def test_a_file_of_phrases_is_read_as_it_was_written() -> None:
    held = replace(GATE, number=8, holds_back=True, until=DAY + dt.timedelta(days=3))
    text = phrase_files.written([GATE, held], "Avon “test” hub", DAY)
    hub, rows = phrase_files.given(reading.parsed(text, "phrases.toml"))
    assert hub == "Avon “test” hub"
    assert [(r.phrase, r.holds_back, r.starts, r.until) for r in rows] == [
        (p.phrase, p.holds_back, p.starts, p.until) for p in (GATE, held)
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('behaviour = "hexing"', "Phrase 1 of the file: its behaviour is not on the list"),
        ('phrase = "she 41 Lark"', "“41” is no word"),
        ("from = 3", "days are missing"),
        ('by = "me"', "“by” is no key"),
        ("holds_back = 1", "true or false"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named(line: str, said: str) -> None:
    key = line.split(" ")[0]
    good = ['behaviour = "loitering"', 'phrase = "hung about the gate"', "from = 2026-11-30"]
    rows = [*(g for g in good if not g.startswith(key + " ")), line]
    with pytest.raises(PhraseError, match=said):
        phrase_files.given(reading.parsed("[[phrase]]\n" + "\n".join(rows), "phrases.toml"))
