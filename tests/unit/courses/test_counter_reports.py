"""Where each has reported the other there are two courses, and nothing of either is taken away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.courses.assemble import courses
from lamplighter.courses.results import CourseResult
from tests.unit.courses.bundles import Writer, day
from tests.unit.courses.test_never_lowered import RELATIONSHIPS, REPORTS, TEXTS, level

FOLLOWED = "Suspect followed her home from the tram."
MESSAGED = "Suspect messages the victim every day after being blocked."


def found(w: Writer, **kwargs: Any) -> CourseResult:
    return courses(w.bundle(), w.linked(), as_at=day(400), **kwargs)


def of(result: CourseResult, victim: str, suspect: str) -> dict[str, Any]:
    (row,) = result.courses.filter(victim_person=f"P-{victim}", suspect_person=f"P-{suspect}").to_dicts()
    return row


def her_one_and_his_two() -> Writer:
    w = Writer()
    w.report("A1", day(0), FOLLOWED, "Amy", "Ben", relationship="ex_partner")
    w.report("A2", day(9), MESSAGED, "Ben", "Amy", relationship="ex_partner")
    w.report("A3", day(12), MESSAGED, "Ben", "Amy", relationship="ex_partner")
    return w


def test_the_number_of_counter_reports_turns_nobody_into_the_suspect() -> None:
    result = found(her_one_and_his_two())
    hers, his = of(result, "Amy", "Ben"), of(result, "Ben", "Amy")
    assert hers["course_id"] != his["course_id"]
    accounts = result.occasions.filter(course_id=hers["course_id"])
    assert dict(accounts.select("report_id", "reversed").iter_rows()) == {
        "force_a_rms:A1": False,
        "force_a_rms:A2": True,
        "force_a_rms:A3": True,
    }
    # Her account keeps its acts in her course, and stands in his with the roles the other way round.
    assert accounts.filter(report_id="force_a_rms:A1")["acts"].to_list() == [["following"]]
    assert result.occasions.filter(course_id=his["course_id"], report_id="force_a_rms:A1")[
        "reversed"
    ].to_list() == [True]


def test_what_was_done_to_her_mother_is_no_report_of_hers_about_him() -> None:
    """His course shows what she reported of him, and not what somebody else did."""
    w = her_one_and_his_two()
    w.report("A4", day(13), FOLLOWED, "Amy", "Ben", relationship="ex_partner")
    mothers = w.report("A5", day(14), "Suspect shouted at her.", "Zoe", "Ben", surname="Amyson")
    result = found(w)
    groups = result.report_groups()
    hers, his = of(result, "Amy", "Ben"), of(result, "Ben", "Amy")
    assert groups.filter(report_id=mothers)["course_id"].to_list() == [hers["course_id"]]
    shown = groups.filter(course_id=his["course_id"], reversed=True)["report_id"].to_list()
    assert sorted(shown) == ["force_a_rms:A1", "force_a_rms:A4"]


def test_what_is_shown_of_the_two_says_who_pursued_after_refusal_and_decides_nothing() -> None:
    w = her_one_and_his_two()
    w.report("A4", day(20), "Suspect was seen watching her house. She is terrified.", "Amy", "Ben")
    result = found(w)
    for one, other in (("Amy", "Ben"), ("Ben", "Amy")):
        course = of(result, one, other)
        [words] = result.findings.filter(course_id=course["course_id"], rule_id="mixed_directions", met=True)[
            "words"
        ]
        assert words.startswith("The suspect has made ")
        assert "reported first, on 1 January 2025; the other on 10 January 2025." in words
        assert "A person decides who pursues whom." in words
    mine = of(result, "Amy", "Ben")["course_id"]
    [words] = result.findings.filter(course_id=mine, rule_id="mixed_directions")["words"]
    assert "Following, watching, waiting or tracking: in 2 of the victim's reports, in none" in words
    assert "Contact after it was refused: in none of the victim's reports, in 2 of the suspect's" in words
    assert "Fear or distress: in 1 of the victim's reports, in none" in words


def test_what_the_coder_takes_for_acts_of_the_victim_is_no_caution() -> None:
    w = Writer()
    w.report("A1", day(0), "IP rang suspect and asked for the children. " + FOLLOWED, "Amy", "Ben")
    w.report("A2", day(9), FOLLOWED, "Amy", "Ben")
    assert not found(w).findings.filter(rule_id="mixed_directions", met=True).height


def test_each_course_keeps_its_id_when_an_older_report_of_the_other_comes_late() -> None:
    w = her_one_and_his_two()
    before = found(w)
    standing = {c["course_id"]: c["victim_person"] for c in before.courses.to_dicts() if c["suspect_person"]}
    w.report("A0", day(1), MESSAGED, "Ben", "Amy", reported_at=day(-30))
    without = found(w)
    assert of(without, "Amy", "Ben")["course_id"] == of(before, "Ben", "Amy")["course_id"]
    kept = found(w, victims=standing)
    for one, other in (("Amy", "Ben"), ("Ben", "Amy")):
        assert of(kept, one, other)["course_id"] == of(before, one, other)["course_id"]


def test_a_course_that_stands_alone_again_keeps_its_id() -> None:
    both = found(her_one_and_his_two())
    his = of(both, "Ben", "Amy")["course_id"]
    w = Writer()
    w.report("A2", day(9), MESSAGED, "Ben", "Amy", relationship="ex_partner")
    w.report("A3", day(12), MESSAGED, "Ben", "Amy", relationship="ex_partner")
    assert of(found(w, victims={his: "P-Ben"}), "Ben", "Amy")["course_id"] == his


@settings(max_examples=40)
@given(reports=REPORTS, counter=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4))
def test_counter_reports_never_lower_it(reports: list, counter: list[str]) -> None:  # type: ignore[type-arg]
    assert level(reports, against=tuple(counter)) >= level(reports)


@settings(max_examples=40)
@given(reports=REPORTS)
def test_names_and_who_is_called_what_change_nothing(reports: list) -> None:  # type: ignore[type-arg]
    """The names of the two, and with them the order of their ids, are turned round."""

    def readings(one: str, other: str) -> list[tuple[str, bool]]:
        w = Writer()
        for n, (text, relationship, occasions) in enumerate(reports):
            sides = (one, other) if n % 3 else (other, one)
            w.report(f"R{n}", day(40 * n), text, *sides, relationship=relationship, occasions=occasions)
        result = found(w)
        return [
            (c["reading"], c["flagged"])
            for pair in ((one, other), (other, one))
            for c in result.courses.filter(
                victim_person=f"P-{pair[0]}", suspect_person=f"P-{pair[1]}"
            ).to_dicts()
        ]

    assert readings("Amy", "Zed") == readings("Zed", "Amy")


@pytest.mark.parametrize("relationship", RELATIONSHIPS)
def test_each_has_one_report_and_neither_is_lost(relationship: str | None) -> None:
    w = Writer()
    w.report("A1", day(0), FOLLOWED, "Amy", "Ben", relationship=relationship)
    w.report("A2", day(1), MESSAGED, "Ben", "Amy", relationship=relationship)
    result = found(w)
    assert {c["n_reports"] for c in (of(result, "Amy", "Ben"), of(result, "Ben", "Amy"))} == {1}
