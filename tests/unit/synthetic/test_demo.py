"""The demonstration's world holds the story its pages walk through."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lamplighter.synthetic import demo
from lamplighter.synthetic.worlds.world import World

LONDON = ZoneInfo("Europe/London")
# Days on which somebody may start the demonstration: one of any, the last of a leap February, Lady Day, New
# Year's Day, and the day after the clocks went forward.
DAYS = [
    dt.date(2026, 11, 29),
    dt.date(2028, 2, 29),
    dt.date(2027, 3, 25),
    dt.date(2027, 1, 1),
    dt.date(2027, 3, 29),
]


@pytest.fixture(scope="module")
def made() -> World:
    return demo.world()


@cache
def on(today: dt.date) -> World:
    """The world as the demonstration makes it on a day."""
    return demo.world(ends=today - dt.timedelta(days=1), story_ends=today - dt.timedelta(days=44))


def times(world: World) -> list[dt.datetime]:
    """Every time that any agency's record says."""
    columns = (
        frame[name]
        for frame in world.bundle.values()
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime)
    )
    return [at for column in columns for at in column.drop_nulls().to_list()]


@pytest.mark.parametrize("today", DAYS)
class TestOnEachDay:
    def test_the_newest_report_is_of_the_day_before_and_nothing_is_later(self, today: dt.date) -> None:
        reported = on(today).bundle["reports"]["reported_at"]
        newest = reported.max()
        assert isinstance(newest, dt.datetime)
        assert newest.date() == today - dt.timedelta(days=1)
        assert max(times(on(today))).date() < today
        assert reported.is_between(newest - dt.timedelta(days=28), newest).sum() > 20

    def test_references_carry_the_year_of_their_report(self, today: dt.date) -> None:
        forms = (r"^4A/\d{6}/(\d\d)$", r"^HM(\d\d)\d{7}X?$", r"^HC-(\d\d)-\d{5}$")
        told = pl.coalesce(pl.col("source_ref").str.extract(form) for form in forms)
        years = on(today).bundle["reports"].select(told=told, year=pl.col("reported_at").dt.strftime("%y"))
        assert years["told"].to_list() == years["year"].to_list()

    def test_no_record_says_a_time_that_clocks_left_out(self, today: dt.date) -> None:
        def shown(at: dt.datetime) -> dt.datetime:
            there = at.replace(tzinfo=LONDON).astimezone(dt.UTC).astimezone(LONDON)
            return there.replace(tzinfo=None)

        assert [at for at in times(on(today)) if shown(at) != at] == []

    def test_ages_are_those_of_the_day_of_the_report(self, today: dt.date) -> None:
        """A helpline writes down the band of the age that somebody really is."""
        world = on(today)
        known = (
            world.bundle["people"]
            .filter(pl.col("age_from").is_not_null())
            .join(world.bundle["reports"].select("report_id", "agency", "reported_at"), on="report_id")
            .filter(agency="helpline")
            .join(world.truth.records.select("record_id", "person_id"), on="record_id")
            .join(world.truth.persons.select("person_id", born="birth_date"), on="person_id")
            .with_columns(age=(pl.col("reported_at").dt.date() - pl.col("born")).dt.total_days() / 365.25)
        )
        assert known.height > 50
        off = known.filter(
            (pl.col("age") < pl.col("age_from") - 0.01) | (pl.col("age") >= pl.col("age_to") + 1.01)
        )
        assert off.is_empty()
        born = world.bundle["people"].join(
            world.bundle["reports"].select("report_id", "reported_at"), on="report_id"
        )
        assert born.filter(pl.col("birth_date") > pl.col("reported_at").dt.date()).is_empty()

    def test_the_story_is_the_same_and_ends_when_it_is_asked_to(self, today: dt.date) -> None:
        world = on(today)
        ids = demo.story_report_ids(world)
        reports = world.bundle["reports"].filter(pl.col("report_id").is_in(ids)).sort("reported_at")
        first, last = reports["reported_at"][0], reports["reported_at"][-1]
        assert last.date() == today - dt.timedelta(days=44)
        assert (last - first).days == 41
        assert (first.time(), last.time()) == (dt.time(8, 10), dt.time(19, 5))
        of_story = world.bundle["people"].filter(pl.col("record_id").is_in(demo.story_record_ids()))
        assert set(of_story["report_id"]) == set(ids)
        assert of_story.height == len(demo.story_record_ids())
        # It is the same people, whatever the day.
        assert set(of_story["birth_date"].drop_nulls()) == {
            dt.date(1993, 11, 8),
            dt.date(1990, 2, 6),
            dt.date(1990, 6, 2),
        }
        truth = world.truth.courses.filter(course_id=demo.COURSE).row(0, named=True)
        assert truth["first_report_at"] - truth["ended_at"] == dt.timedelta(days=42, hours=8, minutes=10)
        named = reports["related_refs"].to_list()[2][0]
        assert f"force_b:{named}" == ids[1]
        assert named in reports["summary"][2]

    def test_no_line_of_the_story_is_damaged(self, today: dt.date, tmp_path: Path) -> None:
        demo.write(tmp_path, ends=today - dt.timedelta(days=1), story_ends=today - dt.timedelta(days=44))
        records = pl.read_parquet(tmp_path / "truth" / "records.parquet")
        story = records.filter(pl.col("record_id").is_in(demo.story_record_ids()))
        assert story.height == len(demo.story_record_ids())
        assert not story["damaged"].any()


def test_the_same_day_gives_the_same_world() -> None:
    day = dt.date(2027, 5, 9)
    one, other = (demo.world(person_records=300, ends=day) for _ in range(2))
    assert all(one.bundle[name].equals(other.bundle[name]) for name in one.bundle)
    assert demo.new_report(ends=day)["reported_at"] - demo.new_report()["reported_at"] == day - demo.ENDS


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
    assert manifest.damaged > 0


def test_the_new_report_names_the_two(made: World) -> None:
    document = demo.new_report()
    people = {p["role"]: p for p in document["people"]}
    known = made.bundle["people"].filter(pl.col("report_id").is_in(demo.story_report_ids(made)))
    assert people["victim"]["surname"] in known["surname"].to_list()
    assert people["suspect"]["surname"] in known["surname"].to_list()
    phones = known["phones"].explode().drop_nulls().to_list()
    for person in people.values():
        assert "+44" + person["phones"][0].replace(" ", "")[1:] in phones
