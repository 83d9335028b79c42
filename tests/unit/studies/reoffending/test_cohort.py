"""Hold each rule of the cohort to cases that were worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.studies.reoffending.making import YEAR, cell, cohort, counted, country, event

CONVICTED = event("conviction", "2019-12-01", proven="2020-03-10", victim="v")
"""Day 0 is 10 March 2020: what was proven that day was done in December."""


def again(occurred: str, proven: str, **rest: Any) -> dict[str, Any]:
    return event("conviction", occurred, **{"proven": proven, "victim": "v", **rest})


@pytest.mark.parametrize(
    ("occurred", "proven", "counts"),
    [
        ("2020-03-10", "2020-06-01", False),  # day 0 itself is not after it
        ("2020-03-11", "2020-06-01", True),
        ("2021-03-10", "2021-06-01", True),  # the same day a year later is the last
        ("2021-03-11", "2021-06-01", False),
        ("2020-06-01", "2022-03-10", True),  # proven on the last day of the wait
        ("2020-06-01", "2022-03-11", False),
        ("2020-02-01", "2020-06-01", False),  # done before day 0 and proven after: a pseudo-reconviction
    ],
)
def test_a_proven_act_counts_by_the_day_it_was_done_and_the_day_it_was_proven(
    tmp_path: Path, occurred: str, proven: str, counts: bool
) -> None:
    folder = country(tmp_path, [CONVICTED, again(occurred, proven)])
    assert counted(cell(folder)) == (1, int(counts), int(counts))


def test_the_end_of_a_month_that_has_no_such_day_is_its_last(tmp_path: Path) -> None:
    index = event("conviction", "2020-01-01", proven="2020-08-31", victim="v")
    inside, outside = again("2021-02-28", "2021-03-01"), again("2021-03-01", "2021-03-02")
    assert counted(cell(country(tmp_path / "1", [index, inside]), horizon=6))[1] == 1
    assert counted(cell(country(tmp_path / "2", [index, outside]), horizon=6))[1] == 0


def test_pseudo_reconvictions_are_counted_apart(tmp_path: Path) -> None:
    found = cohort(country(tmp_path, [CONVICTED, again("2020-02-01", "2020-06-01")]))
    assert (len(found), found.account.pseudo, found.account.straddling) == (1, 1, 0)


def test_a_course_that_straddles_day_0_is_counted_only_by_the_rule_that_says_so(tmp_path: Path) -> None:
    folder = country(tmp_path, [CONVICTED, again("2020-02-01", "2020-09-01", ended="2020-05-05")])
    assert counted(cell(folder)) == (1, 0, 0)
    assert cohort(folder).account.straddling == 1
    assert counted(cell(folder, straddling="counted")) == (1, 1, 1)
    # It is dated by its last day, which a shorter horizon does not reach.
    late = country(tmp_path / "late", [CONVICTED, again("2020-02-01", "2021-01-01", ended="2020-12-01")])
    assert counted(cell(late, straddling="counted", horizon=6))[1] == 0
    assert counted(cell(late, straddling="counted", horizon=12))[1] == 1


def test_each_person_is_in_once_with_their_first_index_event_of_the_period(tmp_path: Path) -> None:
    rows = [
        CONVICTED,
        again("2020-04-01", "2020-08-01"),
        event("conviction", "2018-01-01", proven="2019-05-05"),
    ]
    found = cohort(country(tmp_path, rows))
    assert len(found) == 1
    assert found.account.events == 2
    assert counted(cell(tmp_path)) == (1, 1, 1)


def test_the_same_act_in_two_forces_books_is_not_reoffending(tmp_path: Path) -> None:
    first = event("report", "2020-05-01", recorded="2020-05-01", victim="v")
    # The second force dates it a day later, and records it days after.
    other = event("report", "2020-05-02", "b", recorded="2020-05-09", victim="w", force="South")
    same = {"b": "a", "w": "v"}
    folder = country(tmp_path, [first, other], persons=same)
    assert counted(cell(folder, "allegation", "stalking_recorded", wait=0)) == (1, 0, 0)
    assert cohort(folder, "allegation").account.same_act == 1
    # Two days apart, another victim, or the same force: another act.
    apart = country(tmp_path / "apart", [first, {**other, "occurred": "2020-05-03"}], persons=same)
    assert counted(cell(apart, "allegation", "stalking_recorded", wait=0)) == (1, 1, 1)
    somebody = country(tmp_path / "other", [first, other], persons={"b": "a"})
    assert counted(cell(somebody, "allegation", "stalking_recorded", wait=0)) == (1, 1, 1)
    one_force = country(tmp_path / "one", [first, {**other, "force": "North"}], persons=same)
    assert counted(cell(one_force, "allegation", "stalking_recorded", wait=0)) == (1, 1, 1)
    no_days = country(tmp_path / "exact", [first, other], persons=same)
    assert counted(cell(no_days, "allegation", "stalking_recorded", wait=0, same_act_days=0)) == (1, 1, 1)


def test_a_book_without_a_victim_may_tell_of_the_same_act(tmp_path: Path) -> None:
    first = event("report", "2020-05-01", victim="v")
    other = event("report", "2020-05-01", "b", force="South", offence="harassment_s2", recorded="2020-05-20")
    folder = country(tmp_path, [first, other], persons={"b": "a"})
    assert cohort(folder, "allegation").lives.joined == 1


def test_an_act_is_told_once_by_each_force(tmp_path: Path) -> None:
    """Daily acts in two books, day by day: four acts, not one long one."""
    rows = [event("report", "2020-01-10", victim="v")]
    rows += [event("report", f"2020-03-{d:02}", victim="v") for d in (1, 2, 3, 4)]
    rows += [event("report", f"2020-03-{d:02}", "b", victim="v", force="South") for d in (1, 2, 3, 4)]
    folder = country(tmp_path, rows, persons={"b": "a"})
    assert counted(cell(folder, "allegation", "stalking_recorded", wait=0)) == (1, 1, 4)


def test_a_force_can_say_that_its_event_is_the_occasion_of_another(tmp_path: Path) -> None:
    first = event("report", "2020-05-01", victim="v")
    moved = event("report", "2020-05-20", "b", victim="v", force="South", same_occasion_as="e1")
    assert counted(
        cell(country(tmp_path, [first, moved], persons={"b": "a"}), "allegation", "stalking_recorded", wait=0)
    ) == (1, 0, 0)


def test_rows_of_one_crime_are_one_reoffence(tmp_path: Path) -> None:
    rows = [
        CONVICTED,
        again("2020-06-01", "2020-09-01", crime="N/1"),
        again("2020-06-01", "2020-10-01", crime="N/1"),
    ]
    assert counted(cell(country(tmp_path, rows))) == (1, 1, 1)
    rows[2] = again("2020-06-01", "2020-10-01", crime="N/2")
    assert counted(cell(country(tmp_path / "two", rows))) == (1, 1, 2)


def test_two_suspects_of_one_crime_each_reoffend(tmp_path: Path) -> None:
    rows = [CONVICTED, {**CONVICTED, "suspect": "b"}]
    rows += [again("2020-06-01", "2020-09-01", crime="N/1", suspect=who) for who in "ab"]
    assert counted(cell(country(tmp_path, rows))) == (2, 2, 2)


def test_victims_are_the_same_new_earlier_or_not_known(tmp_path: Path) -> None:
    rows = [
        event("report", "2018-01-01", victim="old"),
        CONVICTED,
        again("2020-05-01", "2020-07-01", victim="v"),
        again("2020-06-01", "2020-08-01", victim="old"),
        again("2020-07-01", "2020-09-01", victim="new"),
        again("2020-08-01", "2020-10-01", victim=""),
    ]
    folder = country(tmp_path, rows)
    assert counted(cell(folder)) == (1, 1, 4)
    assert counted(cell(folder, victim="same")) == (1, 1, 1)
    assert counted(cell(folder, victim="new")) == (1, 1, 1)


def test_who_has_no_victim_on_record_is_not_asked_about_victims(tmp_path: Path) -> None:
    rows = [CONVICTED, {**CONVICTED, "suspect": "b", "victim": ""}]
    found = cell(country(tmp_path, rows), victim="same")
    assert (found.people, found.left_out) == (1, 1)
    assert cell(tmp_path).people == 2


def test_malicious_communications_count_to_the_same_victim_only(tmp_path: Path) -> None:
    to_her = again("2020-06-01", "2020-09-01", offence="malicious_communications")
    to_another = {**to_her, "victim": "w"}
    assert counted(cell(country(tmp_path / "1", [CONVICTED, to_her])))[1] == 1
    assert counted(cell(country(tmp_path / "2", [CONVICTED, to_another])))[1] == 0
    assert (
        counted(cell(country(tmp_path / "3", [CONVICTED, to_another]), outcome="any_proven", wait=6))[1] == 1
    )


def test_a_breach_counts_as_stalking_and_not_as_the_ministry_counts(tmp_path: Path) -> None:
    breach = event("breach", "2020-06-01", offence="breach_spo", proven="2020-09-01", victim="v")
    folder = country(tmp_path, [CONVICTED, breach])
    assert counted(cell(folder))[1] == 1
    convicted = again("2020-06-01", "2020-09-01", offence="breach_spo")
    assert (
        counted(cell(country(tmp_path / "c", [CONVICTED, convicted]), outcome="any_proven", wait=6))[1] == 0
    )
    unproven = {**breach, "proven": ""}
    assert counted(cell(country(tmp_path / "u", [CONVICTED, unproven])))[1] == 0


def test_a_new_report_in_a_course_adds_to_what_came_before(tmp_path: Path) -> None:
    first = event("report", "2020-05-01", victim="v", course="c1")
    adds = event("report", "2020-06-01", victim="v", course="c1", offence="nc_communications")
    begins = event("report", "2020-06-01", victim="w", course="c2")
    ask = {"index": "allegation", "outcome": "course", "wait": 0}
    assert counted(cell(country(tmp_path / "1", [first, adds]), **ask)) == (1, 1, 1)
    assert counted(cell(country(tmp_path / "2", [first, begins]), **ask)) == (1, 0, 0)


def test_the_dead_are_not_taken_in_and_stay_in_the_denominator(tmp_path: Path) -> None:
    later = [CONVICTED, event("death", "2020-04-01")]
    assert cell(country(tmp_path / "1", later)).people == 1
    before = cohort(country(tmp_path / "2", [CONVICTED, event("death", "2020-03-10")]))
    assert (len(before), before.account.dead_before) == (0, 1)


def test_the_official_index_leaves_out_who_went_to_prison_until_release(tmp_path: Path) -> None:
    jailed = {**CONVICTED, "custodial": "true"}
    release = event("release", "2020-09-01")
    found = cohort(country(tmp_path, [jailed, release]), "official")
    assert found.day0.tolist() == [18506]  # 1 September 2020
    out = cohort(country(tmp_path / "2", [{**CONVICTED, "custodial": "false"}, release]), "official")
    assert out.day0.tolist() == [18331]  # 10 March 2020


def test_what_is_not_dated_is_never_after(tmp_path: Path) -> None:
    found = cohort(country(tmp_path, [CONVICTED, again("", "2020-09-01")]))
    assert (len(found.rows), found.account.not_dated) == (0, 1)


def test_a_cell_that_is_not_mature_or_not_held_has_no_figure(tmp_path: Path) -> None:
    folder = country(tmp_path, [CONVICTED])
    early = cell(folder, horizon=60, wait=12)
    assert (early.state, str(early.known_on)) == ("not_yet", "2026-12-31")
    assert (
        cell(country(tmp_path / "c", [CONVICTED], without=["course"]), outcome="course", wait=0).state
        == "not_held"
    )
    no_proof = country(tmp_path / "p", [event("report", "2020-05-01")], extra='not_held = ["conviction"]')
    assert cell(no_proof, "allegation").state == "not_held"


def test_people_of_a_force_that_does_not_hold_the_outcome_are_not_in_the_denominator(tmp_path: Path) -> None:
    rows = [event("report", "2020-05-01"), event("report", "2020-05-01", "b", force="South")]
    folder = country(tmp_path, rows)
    text = (folder / "country.toml").read_text("utf-8")
    (folder / "country.toml").write_text(
        text.replace('name = "South"', 'name = "South"\nnot_held = ["conviction"]')
    )
    found = cell(folder, "allegation")
    assert (found.people, found.left_out) == (1, 1)


def test_the_period_is_of_day_0(tmp_path: Path) -> None:
    rows = [CONVICTED, event("conviction", "2020-06-01", "b", proven="2021-01-01")]
    assert len(cohort(country(tmp_path, rows), window=YEAR)) == 1
