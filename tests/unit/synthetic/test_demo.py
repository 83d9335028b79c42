"""The demonstration's world holds the story its pages walk through."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lamplighter.synthetic import demo
from lamplighter.synthetic.world import World


@pytest.fixture(scope="module")
def made() -> World:
    return demo.world()


def test_four_reports_in_two_forces_over_41_days_none_as_stalking(made: World) -> None:
    reports = (
        made.bundle["reports"]
        .filter(pl.col("report_id").is_in(demo.story_report_ids(made)))
        .sort("reported_at")
    )
    assert reports["agency"].to_list() == ["force-a", "force-b", "force-b", "force-a"]
    assert reports["recorded_as"].to_list() == [
        "criminal_damage",
        "malicious_communications",
        "malicious_communications",
        "breach_of_order",
    ]
    assert (reports["reported_at"][-1] - reports["reported_at"][0]).days == 41
    assert not reports["summary"].str.contains("(?i)stalk").any()
    assert not reports["summary"].str.contains(r"[{}]").any()


def test_the_story_is_whole_in_bundle_and_truth(made: World) -> None:
    ids = demo.story_report_ids(made)
    people = made.bundle["people"].filter(pl.col("report_id").is_in(ids))
    truth = made.truth.records.filter(pl.col("report_id").is_in(ids))
    assert set(people["record_id"]) == set(truth["record_id"])
    assert set(truth["person_id"]) == set(made.truth.persons["person_id"]) & {
        f"T-DEMO-{k}" for k in (1, 2, 3)
    }
    course = made.truth.courses.filter(course_id=demo.COURSE).row(0, named=True)
    assert course["hidden"]
    assert course["cross_force"]
    assert course["relationship"] == "ex_partner"
    named = made.bundle["reports"].filter(pl.col("report_id") == ids[2])["related_refs"].to_list()[0]
    assert f"force_b:{named[0]}" == ids[1]
    assert made.bundle["reports"]["report_id"].is_unique().all()
    assert made.bundle["people"]["record_id"].is_unique().all()


def test_a_few_thousand_reports(made: World) -> None:
    assert 2_000 < made.bundle["reports"].height < 5_000


def test_the_exports_carry_the_story_undamaged(tmp_path: Path) -> None:
    manifest = demo.write(tmp_path)
    records = pl.read_parquet(tmp_path / "truth" / "records.parquet")
    story = records.filter(pl.col("person_id").str.starts_with("T-DEMO"))
    assert story.height == 9
    assert not story["damaged"].any()
    assert len(manifest.damaged_records) > 0


def test_the_new_report_names_the_two(made: World) -> None:
    document = demo.new_report()
    people = {p["role"]: p for p in document["people"]}
    known = made.bundle["people"].filter(pl.col("report_id").is_in(demo.story_report_ids(made)))
    assert people["victim"]["surname"] in known["surname"].to_list()
    assert people["suspect"]["surname"] in known["surname"].to_list()
    phones = known["phones"].explode().drop_nulls().to_list()
    for person in people.values():
        assert "+44" + person["phones"][0].replace(" ", "")[1:] in phones
