"""Reports in, courses out: what joins, what stays out, what is said of it, and on which grounds."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from lamplighter.courses.assemble import courses
from lamplighter.courses.coding.corrections import SCHEMA, newest
from lamplighter.courses.results import CourseResult
from lamplighter.linkage.dyads.same_suspect import SameSuspect
from tests.unit.courses.bundles import USUAL, Writer, day

AS_AT = day(400)
CALLS = "Suspect has been calling the victim 20 times a day."
WATCHED = "Suspect was seen watching her from a car outside her home."
TEXTED = "An unknown person sent her a text asking to meet."


def found(w: Writer, corrections: pl.DataFrame | None = None) -> CourseResult:
    return courses(w.bundle(), w.linked(), as_at=AS_AT, corrections=corrections)


def only_pattern(result: CourseResult) -> dict[str, object]:
    rows = result.courses.filter(kind="pattern")
    assert rows.height == 1
    return rows.row(0, named=True)


def met(result: CourseResult, rule_id: str) -> bool:
    return bool(result.findings.filter(rule_id=rule_id)["met"].any())


def test_one_course_across_agencies_never_called_stalking() -> None:
    w = Writer()
    w.report(
        "A1", day(0), "Her car was keyed.", "Amy", "Ben", group="criminal_damage", relationship="ex_partner"
    )
    w.report(
        "B1",
        day(9),
        CALLS,
        "Amy",
        "Ben",
        source="force_b",
        agency="force-b",
        group="malicious_communications",
    )
    w.report("A2", day(20), WATCHED, "Amy", "Ben", group="suspicious", relationship="ex_partner")
    result = found(w)
    course = only_pattern(result)
    assert (course["reading"], course["flagged"], course["hidden"]) == ("possible_stalking", True, True)
    assert (course["n_reports"], course["n_occasions"]) == (3, 3)
    assert course["agencies"] == ["force-a", "force-b"]
    assert met(result, "ex_partner_presumption")
    assert met(result, "hidden")


@pytest.mark.parametrize("how", ["principal", "included"])
def test_it_is_not_hidden_once_anybody_called_it_stalking(how: str) -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    if how == "principal":
        w.report("A2", day(5), WATCHED, "Amy", "Ben", group="stalking")
    else:
        w.report("A2", day(5), WATCHED, "Amy", "Ben", group="assault", included=("stalking",))
    result = found(w)
    assert not only_pattern(result)["hidden"]
    assert met(result, "earlier_reports")


def test_it_stays_hidden_when_only_a_helpline_calls_it_stalking() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("HC-1", day(5), WATCHED, "Amy", "Ben", group="stalking", source="helpline", agency="helpline")
    result = found(w)
    assert only_pattern(result)["hidden"]
    assert not met(result, "earlier_reports")


def test_the_limit_is_counted_from_the_last_act_whose_date_is_known() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    known = w.report("A2", day(5), WATCHED, "Amy", "Ben")
    w.report("A3", day(60), CALLS, "Amy", "Ben", precision="not_known")
    limit = found(w).findings.filter(rule_id="six_month_limit").row(0, named=True)
    assert limit["evidence"] == [f"{known}#1"]
    assert "One act without a known date is not counted." in limit["words"]


def test_the_presumption_has_a_first_day() -> None:
    w = Writer()
    early = dt.datetime(2020, 3, 1)
    w.report("A1", early, CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", early + dt.timedelta(days=9), WATCHED, "Amy", "Ben", relationship="ex_partner")
    assert not met(found(w), "ex_partner_presumption")


def test_an_unknown_persons_act_joins_with_its_reason_and_a_burglary_does_not() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(20), WATCHED, "Amy", "Ben", relationship="ex_partner")
    joined = w.report("A3", day(30), "Unknown person looking in at the bedroom window.", "Amy", "?")
    stranger = w.report(
        "A4",
        day(31),
        "Rear window forced, untidy search, cash and jewellery stolen.",
        "Amy",
        None,
        group="burglary",
    )
    result = found(w)
    groups = result.report_groups().filter(course_id=only_pattern(result)["course_id"])
    row = groups.filter(report_id=joined).row(0, named=True)
    assert row["attribution"] == "inferred_unknown_suspect"
    assert row["reason"]
    assert stranger not in groups["report_id"].to_list()


def test_naming_the_other_reference_joins() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(3), "Window broken.", "Amy", "?", refs=("A1",))
    course = only_pattern(found(w))
    assert course["n_reports"] == 2


def test_a_later_act_joins_the_series_whose_reference_it_names() -> None:
    w = Writer()
    letter = "Letter left on her doorstep by an unknown person."
    first = w.report("A1", day(0), letter, "Amy", "?")
    w.report("A2", day(300), letter, "Amy", "?")
    last = w.report("A3", day(310), letter, "Amy", "?", refs=("A1",))
    of = dict(found(w).report_groups().select("report_id", "course_id").iter_rows())
    assert of[last] == of[first]


def test_a_series_by_nobody_known() -> None:
    w = Writer()
    w.report("A1", day(0), "Letter left on her doorstep by an unknown person.", "Amy", "?")
    w.report("A2", day(30), "Somebody was watching her through the window.", "Amy", None)
    result = found(w)
    course = only_pattern(result)
    assert course["suspect_person"] is None
    assert met(result, "unknown_person")


def test_acts_by_nobody_known_join_the_one_course_by_somebody_nobody_knows() -> None:
    w = Writer()
    for number in range(2):
        w.report(f"A{number}", day(number), TEXTED, "Amy", "Paul", relationship="not_known")
    near = w.report("B1", day(31), TEXTED, "Amy", "?")
    far = w.report("B2", day(250), TEXTED, "Amy", "?")
    result = found(w)
    groups = {g["report_id"]: g for g in result.report_groups().to_dicts()}
    assert "30 days from another incident" in groups[near]["reason"]
    assert groups[far]["course_id"] != groups[near]["course_id"]
    assert result.unclear.select("report_id", "course_id").rows() == [(far, groups[near]["course_id"])]


def test_who_fits_two_joins_neither_and_a_person_is_asked_about_both() -> None:
    w = Writer()
    for name in ("Paul", "Mark"):
        for number in range(2):
            w.report(f"A{name}{number}", day(number), TEXTED, "Amy", name, relationship="not_known")
    report = w.report("B1", day(31), TEXTED, "Amy", "?")
    result = found(w)
    assert result.report_groups().filter(report_id=report).height == 1
    assert set(result.unclear["report_id"]) == {report}
    assert result.unclear["course_id"].n_unique() == 2


def test_what_the_linkage_believes_of_two_records_decides_and_what_a_person_said_outranks_it() -> None:
    """What is held of the records that were compared is used instead of what the two reports are about."""
    for belief, parted, joins in ((0.97, False, True), (0.02, False, False), (0.97, True, False)):
        w = Writer()
        first = w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
        report = w.report("B1", day(3), TEXTED, "Amy", "?")
        pair = (f"{first}/suspect", f"{report}/suspect")
        linked = w.linked()
        linked.judged = SameSuspect.told([(*pair, belief)], [pair] if parted else [], USUAL.unlisted)
        result = courses(w.bundle(), linked, as_at=AS_AT)
        assert (result.courses["n_reports"].max() == 2) is joins, (belief, parted)


def test_two_courses_that_may_be_one_man_do_not_take_from_each_other() -> None:
    """Who fits two is in neither only as far as the two are two."""
    for of_one_man, joins in ((0.05, False), (0.8, True)):
        w = Writer()
        ids = [
            w.report(f"A{n}", day(n), TEXTED, "Amy", name, relationship="not_known")
            for n, name in enumerate(("Paul", "Mark"))
        ]
        report = w.report("B1", day(31), TEXTED, "Amy", "?")
        linked = w.linked()
        pair = (f"{ids[0]}/suspect", f"{ids[1]}/suspect")
        linked.judged = SameSuspect.told([(*pair, of_one_man)], [], USUAL.unlisted)
        result = courses(w.bundle(), linked, as_at=AS_AT)
        assert (result.courses["n_reports"].max() == 2) is joins, of_one_man
        assert (set(result.unclear["report_id"]) == {report}) is not joins


def test_what_joined_by_belief_tells_of_the_next_report_as_far_as_it_is_believed() -> None:
    w = Writer()
    first = w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(9), WATCHED, "Amy", "Ben", relationship="ex_partner")
    near = w.report("B1", day(40), TEXTED, "Amy", "?")
    far = w.report("B2", day(60), TEXTED, "Amy", "?")
    for between, joins in ((0.9, True), (0.6, False)):
        linked = w.linked()
        told = [(first, near, 0.8), (first, far, 0.1), ("force_a_rms:A2", far, 0.1), (near, far, between)]
        rows = [(f"{a}/suspect", f"{b}/suspect", p) for a, b, p in told]
        linked.judged = SameSuspect.told(rows, [], None)
        groups = courses(w.bundle(), linked, as_at=AS_AT).report_groups()
        course = groups.filter(report_id=near)["course_id"].item()
        row = groups.filter(report_id=far).row(0, named=True)
        assert (row["course_id"] == course) is joins, between
        assert not joins or "about 72 of 100" in row["reason"]


@pytest.mark.parametrize(
    ("group", "joins"), [("criminal_damage", False), ("harassment", True), ("stalking", True)]
)
def test_a_broken_window_joins_only_what_the_agency_recorded_as_aimed_at_her(group: str, joins: bool) -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(20), WATCHED, "Amy", "Ben", relationship="ex_partner")
    window = w.report("A3", day(22), "Her windscreen was smashed.", "Amy", None, group=group)
    result = found(w)
    assert only_pattern(result)["n_reports"] == 2 + joins
    assert result.unclear["report_id"].to_list() == ([] if joins else [window])
    (reason,) = result.report_groups().filter(report_id=window)["reason"].to_list()
    assert (f"recorded as {group}, 2 days from another incident" in reason) is joins


def test_a_report_recorded_as_harassment_joins_nothing_that_does_not_read_as_possible_stalking() -> None:
    w = Writer()
    w.report("A1", day(0), "Argument about the bins.", "Amy", "Ben", relationship="neighbour")
    w.report("A2", day(9), "Argument about the parking.", "Amy", "Ben", relationship="neighbour")
    w.report("A3", day(22), "Her windscreen was smashed.", "Amy", None)
    assert found(w).courses["n_reports"].max() == 2


def test_harm_joins_acts_by_an_unknown_person_where_the_linkage_believes_it() -> None:
    w = Writer()
    for n in (0, 9):
        w.report(f"A{n}", day(n), WATCHED, "Amy", "?", relationship="stranger")
    harm = w.report("A3", day(109), "Her windscreen was smashed.", "Amy", "?", group="criminal_damage")
    for belief, joins in ((0.95, True), (0.5, False)):
        linked = w.linked()
        pair = ("force_a_rms:A9/suspect", f"{harm}/suspect")
        linked.judged = SameSuspect.told([(*pair, belief)], [], None)
        result = courses(w.bundle(), linked, as_at=AS_AT)
        assert (result.courses["n_reports"].max() == 3) is joins, belief


def test_a_report_of_the_same_suspect_that_names_her_joins_and_says_so() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(9), WATCHED, "Amy", "Ben", relationship="ex_partner")
    joined = w.report("B1", day(12), "Suspect shouted at her.", "Zoe", "Ben", others=(("witness", "Amy"),))
    w.report("B2", day(15), "Suspect shouted at her.", "Kim", "Ben")
    result = found(w)
    amys = result.courses.filter(victim_person="P-Amy")["course_id"].item()
    groups = result.report_groups().filter(course_id=amys)
    assert groups.height == 3
    row = groups.filter(report_id=joined).row(0, named=True)
    assert (row["attribution"], row["reason"]) == (
        "against_relative",
        "The report is about the same suspect, and names the victim as: witness.",
    )


def test_a_relative_who_reported_often_is_a_victim_of_her_own_too() -> None:
    w = Writer()
    for n in range(4):
        w.report(f"A{n}", day(9 * n), WATCHED, "Amy", "Ben", relationship="ex_partner")
    for n in range(3):
        w.report(f"B{n}", day(9 * n + 1), WATCHED, "Zoe", "Ben", surname="Amyson")
    result = found(w)
    assert dict(result.courses.select("victim_person", "n_reports").iter_rows()) == {"P-Amy": 7, "P-Zoe": 3}


@pytest.mark.parametrize(
    ("relationship", "folded"), [("neighbour", False), ("acquaintance", True), ("ex_partner", True)]
)
def test_a_neighbour_of_her_own_is_no_way_of_reaching_somebody_of_the_same_surname(
    relationship: str, folded: bool
) -> None:
    w = Writer()
    for n in range(3):
        w.report(f"A{n}", day(9 * n), WATCHED, "Amy", "Ben", relationship="ex_partner")
    w.report(
        "B1", day(5), "Suspect shouted at her.", "Zoe", "Ben", surname="Amyson", relationship=relationship
    )
    counts = dict(found(w).courses.select("victim_person", "n_reports").iter_rows())
    assert counts == ({"P-Amy": 4} if folded else {"P-Amy": 3, "P-Zoe": 1})


def test_two_reports_at_one_minute_are_one_event_only_by_their_words() -> None:
    """How a system numbers its copies tells nothing of other systems."""
    for words, reports in (("Window broken by an unknown person.", 1), (CALLS, 2)):
        w = Writer()
        w.report("HM250001", day(0), CALLS, "Amy", "Ben", relationship="neighbour")
        w.report("HM250001X", day(0), words, "Amy", None)
        linked = w.linked()
        linked.judged = SameSuspect()
        result = courses(w.bundle(), linked, as_at=AS_AT)
        assert result.courses["n_reports"].max() == reports


@pytest.mark.parametrize(
    ("text", "relationship", "mention"),
    [
        (
            "Dispute over the boundary hedge, loud music again.",
            "neighbour",
            "noise, parking, bins or a boundary",
        ),
        ("Verbal argument between the parties over money.", "partner", "an argument"),
        ("Suspect is messaging her asking for the money he is owed.", "acquaintance", "money or work"),
        ("Family members who do not get on, argument followed.", "family", "an argument"),
    ],
)
def test_what_is_not_read_says_what_the_words_mention_and_judges_nobody(
    text: str, relationship: str, mention: str
) -> None:
    w = Writer()
    for i in range(4):
        w.report(f"A{i}", day(10 * i), text, "Amy", "Ben", relationship=relationship)
    course = only_pattern(found(w))
    assert (course["reading"], course["flagged"]) == ("other_matter", False)
    assert f"Four of four reports mention {mention}." in course["reading_reasons"]


@pytest.mark.parametrize(
    ("text", "relationship", "reading"),
    [
        ("Suspect slapped her during an argument.", "partner", "possible_domestic_abuse"),
        (
            "Brother slapped her and threatened to kill her for dishonouring the family.",
            "family",
            "possible_honour_based_abuse",
        ),
    ],
)
def test_what_a_partner_or_a_family_does_has_a_reading_of_its_own(
    text: str, relationship: str, reading: str
) -> None:
    w = Writer()
    for i in range(3):
        w.report(f"A{i}", day(10 * i), text, "Amy", "Ben", relationship=relationship)
    assert only_pattern(found(w))["reading"] == reading


FULL = (
    "Ex partner has followed IP home twice, waits outside her work and has put a tracker on her car. "
    "She told him to stop and blocked him."
)


def test_one_report_of_five_occasions_is_a_course() -> None:
    """The fuller a first account is, the more it says: occasions are counted, in however many reports."""
    w = Writer()
    w.report("A1", day(40), FULL, "Amy", "Ben", relationship="ex_partner", occasions=5)
    course = only_pattern(found(w))
    assert (course["reading"], course["flagged"], course["n_occasions"]) == ("possible_stalking", True, 5)


def test_an_officers_tick_and_a_threat_stand_beside_an_argument() -> None:
    w = Writer()
    for i in range(2):
        w.report(
            f"A{i}", day(9 * i), "Argument at handover. Ex threatened her during the argument.", "Amy", "Ben",
            relationship="ex_partner", ticked=("threat_kill", "violence"),
        )  # fmt: skip
    result = found(w)
    assert only_pattern(result)["reading"] == "possible_stalking"
    acts = set(result.occasions["acts"].explode())
    assert {"threat_kill", "violence", "threat_harm"} <= acts


@pytest.mark.parametrize("relationship", ["neighbour", "colleague", "family"])
def test_a_neighbour_colleague_or_relative_can_stalk(relationship: str) -> None:
    w = Writer()
    w.report("A1", day(0), WATCHED, "Amy", "Ben", relationship=relationship)
    w.report(
        "A2", day(9), "Suspect followed her home from the shop.", "Amy", "Ben", relationship=relationship
    )
    w.report("A3", day(19), "Tracker found under her car.", "Amy", "Ben", relationship=relationship)
    assert only_pattern(found(w))["flagged"]


def test_what_a_friend_does_for_him_joins_his_course_as_by_proxy() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(9), WATCHED, "Amy", "Ben", relationship="ex_partner")
    w.report("A3", day(15), "Texts received from Carl. Believed to be doing this for her ex.", "Amy", "Carl")
    result = found(w)
    assert only_pattern(result)["n_reports"] == 3
    assert met(result, "proxies")


@pytest.mark.parametrize(
    ("relationship", "joins"), [("acquaintance", True), ("friend", False), ("stranger", False), (None, False)]
)
def test_who_was_sent_by_nobody_named_is_guessed_of_an_acquaintance_only(
    relationship: str | None, joins: bool
) -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="service_user")
    w.report("A2", day(9), WATCHED, "Amy", "Ben", relationship="service_user")
    words = "Carl texted her on behalf of somebody else."
    sent = w.report("A3", day(15), words, "Amy", "Carl", relationship=relationship)
    groups = found(w).report_groups().filter(report_id=sent)
    assert (groups["attribution"].to_list() == ["by_proxy"]) is joins


def test_two_records_of_one_event_are_one_occasion() -> None:
    w = Writer()
    for ref in ("HM250001", "HM250002X"):
        w.report(
            ref, day(0), CALLS, "Amy", "Ben", source="force_b", agency="force-b", relationship="ex_partner"
        )
    result = found(w)
    assert result.courses["n_occasions"].to_list() == [1]
    assert result.courses["n_reports"].to_list() == [2]
    assert result.courses["flagged"].to_list() == [False]


def test_different_acts_minutes_apart_are_two_occasions_and_a_person_is_asked() -> None:
    w = Writer()
    w.report("A1", day(0), "Suspect sent her 14 texts.", "Amy", "Ben", relationship="ex_partner")
    at = day(0) + dt.timedelta(minutes=25)
    w.report("A2", at, "Suspect smashed her window.", "Amy", "Ben", relationship="ex_partner")
    result = found(w)
    assert only_pattern(result)["n_occasions"] == 2
    assert met(result, "minutes_apart")
    [words] = result.findings.filter(rule_id="minutes_apart")["words"]
    assert words.endswith("counted here as two incidents. Whether they are two occasions is for a person.")


def test_a_tick_counts_beside_words_of_the_same_letter_of_the_law() -> None:
    w = Writer()
    w.report("A1", day(0), "Suspect damaged her car.", "Amy", "Ben", ticked=("break_in", "damage"))
    [acts] = found(w).occasions["acts"].to_list()
    assert sorted(acts) == ["break_in", "damage"]


def test_calls_and_texts_are_persistence_and_a_report_says_that_it_is_unwanted() -> None:
    w = Writer()
    for n in range(3):
        w.report(f"A{n}", day(9 * n), CALLS, "Amy", "Ben", relationship="ex_partner")
    result = found(w)
    assert met(result, "four.fixated")
    assert met(result, "four.unwanted")
    [words] = result.findings.filter(rule_id="four.unwanted")["words"]
    assert words == "Reported to an agency 3 times."


def test_words_that_name_nobody_do_not_say_that_somebody_hid() -> None:
    for text, hid in (
        ("Brother slapped IP and threatened to kill her.", False),
        ("More messages and a letter.", False),
        ("9 calls from a withheld number, nobody speaks.", True),
    ):
        w = Writer()
        w.report("A1", day(0), text, "Amy", "Ben", occasions=2)
        [words] = found(w).findings.filter(rule_id="four.unwanted")["words"]
        assert ("hid who they are" in words) is hid, text


def test_one_report_that_makes_a_pattern_is_told_of_as_one() -> None:
    w = Writer()
    w.report("A1", day(0), "Suspect followed IP home.", "Amy", "Ben", relationship="ex_partner", occasions=5)
    result = found(w)
    [words] = result.findings.filter(rule_id="hidden")["words"]
    assert words.startswith("The report was not recorded as stalking: ")
    assert (
        "Acts aimed at the victim (followed, watched, contacted ...): five incidents."
        in only_pattern(result)["reading_reasons"]
    )


def test_a_sent_threat_is_contact_too_and_violence_is_another_act_associated_with_stalking() -> None:
    w = Writer()
    w.report("A1", day(0), "Suspect texted her threatening to kill her.", "Amy", "Ben")
    w.report("A2", day(9), "Suspect punched her.", "Amy", "Ben")
    told = found(w).occasions.sort("at")["limbs"].to_list()
    assert told == [["b", "other"], ["other"]]


def test_the_presumption_binds_what_is_recorded_from_its_day_on() -> None:
    w = Writer()
    for n in (1, 2):
        at = dt.datetime(2020, n + 1, 3, 12)
        w.report(
            f"A{n}", at, CALLS, "Amy", "Ben",
            relationship="ex_partner", reported_at=dt.datetime(2020, 4, 10 + n),
        )  # fmt: skip
    assert met(found(w), "ex_partner_presumption")


def test_recorded_in_part_is_said_by_force_with_how_many_since() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner", group="stalking")
    for n in (2, 3, 4):
        w.report(f"A{n}", day(9 * n), WATCHED, "Amy", "Ben", relationship="ex_partner")
    w.report("B1", day(50), CALLS, "Amy", "Ben", source="force_b", agency="force-b")
    result = found(w)
    assert not only_pattern(result)["hidden"]
    [words] = result.findings.filter(rule_id="recorded_in_part", met=True)["words"]
    assert words == (
        "force-a (4): 1 recorded as stalking, the last three not; force-b (1): none recorded as stalking."
    )


def test_a_helpline_that_called_it_stalking_when_the_police_did_not_is_said() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben", relationship="ex_partner")
    w.report("HC-1", day(5), WATCHED, "Amy", "Ben", group="stalking", source="helpline", agency="helpline")
    [words] = found(w).findings.filter(rule_id="hidden", met=True)["words"]
    assert words.endswith(
        "Another service called it stalking on 6 January 2025, and no police record of it did."
    )


def test_the_helpline_retelling_is_the_same_occasion() -> None:
    w = Writer()
    text = "SUSP followed VIC round the supermarket and out to her car."
    w.report("A1", day(0), text, "Amy", "Ben", relationship="ex_partner")
    w.report(
        "HC-1", day(3), text.replace("VIC", "client"), "Amy", "Ben",
        source="helpline", agency="helpline", precision="not_known",
    )  # fmt: skip
    result = found(w)
    assert result.occasions["occasion_no"].to_list() == [1, 1]
    assert result.occasions["same_as"].null_count() == 1


def test_a_persons_correction_outranks_the_coder() -> None:
    w = Writer()
    report = w.report("A1", day(0), WATCHED, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(9), CALLS, "Amy", "Ben", relationship="ex_partner")

    def row(kind: str, behaviour: str, n: int) -> tuple[object, ...]:
        return (report, 1, kind, behaviour, "jo", day(20 + n), "read again")

    frame = pl.DataFrame(
        [row("removed", "watching", 0), row("added", "damage", 1)], schema=SCHEMA, orient="row"
    )
    acts = found(w, frame).occasions.filter(report_id=report)["acts"].to_list()[0]
    assert "damage" in acts
    assert "watching" not in acts
    again = pl.concat([frame, pl.DataFrame([row("added", "watching", 2)], schema=SCHEMA, orient="row")])
    assert "watching" in found(w, again).occasions.filter(report_id=report)["acts"].to_list()[0]


def test_an_act_that_was_agreed_is_told_apart_from_one_that_was_added() -> None:
    w = Writer()
    report = w.report("A1", day(0), WATCHED, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(9), CALLS, "Amy", "Ben", relationship="ex_partner")
    said = [("accepted", "watching"), ("accepted", "following"), ("added", "damage")]
    rows = [(report, 1, kind, act, "jo", day(20), "") for kind, act in said]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    occasion = found(w, frame).occasions.filter(report_id=report).row(0, named=True)
    rules = dict(zip(occasion["acts"], occasion["rules"], strict=True))
    # Agreed and still read from the words; agreed and no longer read from them; never read.
    assert rules["watching"].startswith("coder:")
    assert rules["following"] == "person:accepted"
    assert rules["damage"] == "person:added"
    # Agreeing after taking out brings the coder's own reading back.
    turned = pl.DataFrame(
        [(report, 1, k, "watching", "jo", day(20 + n), "") for n, k in enumerate(("removed", "accepted"))],
        schema=SCHEMA,
        orient="row",
    )
    back = found(w, turned).occasions.filter(report_id=report).row(0, named=True)
    assert [r for r in back["rules"] if r.startswith("person:")] == []
    assert "watching" in back["acts"]


def test_what_is_undone_reads_as_if_nobody_had_said_anything() -> None:
    w = Writer()
    report = w.report("A1", day(0), WATCHED, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(9), CALLS, "Amy", "Ben", relationship="ex_partner")

    def said(*kinds: tuple[str, str]) -> pl.DataFrame:
        rows = [(report, 1, k, act, "jo", day(20 + n), "") for n, (k, act) in enumerate(kinds)]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    untouched = found(w, said())
    for before in (("removed", "watching"), ("accepted", "watching"), ("added", "damage")):
        undone = found(w, said(before, ("undone", before[1])))
        assert undone.occasions.equals(untouched.occasions), before
        if before[0] != "accepted":  # to agree with what is read changes no act
            assert not found(w, said(before)).occasions.equals(untouched.occasions), before
    again = found(w, said(("removed", "watching"), ("undone", "watching"), ("removed", "watching")))
    assert "watching" not in again.occasions.filter(report_id=report)["acts"].to_list()[0]


def test_a_correction_must_say_what_it_is() -> None:
    bad = pl.DataFrame([("r", 1, "changed", "damage", "jo", day(0), "")], schema=SCHEMA, orient="row")
    with pytest.raises(ValueError, match="accepted, added, removed, undone, not changed"):
        newest(bad)


def test_nothing_reported_later_is_looked_at() -> None:
    w = Writer()
    w.report("A1", day(0), CALLS, "Amy", "Ben")
    w.report("A2", day(50), WATCHED, "Amy", "Ben")
    result = courses(w.bundle(), w.linked(), as_at=day(10))
    assert result.courses["n_reports"].to_list() == [1]


def test_an_empty_bundle_gives_empty_frames() -> None:
    w = Writer()
    result = found(w)
    assert result.courses.is_empty()
    assert result.report_pairs().is_empty()


@pytest.mark.parametrize(
    ("groups", "applies"),
    [
        (("criminal_damage", "malicious_communications"), True),
        (("criminal_damage", "suspicious"), True),
        # Nothing was a crime: there was none to record a course of conduct beside.
        (("suspicious", "suspicious"), False),
        (("criminal_damage", "harassment"), False),
        (("controlling_coercive", "malicious_communications"), False),
    ],
)
def test_additional_recording_asks_for_another_crime_and_for_no_course_of_conduct_beside_it(
    groups: tuple[str, str], applies: bool
) -> None:
    at = dt.datetime(2021, 3, 1, 9)
    w = Writer()
    w.report("A1", at, CALLS, "Amy", "Ben", group=groups[0], relationship="ex_partner")
    w.report(
        "A2", at + dt.timedelta(days=9), WATCHED, "Amy", "Ben", group=groups[1], relationship="ex_partner"
    )
    result = found(w)
    assert only_pattern(result)["reading"] == "possible_stalking"
    assert met(result, "additional_recording") is applies
