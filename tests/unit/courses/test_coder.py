"""The coder: what it reads, what it must not read, and that it always says which words it read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.lexicon_store import lexicon
from lamplighter.vocabulary.codes import code_set


def behaviours(text: str) -> set[str]:
    return {a.behaviour for a in coder.code(text) if not a.negated and a.direction != "by_victim"}


@pytest.mark.parametrize(
    ("text", "behaviour", "limb", "channel"),
    [
        ("SUSP trailed the IP all the way back from the tram", "following", "a", "in_person"),
        ("He rang her 14 times on Sunday night", "unwanted_contact", "b", "phone"),
        (
            "Bank transfers of 2p arrived, each with a message in the reference",
            "payment_messages",
            "b",
            "payment",
        ),
        (
            "Someone has made a false Instagram page with her name and pictures",
            "impersonation",
            "c",
            "social_media",
        ),
        ("An AirTag was found sewn into the lining of her coat", "tracking", "d", "device"),
        ("Suspect sat in his van opposite her school", "loitering", "e", "in_person"),
        ("Her tyres had been slashed", "damage", "f", "in_person"),
        ("Offender was peering through the kitchen window", "watching", "g", "in_person"),
    ],
)
def test_acts_come_with_limb_channel_and_words(text: str, behaviour: str, limb: str, channel: str) -> None:
    act = next(a for a in coder.code(text) if a.behaviour == behaviour)
    assert (act.limb, act.channel) == (limb, channel)
    assert text[act.start : act.end] == act.words
    assert act.rule_id in {r.rule_id for r in lexicon().rules}
    assert act.rule_version


def test_negated_acts_are_kept_but_marked() -> None:
    acts = coder.code("No threats were made and he did not follow her.")
    assert {(a.behaviour, a.negated) for a in acts} == {("threat_harm", True), ("following", True)}


def test_wont_stop_is_no_denial() -> None:
    assert behaviours("He has not stopped calling her.") == {"unwanted_contact"}


def test_who_did_it_to_whom() -> None:
    to_victim = coder.code("SUSP slapped the complainant.")[0]
    by_victim = coder.code("The complainant slapped the SUSP.")[0]
    passive = coder.code("The complainant was slapped by SUSP.")[0]
    assert (to_victim.direction, by_victim.direction, passive.direction) == (
        "to_victim",
        "by_victim",
        "to_victim",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Partner strangled IP and threatened to kill her",
        "Suspect pushed IP and threatened to stab her",
        "Ex rang IP and threatened to smash her windows",
        "Suspect followed the victim and grabbed her",
        "Ex partner slapped IP then strangled her",
        "Suspect waited for IP and followed her home",
    ],
)
def test_the_subject_carries_on_past_whoever_the_first_verb_was_done_to(text: str) -> None:
    assert {a.direction for a in coder.code(text)} == {"to_victim"}


@pytest.mark.parametrize("text", ["Suspect said IP slapped him", "IP slapped suspect and pushed him"])
def test_what_the_victim_is_said_to_have_done_is_still_hers(text: str) -> None:
    assert {a.direction for a in coder.code(text)} == {"by_victim"}


@pytest.mark.parametrize(
    "text",
    [
        "She told him to stop and blocked him.",
        "He asked her to stop, and has blocked her on everything.",
        "IP has blocked suspect.",
    ],
)
def test_blocking_somebodys_messages_is_no_approach(text: str) -> None:
    assert "approach" not in {a.behaviour for a in coder.code(text)}


@pytest.mark.parametrize(
    "text", ["He blocked her in the drive.", "Suspect told her to stop and blocked her way."]
)
def test_blocking_somebodys_way_is_an_approach(text: str) -> None:
    assert "approach" in {a.behaviour for a in coder.code(text)}


def test_names_given_by_the_record_decide_direction() -> None:
    text = "Amber slapped Tyler."
    assert coder.code(text, victim_words=["Amber"], suspect_words=["Tyler"])[0].direction == "by_victim"
    assert coder.code(text, victim_words=["Tyler"], suspect_words=["Amber"])[0].direction == "to_victim"


def test_somebody_acting_for_him_is_a_proxy() -> None:
    acts = coder.code("Texts from his cousin asking her to meet. Believed to be doing this for her ex.")
    assert {a.actor for a in acts if a.limb == "b"} == {"proxy"}


def test_hidden_sender_is_unknown() -> None:
    assert {a.actor for a in coder.code("9 calls from a withheld number, nobody speaks.")} == {"unknown"}


@pytest.mark.parametrize(
    "boilerplate",
    [
        "CCTV enquiries to be made.",
        "Screenshots retained by the IP.",
        "Update by phone requested.",
        "Body worn footage retained.",
        "House to house negative.",
        "The victim supports a prosecution.",
    ],
)
def test_boilerplate_is_no_act(boilerplate: str) -> None:
    assert coder.code(boilerplate) == []


def test_slips_of_the_pen_and_capitals_change_nothing() -> None:
    plain = behaviours("The suspect followed the victim from the station to her house.")
    assert behaviours("THE SSPECT FOLOWED THE VICTM FROM THE STATION TO HER HOUSE.") == plain == {"following"}


def test_ordinary_words_are_not_corrected_into_acts() -> None:
    speller = lexicon().speller
    for word in ("become", "field", "charge", "contract", "march", "point"):
        assert speller.correct(word) == word


def test_quantity_counts_times_not_dates() -> None:
    assert coder.code("He has rung the victim up to 20 times a day.")[0].quantity == 20


def test_every_rule_uses_codes_that_exist() -> None:
    for rule in lexicon().rules:
        if not rule.is_cue:
            assert rule.code in code_set("behaviours").codes
            assert rule.instead_of <= set(code_set("behaviours").codes)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Susp attd H/A", "Suspect attended home address"),
        ("susp parked o/s IPs w/p", "suspect parked outside IPs workplace"),
        (
            "IP recd 9 msgs thru the night from ex-P",
            "IP received 9 messages through the night from ex partner",
        ),
        ("inft's bf hit her", "informant's boyfriend hit her"),
    ],
)
def test_shorthand_is_read_as_what_it_stands_for(short: str, full: str) -> None:
    read, spelt = coder.code(short), coder.code(full)
    assert [(a.behaviour, a.channel, a.direction) for a in read] == [
        (a.behaviour, a.channel, a.direction) for a in spelt
    ]
    assert read
    for act in read:
        assert short[act.start : act.end] == act.words


def test_he_will_is_not_hell_and_he_had_is_not_he_would() -> None:
    assert behaviours("He says he'll kill her.") == {"threat_kill"}
    assert "violence" in behaviours("He'd punched her in the face.")
    assert "violence" not in behaviours("He said he'd punch her in the face.")


def test_what_the_victim_has_is_not_what_the_victim_does() -> None:
    sim = next(a for a in coder.code("IP's SIM was swapped and susp reset her Gmail.") if a.limb == "d")
    assert sim.direction == "to_victim"
    assert "damage" in behaviours("Susp has kicked IP's door and broken it.")


@pytest.mark.parametrize(
    "text",
    [
        "The victim then sent the suspect several messages asking for her things back.",
        "IP admitted slapping SUSP first.",
        "IP accepts that she pushed him first.",
    ],
)
def test_what_the_victim_did_or_owns_up_to_is_hers(text: str) -> None:
    assert behaviours(text) == set()
    assert {a.direction for a in coder.code(text)} == {"by_victim"}


@pytest.mark.parametrize(
    "text",
    [
        "He drove off when she rang police.",
        "SUSP was sat in his car opposite the address. He left when her mother phoned the police.",
    ],
)
def test_who_rings_the_police_while_he_does_something_else_is_not_he(text: str) -> None:
    assert "false_allegations" not in {a.behaviour for a in coder.code(text)}


def test_what_he_tells_an_authority_when_something_happens_is_his_report_about_her() -> None:
    for text in (
        "He rang social services when he saw that she was out.",
        "He rang the council when she complained.",
    ):
        assert "false_allegations" in {a.behaviour for a in coder.code(text)}, text


def test_messages_from_an_account_that_she_does_not_know_are_not_read_by_anybody() -> None:
    said = (
        "She has had 19 messages on Instagram from an account she does not know, asking where she is living."
    )
    assert {a.behaviour for a in coder.code(said)} == {"unwanted_contact"}


@pytest.mark.parametrize(
    "text",
    [
        "Officers have tried to contact the suspect without success.",
        "Police attended the address.",
        "Officers attending her home again tonight.",
        "Caller has rung 999 six times.",
    ],
)
def test_what_officers_and_call_handlers_do_is_no_act(text: str) -> None:
    assert not behaviours(text) & {"unwanted_contact", "approach", "loitering"}


def test_an_act_told_beside_a_denial_is_read() -> None:
    assert "unwanted_contact" in behaviours("He denies ringing her but keeps messaging her off new numbers")
    assert behaviours("Suspect denies sending any messages.") == set()


def test_a_form_filled_in_by_the_victim_says_i() -> None:
    assert coder.code("I slapped him.")[0].direction == "by_victim"
    assert coder.code("He slapped me.")[0].direction == "to_victim"


def test_what_goes_on_after_a_denial_is_not_denied() -> None:
    assert behaviours("A man I have never met keeps messaging me.") == {"unwanted_contact"}
    assert behaviours("He has never messaged me.") == set()
    assert behaviours("Suspect denies he kept messaging the victim.") == set()


def test_pence_sent_with_words_are_payment_messages() -> None:
    assert "payment_messages" in behaviours("He sends me £0.01 with comments attached.")


def test_names_of_unknown_words_do_not_crash() -> None:
    assert coder.code(None) == []
    assert coder.code("   ") == []


@given(st.text(max_size=300))
def test_any_text_is_read_without_error_and_spans_fit(text: str) -> None:
    reading = coder.read(text)
    for found in (*reading.acts, *reading.cues):
        assert 0 <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.words


@given(
    st.sampled_from(["Suspect followed her home. ", "No calls made. ", "He keyed her car. "]),
    st.integers(1, 4),
)
def test_reading_is_the_same_whatever_was_read_before(sentence: str, times: int) -> None:
    first = coder.read(sentence)
    for _ in range(times):
        coder.read(sentence * times)
    assert coder.read(sentence) == first


def done(text: str) -> set[tuple[str, str]]:
    """Acts with whom they were done to, of what is said to have happened."""
    return {(a.behaviour, a.direction) for a in coder.code(text) if not a.negated}


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        # A part of another act's words tells no act of its own.
        ("He pulled her trousers down in the lift.", {"sexual_violence"}),
        ("He said he would end his life if she left.", {"threat_self_harm"}),
        ("He said he would batter me next time.", {"threat_harm"}),
        # The account got into and what is seen by it, a message and what it says, stand together.
        ("He used her iCloud password to see her location.", {"account_access", "tracking"}),
        ("He texted that he would smash my face in.", {"unwanted_contact", "threat_harm"}),
        # Two verbs, two acts.
        ("He followed her home and slashed her tyres.", {"damage", "following"}),
    ],
)
def test_the_same_words_tell_one_act_unless_two_go_together(text: str, acts: set[str]) -> None:
    assert {behaviour for behaviour, _ in done(text)} == acts


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("IP followed by unk male from bus stop to home addr", ("following", "to_victim")),
        ("He rang the bank pretending to be her", ("impersonation", "to_victim")),
        ("IP slapped in the face by SUSP", ("violence", "to_victim")),
        ("IP STRANGLED BY EX IN FRONT OF KIDS", ("strangulation", "to_victim")),
        ("V SLAPPED SUSP IN THE FACE", ("violence", "by_victim")),
        ("Admits she has said to him she'd put his photos round the team.", ("threat_images", "by_victim")),
        ("The patient has driven past his former partner's house every night.", ("loitering", "by_victim")),
        ("Client went to his flat and banged on the door.", ("approach", "by_victim")),
        ("I told him I would break his arms.", ("threat_harm", "by_victim")),
        ("I climbed in my own window, keys were inside.", ("break_in", "by_victim")),
    ],
)
def test_who_did_it_where_a_log_is_clipped_or_the_victim_owns_up(text: str, act: tuple[str, str]) -> None:
    assert act in done(text)
    assert (act[0], "by_victim" if act[1] == "to_victim" else "to_victim") not in done(text)


@pytest.mark.parametrize(
    "text",
    [
        "She has not heard from him since Friday.",
        "The rumour that he uploaded her pictures proved baseless.",
        "Not one message from him since the officer had a word.",
        "The plumber let himself in with the key I gave him.",
        "Dad picks the kids up from school on Fridays, as agreed in the order.",
        "Shed broken into, mower taken, no suspects.",
        "The florist rang me to check a delivery.",
    ],
)
def test_denials_by_implication_and_everyday_errands_are_no_acts(text: str) -> None:
    assert not done(text)


@pytest.mark.parametrize(
    "text",
    [
        "All quiet since the arrest, no calls.",
        "Settled since he was charged, no texts or visits.",
        "Following the hearing no emails.",
        "Nothing from him since court: no letters, texts or calls.",
        "Nothing since bail, no messages.",
        "Not a peep since Tuesday, not one call.",
        "After the warning, no messages at all.",
    ],
)
def test_what_there_has_not_been_since_something_is_no_act(text: str) -> None:
    assert not done(text)


@pytest.mark.parametrize(
    "text",
    [
        "Since the arrest, 20 calls a day.",
        "Since June calls every night, no number shown.",
        "Since bail, no day without calls.",
        "Since May he has not stopped ringing.",
        "Not a day without texts since the arrest.",
        "Nothing but calls since the hearing.",
    ],
)
def test_what_there_has_been_since_something_is_an_act(text: str) -> None:
    assert "unwanted_contact" in {behaviour for behaviour, _ in done(text)}


@pytest.mark.parametrize(
    ("text", "victim", "direction"),
    [
        # Whoever leaves the subject out is not the one whom a pronoun stands for.
        ("Spat at him.", "female", "by_victim"),
        ("Spat at him.", "male", "to_victim"),
        # "Her" is whose something is as often: it is left with the victim.
        ("Spat at her.", "male", "to_victim"),
        ("Slapped him in the street.", "female", "by_victim"),
        ("Rang her forty times yesterday.", "female", "to_victim"),
        ("She followed him home last night.", "male", "to_victim"),
        ("She followed him home last night.", "female", "by_victim"),
        ("SUSP waited outside. IP came home. She kicked him.", "male", "to_victim"),
        # What came from somebody, and what was done by them, is theirs.
        ("Received 40 texts from him.", "female", "to_victim"),
        ("Spat at by him, went home.", "female", "to_victim"),
        # Somebody else is told of, who may be meant.
        ("Her son opened the door. Threatened to kill him.", "female", "to_victim"),
    ],
)
def test_a_pronoun_is_the_one_of_the_two_whose_sex_is_recorded(
    text: str, victim: str, direction: str
) -> None:
    sexes = (victim, "male" if victim == "female" else "female")
    acts = [a for a in coder.code(text, sexes=sexes) if not a.negated and not a.background]
    assert {a.direction for a in acts} == {direction}


@pytest.mark.parametrize("sexes", [("", ""), ("male", "male"), ("female", "")])
def test_where_nothing_says_who_is_who_an_act_stays_one_against_the_victim(sexes: tuple[str, str]) -> None:
    assert {a.direction for a in coder.code("Spat at him.", sexes=sexes)} == {"to_victim"}


def test_whoever_is_spoken_to_is_not_told_the_report() -> None:
    assert done("Since the arrest he has called her daily.") == {("unwanted_contact", "to_victim")}
    assert done("He called her forty times on Monday.") == {("unwanted_contact", "to_victim")}
    assert {d for _, d in done("He reports that she followed him home.")} == {"to_victim"}
