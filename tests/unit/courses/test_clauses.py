"""The clauses of a sentence: where they end, who does what in each, and what is said to be so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.courses.coding import clauses

PARTED = [
    ("victim states he followed her home and then he slapped her", 3),
    ("he denies following her , calling her or sending messages and left", 2),
    ("no threats , violence or damage disclosed", 1),
    ("a man who used to know her has been following her", 3),
    ("he sat outside because she had blocked him , but drove off when police came", 4),
]


@pytest.mark.parametrize(("words", "many"), PARTED)
def test_a_sentence_parts_where_somebody_does_something_else(words: str, many: int) -> None:
    assert len(clauses.parse(tuple(words.split())).clauses) == many


@pytest.mark.parametrize(
    ("words", "act", "doer", "done_to"),
    [
        ("suspect slapped victim", "slapped", "suspect", "victim"),
        ("victim slapped suspect", "slapped", "victim", "suspect"),
        ("victim was slapped by suspect", "slapped", "suspect", "victim"),
        ("my car was keyed by my ex", "keyed", "suspect", "victim"),
        ("victim was slapped by suspect and spat at him", "spat", "victim", "suspect"),
        ("suspect said victim slapped him", "slapped", "victim", "suspect"),
        ("her mum rang him and told him to stop", "rang", "other", "suspect"),
        ("a suspect who used to know me has been following me", "following", "suspect", "victim"),
        ("officers rang victim", "rang", "official", "victim"),
        ("did he ever hit victim", "hit", "suspect", "victim"),
    ],
)
def test_who_did_it_to_whom(words: str, act: str, doer: str, done_to: str) -> None:
    forms = tuple(words.split())
    said = clauses.parse(forms).said(forms.index(act), forms.index(act))
    assert (said.doer, said.done_to) == (doer, done_to)


@pytest.mark.parametrize(
    ("words", "act", "mood"),
    [
        ("he followed her home", "followed", clauses.ASSERTED),
        ("he did not follow her", "follow", clauses.DENIED),
        ("he has never once in nine years followed her", "followed", clauses.DENIED),
        ("no threats , violence or damage disclosed", "damage", clauses.DENIED),
        ("has not rung , texted or emailed since", "emailed", clauses.DENIED),
        ("at no point did he threaten or hit her", "hit", clauses.DENIED),
        ("there have been no calls", "calls", clauses.DENIED),
        ("nothing to suggest that he was watching the house", "watching", clauses.DENIED),
        ("it was ruled out that he had put a tracker on the car", "tracker", clauses.DENIED),
        ("i thought someone had followed me but it turned out to be a neighbour", "followed", clauses.DENIED),
        ("she does not believe that he followed her", "followed", clauses.DISBELIEVED),
        ("victim fears he will follow her home", "follow", clauses.SUPPOSED),
        ("victim fears he has followed her home", "followed", clauses.ASSERTED),
        ("if he comes to the house victim is to call 999", "comes", clauses.SUPPOSED),
        ("he was told not to contact her or attend her address", "attend", clauses.TOLD_TO),
        ("he wont leave me alone and does not stop messaging me", "messaging", clauses.ASSERTED),
        ("victim did not answer his calls", "calls", clauses.ASSERTED),
        ("victim alleges he followed her which he denies", "followed", clauses.ASSERTED),
        ("he denies following her and then kicked the door", "kicked", clauses.ASSERTED),
        ("i did not realise he was watching me", "watching", clauses.ASSERTED),
    ],
)
def test_what_is_said_to_be_so(words: str, act: str, mood: str) -> None:
    forms = tuple(words.split())
    assert clauses.parse(forms).said(forms.index(act), forms.index(act)).mood == mood


WORDS = [
    *("victim", "suspect", "he", "she", "i", "name_", "her", "and", ",", "but", "who", "that"),
    *("not", "no", "denies", "said", "followed", "rang", "if", "was"),
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=25))
def test_clauses_hold_every_word_once_and_in_order(words: list[str]) -> None:
    parsed = clauses.parse(tuple(words))
    held = [i for c in parsed.clauses for i in range(c.first, c.last + 1)]
    assert held == list(range(len(words)))
    assert parsed.said(0, len(words) - 1) == clauses.parse(tuple(words)).said(0, len(words) - 1)
