"""A run over rows, or over some persons, gives those courses exactly as a run over everything."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from lamplighter.courses.assemble import courses, found
from lamplighter.courses.coding.corrections import SCHEMA
from lamplighter.courses.findings import urgency
from lamplighter.courses.results import CourseResult
from lamplighter.courses.summaries.schedule import schedule
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import generate
from tests.unit.courses.bundles import Linked, Writer, day

AS_AT = dt.datetime(2026, 7, 1)


@pytest.fixture(scope="module")
def world() -> tuple[Bundle, Linked, CourseResult]:
    made = generate(11, person_records=600, bank="b")
    persons = made.truth.records.select(
        "record_id",
        person_id=pl.when("identifiable").then("person_id").otherwise(pl.format("x{}", "record_id")),
    )
    linked = Linked(persons)
    return made.bundle, linked, courses(made.bundle, linked, as_at=AS_AT)


def test_rows_give_what_frames_give(world: tuple[Bundle, Linked, CourseResult]) -> None:
    """A report that is saved has its patterns found from rows, a whole hub from frames."""
    bundle, linked, full = world
    fixed = {"report_id": bundle["reports"]["report_id"][0], "occasion_seq": 1, "by": "1", "reason": ""}
    corrections = [
        fixed | {"kind": kind, "behaviour": "following", "at": AS_AT - dt.timedelta(days=age)}
        for age, kind in ((1, "added"), (2, "removed"), (-1, "removed"))
    ]
    tables = ("reports", "offences", "occasions", "people")
    rows = {name: bundle[name].sample(fraction=1, shuffle=True, seed=5).to_dicts() for name in tables}
    early = dt.datetime(2024, 7, 1)
    for as_at, said in ((AS_AT, corrections), (early, [])):
        told = pl.DataFrame(said, schema=SCHEMA)
        frames = courses(bundle, linked, as_at=as_at, corrections=told)
        ours = found(
            rows,
            dict(linked.persons.iter_rows()),
            as_at=as_at,
            corrections=said,
            same_suspect=linked.same_suspect,
        )
        assert ours.courses == frames.courses.to_dicts()
        assert ours.occasions == frames.occasions.to_dicts()
        assert ours.findings == frames.findings.to_dicts()
    assert 0 < len(ours.courses) < full.courses.height


def test_the_patterns_of_some_persons_are_those_of_the_full_run(
    world: tuple[Bundle, Linked, CourseResult],
) -> None:
    """Courses of nobody asked for are left out; those beside a pattern of its suspect still count in it."""
    bundle, linked, full = world
    rows = {name: bundle[name].to_dicts() for name in ("reports", "offences", "occasions", "people")}
    person_of = dict(linked.persons.select("record_id", "person_id").iter_rows())
    everything = full.rows()
    beside = {f["course_id"] for f in everything.findings if f["rule_id"] == "other_victims" and f["met"]}
    patterns = [c for c in everything.courses if c["kind"] == "pattern"]
    of_several = [c for c in patterns if c["course_id"] in beside]
    assert of_several
    for persons in (
        {of_several[0]["suspect_person"]},
        {of_several[0]["victim_person"]},
        {c["victim_person"] for c in patterns[::3]},
        {"nobody"},
    ):
        part = found(rows, person_of, as_at=AS_AT, persons=persons, same_suspect=linked.same_suspect)
        asked = [c for c in patterns if persons & {c["victim_person"], c["suspect_person"]}]
        ids = {c["course_id"] for c in asked}
        ranked = [c | {"urgency_rank": rank} for rank, c in enumerate(asked, 1)]
        assert part.courses == ranked
        assert part.occasions == [o for o in everything.occasions if o["course_id"] in ids]
        assert part.findings == [f for f in everything.findings if f["course_id"] in ids]


def test_course_ids_are_unique_and_every_report_with_a_victim_is_somewhere(
    world: tuple[Bundle, Linked, CourseResult],
) -> None:
    bundle, _, full = world
    assert full.courses["course_id"].is_unique().all()
    with_victim = set(bundle["people"].filter(role="victim")["report_id"])
    assert with_victim == set(full.occasions["report_id"])


def test_urgency_orders_what_goes_on_before_what_is_long_past() -> None:
    w = Writer()
    for name, start in (("Old", 0), ("New", 370)):
        w.report(
            f"{name}1",
            day(start),
            "Suspect followed her home.",
            f"V{name}",
            f"S{name}",
            relationship="ex_partner",
        )
        w.report(
            f"{name}2",
            day(start + 9),
            "Suspect was watching her.",
            f"V{name}",
            f"S{name}",
            relationship="ex_partner",
        )
    w.report("Q1", day(389), "Verbal argument between the parties.", "VQ", "SQ", relationship="partner")
    w.report("Q2", day(390), "Verbal argument between the parties.", "VQ", "SQ", relationship="partner")
    result = courses(w.bundle(), w.linked(), as_at=day(391))
    assert result.courses["victim_person"].to_list() == ["P-VNew", "P-VOld", "P-VQ"]
    first = urgency.baseline(result.courses, result.occasions, day(391)).row(0, named=True)
    assert first["course_id"] == result.courses.filter(victim_person="P-VQ")["course_id"].item()
    assert "possible stalking" in result.courses["urgency_reasons"].to_list()[0]


def test_the_schedule_has_a_row_an_occasion_and_refuses_an_unknown_course() -> None:
    w = Writer()
    w.report(
        "A1",
        day(0),
        "Suspect followed her home. Screenshots retained.",
        "Amy",
        "Ben",
        relationship="ex_partner",
    )
    w.report("A2", day(9), "Her car was keyed. No CCTV.", "Amy", "Ben", group="criminal_damage")
    bundle = w.bundle()
    result = courses(bundle, w.linked(), as_at=day(30))
    made = schedule(result, bundle, result.courses["course_id"][0], day(30))
    assert [r.number for r in made.rows] == [1, 2]
    assert made.rows[0].evidence == ("screenshots",)
    assert made.rows[1].evidence == ()
    assert made.rows[1].recorded_as == ("criminal damage",)
    assert [title for title, _, _ in made.features] == ["Fixated", "Obsessive", "Unwanted", "Repeated"]
    with pytest.raises(KeyError):
        schedule(result, bundle, "C-NONE", day(30))
