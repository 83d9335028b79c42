"""Hold the reading of a country to named faults, and to nothing that is not held being nought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lamplighter.studies.reoffending.content.shapes import Fault
from lamplighter.studies.reoffending.country import CountryError
from tests.unit.studies.reoffending.making import cell, country, event, held

GOOD = event("report", "2020-05-01", victim="v")


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("not_a_day_occurred", {"occurred": "01/05/2020"}),
        ("not_yes_or_no", {"custodial": "perhaps"}),
        ("unknown_force", {"force": "Nowhere"}),
        ("unknown_kind", {"kind": "rumour"}),
        ("unknown_offence", {"offence": "stalking"}),
        ("unknown_offence", {"offence": ""}),
        ("no_day", {"recorded": ""}),
        ("no_day", {"kind": "conviction", "proven": ""}),
        ("ends_before_it_begins", {"ended": "2020-04-30"}),
        ("known_before_it_was_done", {"recorded": "2020-04-30"}),
        ("after_the_extract", {"recorded": "2026-12-01"}),
        ("its_own_double", {"same_occasion_as": "e2"}),
        ("unknown_double", {"same_occasion_as": "e9"}),
        ("no_event", {"event": ""}),
    ],
)
def test_a_row_with_a_fault_is_left_out_and_named(tmp_path: Path, name: str, row: dict[str, Any]) -> None:
    found = held(country(tmp_path, [GOOD, {**GOOD, **row}, {**GOOD, "suspect": "b"}]))
    assert [(f.name, f.count, f.rows) for f in found.faults] == [(name, 1, (3,))]
    assert "events.csv, row 3:" in str(found.faults[0])
    assert (found.read, len(found.rows)) == (3, 2)


def test_an_event_that_is_there_twice_is_left_out_twice(tmp_path: Path) -> None:
    found = held(country(tmp_path, [GOOD, {**GOOD, "event": "e1"}]))
    assert [(f.name, f.rows) for f in found.faults] == [("repeated_event", (2, 3))]


def test_a_record_that_the_linker_does_not_know_is_named(tmp_path: Path) -> None:
    folder = country(tmp_path, [GOOD, event("report", "2020-06-01", "b", victim="w")])
    links = folder / "links" / "persons.parquet"
    pl.read_parquet(links).filter(~pl.col("record").is_in(["b", "v"])).write_parquet(links)
    assert {f.name: f.rows for f in held(folder).faults} == {"not_linked": (3,), "victim_not_linked": (2,)}


def test_a_country_says_what_it_does_not_hold_and_a_row_may_not_contradict_it(tmp_path: Path) -> None:
    folder = country(tmp_path, [GOOD, event("death", "2021-01-01")], extra='not_held = ["death"]')
    assert [f.name for f in held(folder).faults] == ["not_held_but_there"]


def test_faults_of_one_kind_are_added_up(tmp_path: Path) -> None:
    bad = {**GOOD, "force": "Nowhere"}
    found = held(country(tmp_path, [bad] * 30))
    assert found.faults[0].count == 30
    assert len(found.faults[0].rows) == 20
    assert "and 10 more" in str(found.faults[0])
    assert isinstance(found.faults[0], Fault)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: (f / "country.toml").unlink(), "country.toml: is not there"),
        (lambda f: (f / "country.toml").write_text("title ="), "not valid TOML"),
        (lambda f: (f / "events.csv").unlink(), "there are no events"),
        (lambda f: (f / "events.csv").write_text("event,force\n1,North\n"), "lacks kind"),
        (
            lambda f: (f / "events.csv").write_text(_with_a_name(f)),
            "holds name, which the study does not read",
        ),
        (lambda f: (f / "links" / "persons.parquet").unlink(), "links/persons.parquet: is not there"),
        (
            lambda f: (f / "links" / "persons.parquet").write_text("no"),
            "links/persons.parquet: cannot be read",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_with_its_file(
    tmp_path: Path, break_it: Any, said: str
) -> None:
    folder = country(tmp_path, [GOOD])
    break_it(folder)
    with pytest.raises(CountryError, match=said):
        held(folder)


def _with_a_name(folder: Path) -> str:
    head, *rows = (folder / "events.csv").read_text("utf-8").splitlines()
    return "\n".join([f"{head},name", *(f"{row},Marker Person" for row in rows)])


def test_a_draw_of_a_record_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = country(tmp_path, [GOOD], draws=[{"nobody": "x"}])
    with pytest.raises(CountryError, match="draws a record"):
        held(folder)


def test_a_file_a_force_and_parquet_give_the_same_as_one_csv(tmp_path: Path) -> None:
    rows = [
        GOOD,
        event("report", "2020-08-01", victim="v"),
        event("report", "2020-09-01", "b", force="South"),
    ]
    one = country(tmp_path / "one", rows)
    many = country(tmp_path / "many", rows)
    text = pl.read_csv(many / "events.csv", infer_schema=False)
    days = [pl.col(c).replace("", None).str.to_date() for c in ("occurred", "ended", "recorded", "proven")]
    (many / "events").mkdir()
    for name in ("North", "South"):
        mine = text.filter(pl.col("force") == name).with_columns(days)
        mine.write_parquet(many / "events" / f"{name}.parquet")
    (many / "events.csv").unlink()
    ask = {"index": "allegation", "outcome": "stalking_recorded", "wait": 0}
    assert cell(one, **ask) == cell(many, **ask)
    assert cell(one, **ask).reoffenders == 1


def test_a_column_that_one_force_lacks_is_not_held_there_and_held_elsewhere(tmp_path: Path) -> None:
    rows = [GOOD, event("report", "2020-09-01", "b", force="South")]
    folder = country(tmp_path, rows)
    text = pl.read_csv(folder / "events.csv", infer_schema=False)
    (folder / "events").mkdir()
    text.filter(pl.col("force") == "North").write_csv(folder / "events" / "n.csv")
    text.filter(pl.col("force") == "South").drop("course").write_csv(folder / "events" / "s.csv")
    (folder / "events.csv").unlink()
    found = cell(folder, "allegation", "course", wait=0)
    assert (found.state, found.people, found.left_out) == ("held", 1, 1)
