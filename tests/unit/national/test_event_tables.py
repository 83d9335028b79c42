"""A force's events go to the analyst with ids that say nothing, and meet the links."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.national.delivery import splitting
from lamplighter.national.delivery.event_tables import with_courses
from lamplighter.national.delivery.keys import Key
from lamplighter.national.delivery.splitting import Delivery
from lamplighter.national.errors import NationalError
from tests.unit.national.country import Country

ANALYST, SHARED = Key(b"a" * 32), Key(b"t" * 32)
FORCE = "force-a"
DAY = dt.date(2024, 3, 10)


def split(
    delivered: Country, events: pl.DataFrame, force: str = FORCE, shared: Key | None = None
) -> Delivery:
    own = Key(force.encode().ljust(32, b"."))
    return splitting.split(
        delivered.held[force], force, own, ANALYST, shared=shared, events={"events": events}
    )


def ids(delivered: Country, force: str = FORCE) -> list[str]:
    return delivered.held[force]["people"]["record_id"].to_list()


def events(suspects: list[str | None], **more: object) -> pl.DataFrame:
    count = len(suspects)
    columns: dict[str, object] = {
        "event": [f"E{i}" for i in range(count)],
        "force": [FORCE] * count,
        "kind": ["report"] * count,
        "occurred": [DAY] * count,
        "offence": ["stalking_s2a"] * count,
        "suspect": suspects,
        "crime": ["42/1234/24"] * count,
    }
    return pl.DataFrame(columns | more)


def test_no_id_of_the_force_is_left_and_people_meet_the_links(delivered: Country) -> None:
    one, two = ids(delivered)[:2]
    found = split(delivered, events([one, None, two], victim=[two, None, None]))
    told = found.content["events"]
    passing = set(found.passing["record"])
    assert set(told["suspect"].drop_nulls()) | set(told["victim"].drop_nulls()) <= passing
    assert told["suspect"].null_count() == 1
    assert told["suspect"].n_unique() == 3
    text = {v for c in told.columns if told[c].dtype == pl.String for v in told[c].drop_nulls()}
    assert not text & {one, two, "E0", "E1", "E2", "42/1234/24"}
    assert told["crime"].n_unique() == 1
    assert told["event"].n_unique() == 3
    assert dict(found.unknown) == {}


def test_an_event_of_a_suspect_who_was_not_delivered_is_left_out_and_counted(delivered: Country) -> None:
    found = split(delivered, events([ids(delivered)[0], "somebody else"]))
    assert found.content["events"].height == 1
    assert dict(found.unknown) == {"events.suspect": 1}


def test_an_event_that_another_force_names_is_the_same_event_where_forces_share_a_key(
    delivered: Country,
) -> None:
    one = ids(delivered)[0]
    here = events([one], same_occasion_as=["E7 of another force"])
    there = events([ids(delivered, "force-b")[0]], event=["E7 of another force"], force=["force-b"])
    other = split(delivered, there, "force-b", SHARED).content["events"]
    named = split(delivered, here, shared=SHARED).content["events"]["same_occasion_as"]
    assert named.to_list() == other["event"].to_list()
    alone = split(delivered, here)
    assert alone.content["events"]["same_occasion_as"].to_list() == [None]
    assert dict(alone.unknown) == {"events.same_occasion_as": 1}
    # An event of its own is named without any shared key.
    own = split(delivered, events([one, one], same_occasion_as=[None, "E0"])).content["events"]
    assert own["same_occasion_as"].drop_nulls().to_list()[0] in own["event"].to_list()


def test_two_releases_do_not_join_by_events(delivered: Country) -> None:
    told = events([ids(delivered)[0]])
    bundle, own = delivered.held[FORCE], Key(b"f" * 32)
    first, second = (
        splitting.split(bundle, FORCE, own, release, events={"events": told}).content["events"]
        for release in (ANALYST, Key(b"b" * 32))
    )
    for column in ("event", "crime", "suspect"):
        assert not set(first[column]) & set(second[column])


def test_a_column_of_a_table_of_events_that_names_somebody_is_refused(delivered: Country) -> None:
    surname = delivered.held[FORCE]["people"]["surname"].drop_nulls()[0]
    one = ids(delivered)[0]
    for more in ({"note": [surname]}, {"kind": [surname]}, {"offence": [surname]}, {"force": [surname]}):
        with pytest.raises(NationalError, match=f"column {next(iter(more))} "):
            split(delivered, events([one], **more))


def test_a_table_that_is_of_nobody_is_refused_with_what_it_lacks(delivered: Country) -> None:
    with pytest.raises(NationalError, match="neither record_id nor report_id") as refused:
        split(delivered, pl.DataFrame({"event": ["E1"], "kind": ["report"]}))
    assert "suspect or victim" in str(refused.value)


def courses(*rows: tuple[str, str]) -> pl.DataFrame:
    """Courses as lamplighter trace writes them: which report is in which."""
    return pl.DataFrame(list(rows), schema=["course_id", "report_id"], orient="row")


def test_a_force_delivers_its_courses_and_no_name_of_one_leaves(delivered: Country) -> None:
    one = ids(delivered)[0]
    own = events([one, one, one], crime=["R1", "R2", "R3"])
    joined, several = with_courses(own, courses(("P-7", "R1"), ("P-7", "R3"), ("P-9", "R3")))
    assert joined["course"].to_list() == ["P-7", None, "P-7"]
    assert several == 1
    told = split(delivered, joined).content["events"]
    assert told["course"].null_count() == 1
    assert told["course"].drop_nulls().n_unique() == 1
    assert not {"P-7", "P-9"} & set(told["course"].drop_nulls())


@pytest.mark.parametrize(
    ("own", "given", "told"),
    [
        ({"course": ["P-1"]}, courses(("P-7", "42/1234/24")), "have a column course"),
        ({}, courses(("P-7", "42/1234/24")).drop("course_id"), "cannot be joined"),
        ({}, courses(("P-7", "another")), "No report of a course is the crime of an event"),
    ],
)
def test_courses_that_do_not_fit_the_events_are_refused(
    delivered: Country, own: dict[str, object], given: pl.DataFrame, told: str
) -> None:
    with pytest.raises(NationalError, match=told):
        with_courses(events([ids(delivered)[0]], **own), given)


def test_the_command_takes_what_trace_wrote(delivered: Country, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name, frame in delivered.held[FORCE].items():
        frame.write_parquet(folder / f"{name}.parquet")
    report = delivered.held[FORCE]["reports"]["report_id"][0]
    events([ids(delivered)[0]], crime=[report]).write_parquet(tmp_path / "events.parquet")
    courses(("P-7", report)).write_csv(tmp_path / "course_reports.csv")
    run = ["national", "deliver", str(folder), "--force", FORCE, "--force-key", str(tmp_path / "force.key")]
    run += ["--linker", str(tmp_path / "linker"), "--analyst", str(tmp_path / "analyst")]
    run += ["--purpose", "reoffending", "--release", "one", "--courses", str(tmp_path / "course_reports.csv")]
    without = CliRunner().invoke(app, run)
    assert without.exit_code == 2
    assert "Give one table of events with it" in without.output
    done = CliRunner().invoke(app, [*run, "--events", str(tmp_path / "events.parquet")])
    assert done.exit_code == 0, done.output
    (told,) = (tmp_path / "analyst").rglob("events.parquet")
    assert pl.read_parquet(told)["course"].null_count() == 0
