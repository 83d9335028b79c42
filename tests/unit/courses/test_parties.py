"""Who the words of a text stand for, whatever a system calls them, and whose doing an act is then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.courses.coding import clauses, coder, parties

VICTIMS = [
    "IP",
    "VIC",
    "V1",
    "VIC1",
    "V",
    "complainant",
    "c/nant",
    "AGG",
    "Client",
    "C",
    "Pt",
    "Patient",
    "Caller",
]
SUSPECTS = ["SUSP", "S1", "DEF", "offr", "SP", "the perp", "POI", "nominal", "subj", "deft", "her ex", "ex-p"]


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("suspect", ["SUSP", "S1", "DEF"])
def test_any_label_of_the_victim_says_whose_doing_it_is(victim: str, suspect: str) -> None:
    done = coder.code(f"{suspect} slapped {victim} outside the shop.")
    hers = coder.code(f"{victim} slapped {suspect} outside the shop.")
    assert {a.direction for a in done} == {"to_victim"}
    assert {a.direction for a in hers} == {"by_victim"}


@pytest.mark.parametrize("suspect", SUSPECTS)
def test_any_label_of_the_suspect_is_who_did_it(suspect: str) -> None:
    acts = coder.code(f"IP reports that {suspect} followed her home.")
    assert {(a.behaviour, a.direction) for a in acts} == {("following", "to_victim")}


@pytest.mark.parametrize(
    ("text", "directions"),
    [
        ("Female reports that offr followed her.", {"to_victim"}),
        ("Pt's ex-wife slapped him.", {"to_victim"}),
        ("Mr Tarrow reports that Mrs Hale slapped him at work.", {"to_victim"}),
        ("Ms Tarrow says Mr Hale rang her twice. He says Ms Tarrow hit him.", {"to_victim", "by_victim"}),
        ("DP said in interview that IP had slapped him.", {"by_victim"}),
        ("C admits she slapped her husband first.", {"by_victim"}),
        ("I slapped him. He slapped me.", {"to_victim", "by_victim"}),
        ("My mum slapped him.", {"to_other"}),
        ("IP says her sister slapped him.", {"to_other"}),
        ("SUSP followed a previous partner home, not IP.", {"to_other"}),
        ("IP woke to SUSP slapping her.", {"to_victim"}),
        ("A passenger I had reported waited for me and slapped me.", {"to_victim"}),
    ],
)  # fmt: skip
def test_names_and_pronouns_stand_for_whom_the_text_says(text: str, directions: set[str]) -> None:
    assert {a.direction for a in coder.code(text) if not a.background} == directions


def test_a_quotation_is_parted_and_its_i_is_who_is_quoted() -> None:
    text = 'IP reports he said "I will kill you" at the gate.'
    assert parties.quotations(text) == [(19, 36)]
    assert parties.quotations("IP's car, the neighbours' fence") == []
    (act,) = [a for a in coder.code(text) if a.behaviour == "threat_kill"]
    assert (act.direction, act.negated) == ("to_victim", False)


def test_two_sentences_that_nobody_parted_are_two() -> None:
    (act,) = coder.code("IP slapped nobody at home.Susp followed IP to work.")[-1:]
    assert (act.behaviour, act.direction) == ("following", "to_victim")
    assert {a.behaviour for a in coder.code("Emails from tyler.cooper to her")} == {"unwanted_contact"}


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("Nil threats.", clauses.DENIED),
        ("There have been no threats.", clauses.DENIED),
        ("Not a single threat since.", clauses.DENIED),
        ("Victim says at no point did he follow her.", clauses.DENIED),
        ("Nobody has ever broken into the house.", clauses.DENIED),
        ("It was not SUSP who slashed her tyres.", clauses.DENIED),
        ("The man who followed me was not Mr Rowe.", clauses.DENIED),
        ("IP does not believe that he followed her.", clauses.DISBELIEVED),
        ("Had he followed me there I would have seen him.", clauses.SUPPOSED),
        ("IP is worried that he might follow her.", clauses.SUPPOSED),
        ("Order: he is not to attend her address.", clauses.TOLD_TO),
        ("Has he ever followed her home?", clauses.ASKED),
    ],
)
def test_what_is_not_said_to_have_happened_is_kept_with_the_reason(text: str, mood: str) -> None:
    acts = coder.code(text)
    assert acts
    assert {(a.negated, a.mood) for a in acts} == {(True, mood)}


@pytest.mark.parametrize(
    "text",
    [
        "He will not stop following her.",
        "IP alleges he followed her, which he denies.",
        "If she goes out he follows her.",
        "I did not know he was following me.",
        "It was on 3 May that he followed her.",
        "Previously, in 2019, he followed her.",
    ],
)
def test_what_denies_nothing_leaves_the_act(text: str) -> None:
    assert {a.behaviour for a in coder.code(text) if not a.negated} == {"following"}


SENTENCES = [
    "SUSP followed IP home.",
    "IP slapped SUSP.",
    "No threats made.",
    "SUSP keyed her car.",
    "Her mum rang him.",
]


@given(st.permutations(SENTENCES))
def test_the_order_of_sentences_changes_nothing_of_what_each_tells(order: list[str]) -> None:
    read = coder.read(" ".join(order)).acts
    told = {(a.behaviour, a.negated, a.direction) for a in read}
    assert told == {(a.behaviour, a.negated, a.direction) for a in coder.read(" ".join(SENTENCES)).acts}
