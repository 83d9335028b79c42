"""The register and a plan from the command line, as somebody would run them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from tests.unit.studies.registers import claim, evidence, folder


def run(*args: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["register", *map(str, args)])
    return done.exit_code, done.output


def test_the_shipped_register_is_checked_and_its_statuses_are_told() -> None:
    assert run("check", "shipped") == (0, "35 recommendations of 3 publications: no faults.\n")
    code, told = run("status", "shipped", "--as-at", "2026-11-30")
    assert code == 0
    assert "super-complaint-2024-07  due 2025-03-27  No public evidence held 40; Accepted 2;" in told
    assert "Up to 613 days after the first due date." in told
    assert "Of 23 nothing is held but their number." in told
    code, told = run("status", "shipped", "--as-at", "2026-11-29")
    assert (code, told) == (0, "As known on 2026-11-29: 0 recommendations.\n")


def test_the_rows_of_a_day_are_printed_as_csv() -> None:
    code, told = run("status", "shipped", "--as-at", "2026-11-30", "--csv")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert code == 0
    assert sum(row["body"] == "kent" for row in rows) == 15
    (kent,) = (r for r in rows if r["id"] == "super-complaint-2024-07--kent")
    assert (kent["status"], kent["days_slipped"]) == ("claimed_done", "0")


def test_a_fault_ends_with_its_name_its_line_and_status_1(tmp_path: Path) -> None:
    code, told = run("check", folder(tmp_path, evidence(published="2024-02-01")))
    assert code == 1
    assert "[rule_after_evidence] report-1.toml, [[evidence]] 1 (line " in told
    assert "1 fault." in told


def test_an_edition_that_writes_over_an_earlier_one_is_refused(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "old", claim()), folder(tmp_path / "new", claim("accepted"))
    code, told = run("check", new, "--since", old)
    assert code == 1
    assert "[entry_written_over] report-1.toml, [[claim]] 1" in told
    more = folder(tmp_path / "more", claim(), evidence())
    code, told = run("check", more, "--since", old)
    assert code == 0
    assert "2024-09-01 verdict: “Search records”, Kent: Shown to be done" in told


def test_a_plan_is_written_to_fill_in_and_refused_until_it_is(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    assert run("plan", "shipped", plan, "--template")[0] == 0
    code, told = run("plan", "shipped", plan)
    assert code == 1
    assert "[no_owner] plan.toml, [[target]] 1 “super-complaint-2024-07” (line " in told
    assert "12 of 12 targets cannot be held to account." in told
    assert run("plan", "shipped", plan, "--template")[0] == 2  # what somebody filled in is not written over


def test_the_pages_and_their_tables_are_written_and_alike_again(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for out in (one, two, two):
        code, told = run("pages", "shipped", out, "--as-at", "2026-11-30")
        assert (code, told.startswith("79 pages.")) == (0, True)
    assert (one / "manifest.json").read_bytes() == (two / "manifest.json").read_bytes()
    rows = list(csv.DictReader((one / "data/register-country.csv").open(encoding="utf-8", newline="")))
    assert {r["id"]: r["count"] for r in rows}["no_response"] == "634"
    page = (one / "register/forces/kent.html").read_text("utf-8")
    assert (one / "register/forces" / "../../style.css").exists()
    assert '<link rel="stylesheet" href="../../style.css">' in page
    (one / "notes.txt").write_text("mine", "utf-8")
    assert run("pages", "shipped", one)[0] == 2


@pytest.mark.parametrize("what", ["check", "status"])
def test_a_folder_that_is_not_there_is_named(what: str, tmp_path: Path) -> None:
    code, told = run(what, tmp_path / "gone")
    assert code == 2
    assert "There is no folder" in told
    assert run("plan", "shipped", tmp_path / "gone.toml")[0] == 2
