"""Bundles without clock times: read back, they give what the same bundle with its times gives."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lamplighter.studies.review.analyses.time_to_outcome import timing
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.rules import by_working_day
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle import checking
from lamplighter.study_bundle.bundle import Metadata, StudyBundle
from lamplighter.study_bundle.files import data_package
from lamplighter.study_bundle.files.durations import HOURS, last_day, quarter_of
from tests.unit.studies import making

END = dt.date(2024, 6, 30)
FIRST = dt.datetime(2024, 5, 30, 9, 0)
SECOND = dt.datetime(2024, 6, 30, 9, 0)
CHARGED = dt.datetime(2024, 7, 3)
ADVISED = dt.datetime(2024, 6, 6, 10, 0)


def written(folder: Path, times: bool, *, extracted: dt.date = making.CUT) -> StudyBundle:
    """One case of two reports, 31 days apart, the second on the last day of its quarter: as times, as
    hours.
    """
    report = {"force": "Force A", "case_id": "C1", "victim_id": "P1", "suspect_id": "P2"}
    rows: list[dict[str, Any]] = [{**report, "report_id": name} for name in ("R1", "R2")]
    events: list[dict[str, Any]] = [
        {"event_id": "E1", "report_id": "R2", "kind": "outcome", "code": "16", "at_precision": "day"},
        {"event_id": "E2", "report_id": "R1", "kind": "specialist_contact", "code": "clinician"}
        | {"at_precision": "minute"},
        {"event_id": "E3", "report_id": "R1", "kind": "support_status", "code": "withdrawn"}
        | {"at_precision": "day"},
    ]
    starts, ats = (FIRST, SECOND), (CHARGED, ADVISED, CHARGED)
    own = dict(zip(("R1", "R2"), starts, strict=True))
    for row, at in zip(rows, starts, strict=True):
        if times:
            row |= {"recorded_at": at, "recorded_precision": "minute"}
        else:
            # At nine on the first day: read back as the beginning of it.
            row |= {"recorded_in": "2024-q2", "clock_id": "T1", "recorded_precision": "minute"}
            row["clock_hours"] = 24 * (at.date() - FIRST.date()).days
    for row, at in zip(events, ats, strict=True):
        if times:
            row["at"] = at
        else:
            start = own[row["report_id"]].replace(hour=0)
            row["after_hours"] = int((at.replace(hour=max(at.hour - 9, 0)) - start).total_seconds() // 3600)
            row["working_days"] = 5.0
    about = replace(making.metadata(extracted_on=extracted), event_kinds=None)
    if not times:
        about = replace(about, times=HOURS, personal_data="It is personal data.")
    people = [{"person_id": name} for name in ("P1", "P2")]
    tables = {"reports": rows, "people": people, "events": events}
    data_package.write(about, {name: pl.DataFrame(table) for name, table in tables.items()}, folder)
    found = checking.check(folder)
    assert [c.rejected for c in found.counts.values()] == [0, 0, 0], found.rejects
    return found.required()


def test_days_hours_and_curves_are_the_same(tmp_path: Path) -> None:
    held = [Cohort(written(tmp_path / str(times), times), settings()) for times in (True, False)]
    columns = ["report_id", "case", "followed", "outcome", "outcome_day", "withdrawn_day", "end", "end_day"]
    first, second = (cohort.reports.select(columns) for cohort in held)
    # Followed from the last day of the quarter on, as the second report was; the first to the day as well.
    assert first.equals(second)
    assert first["followed"].to_list() == [(making.CUT - day.date()).days for day in (FIRST, SECOND)]
    for kind in ("outcome", "specialist_contact", "support_status"):
        one, other = (cohort.events(kind).select("day", "hours") for cohort in held)
        assert one["day"].to_list() == other["day"].to_list()
        if kind == "specialist_contact":
            assert one["hours"].to_list() == other["hours"].to_list()
    assert timing(held[0]).named == timing(held[1]).named


def test_working_days_are_those_that_were_counted(tmp_path: Path) -> None:
    """Thursday 30 May to Thursday 6 June are five working days, on whatever days they are read back."""
    for times in (True, False):
        cohort = Cohort(written(tmp_path / str(times), times), settings())
        advice = cohort.events("specialist_contact")
        for days, met in ((5, True), (4, False)):
            assert advice.select(by_working_day("case_started", days)).to_series().to_list() == [met]


def test_what_came_after_the_follow_up_is_open_at_its_end(tmp_path: Path) -> None:
    bundle = written(tmp_path / "b", times=False)
    events = bundle.table("events").with_columns(
        at=pl.when(pl.col("kind") != "outcome").then("at"),
        late=pl.when(pl.col("kind") == "outcome").then(pl.lit("yes")),
    )
    outcome = events.filter(pl.col("kind") == "outcome")
    frames = {"reports": bundle.table("reports"), "people": bundle.table("people"), "events": outcome}
    cohort = Cohort(making.other_tables(bundle, frames), settings())
    last = cohort.reports.filter(pl.col("report_id") == "R2")
    assert last.select("outcome", "outcome_day", "end_day", "end_late").row(0) == ("16", None, None, True)
    made = timing(cohort)
    assert not [flag for flag in made.flags if "without a day" in flag]
    assert made.curves is not None
    assert made.curves.n == 2
    assert "withdrawal" not in made.named


def test_a_bundle_that_is_written_again_has_no_moments(tmp_path: Path) -> None:
    bundle = written(tmp_path / "b", times=False)
    data_package.write(bundle.metadata, bundle.tables, tmp_path / "again")
    moments = {"at", "recorded_at", "reported_at", "due_at", "ended_at"}
    for file in (tmp_path / "again").glob("*.parquet"):
        assert not moments & set(pl.read_parquet(file).columns)
    study = json.loads((tmp_path / "again" / "datapackage.json").read_text())["study"]
    assert (study["times"], study["personal_data"]) == (HOURS, "It is personal data.")


def test_a_clock_that_cannot_be_read_leaves_its_rows_out_and_says_so(tmp_path: Path) -> None:
    written(tmp_path / "b", times=False)
    reports = pl.read_parquet(tmp_path / "b" / "reports.parquet")
    reports.with_columns(recorded_in=pl.lit("spring")).write_parquet(tmp_path / "b" / "reports.parquet")
    found = checking.check(tmp_path / "b")
    assert found.counts["reports"].rejected == 2
    assert found.rejects.height > 0


@pytest.mark.parametrize(
    ("day", "quarter", "last"),
    [
        (dt.date(2024, 1, 1), "2024-q1", dt.date(2024, 3, 31)),
        (dt.date(2024, 6, 30), "2024-q2", dt.date(2024, 6, 30)),
        (dt.date(2024, 12, 31), "2024-q4", dt.date(2024, 12, 31)),
    ],
)
def test_quarters(day: dt.date, quarter: str, last: dt.date) -> None:
    assert quarter_of(day) == quarter
    assert last_day(quarter) == last
    assert last_day("2024") is None


def test_metadata_without_the_new_fields_are_read_as_before() -> None:
    about: Metadata = making.metadata()
    assert (about.times, about.personal_data) == ("", "")
