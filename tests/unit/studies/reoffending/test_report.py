"""Hold the report to its figures, its sentences, and what may leave to the gate."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.disclosure.attack import attack
from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.folders import read_printed
from lamplighter.reporting.html_page import html_page
from lamplighter.statistics import Combined, MatureRate
from lamplighter.studies.reoffending.definitions import shipped
from lamplighter.studies.reoffending.headline import enter
from lamplighter.studies.reoffending.report.folder import files_of, write_report
from lamplighter.studies.reoffending.report.page import report_of
from lamplighter.studies.reoffending.report.rates import corrected_for
from lamplighter.studies.reoffending.report.release import release_report
from lamplighter.studies.reoffending.report.sentences import may
from lamplighter.studies.reoffending.study import Study, study_of
from tests.unit.studies.reoffending.making import country, event
from tools.verify.reoffending_country import write_country


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_country(folder, 40_000, seed=3)
    return folder


@pytest.fixture(scope="module")
def study(made: Path) -> Study:
    return study_of(made)


def test_the_paragraph_that_may_be_read_out_has_the_figures_of_the_headline(study: Study) -> None:
    page = html_page(report_of(study))
    cell = study.cell(study.headline)
    assert f"({100 * cell.rate:.1f}%) are known to have done it again" in page
    assert "What a minister may not read out" in page
    assert "Nobody was given an order at random" in page
    assert "Every figure here is made up." in page
    assert "<script" not in page


def test_the_table_shows_rates_with_and_without_each_correction(study: Study) -> None:
    (rates,) = [t for t in report_of(study).tables() if t.key == "rates"]
    head = rates.rows[0]
    assert head[0] == "Proven offence related to stalking"
    assert re.fullmatch(r"\d+\.\d% to \d+\.\d%", str(head[4]))
    for each in head[5:]:
        assert re.fullmatch(r"\d+\.\d% \(\d+\.\d% to \d+\.\d%\)", str(each))
    late = corrected_for(study, study.headline)
    assert late is not None
    assert late.rate is not None
    assert late.both is not None
    # As known, late proof, doubtful links, both: each says something else.
    assert head[5] == f"{100 * late.rate.estimate:.1f}% ({_limits(late.rate)})"
    assert head[7] == f"{100 * late.both.estimate:.1f}% ({_limits(late.both)})"
    assert len({str(each).split("(")[-1].rstrip(")") for each in head[4:]}) == 4


def _limits(found: MatureRate | Combined) -> str:
    return f"{100 * found.lower:.1f}% to {100 * found.upper:.1f}%"


def test_the_paragraph_has_late_proof_and_doubtful_links_in_one_interval(study: Study) -> None:
    late = corrected_for(study, study.headline)
    assert late is not None
    assert late.both is not None
    assert late.own is not None
    said = f"we expect {100 * late.own.estimate:.1f}% of these people to have done it again, and it could be "
    said += f"{_limits(late.own)}; of others like them, by chance as well, {_limits(late.both)}."
    assert said in may(study, study.cell(study.headline))


def eleven(folder: Path, *again: str) -> Path:
    """Make a country of eleven convicted people, of whom some were convicted again."""
    names = "abcdefghijk"
    rows = [event("conviction", "2023-06-01", who, proven="2024-03-10") for who in names]
    rows += [event("conviction", "2024-06-01", who, proven="2024-09-01") for who in again]
    return country(folder, rows)


@pytest.mark.parametrize("again", ["", "abcd"])
def test_a_figure_of_too_few_people_gives_no_paragraph_to_read_out(tmp_path: Path, again: str) -> None:
    found = study_of(eleven(tmp_path, *again))
    assert found.cell(found.headline).people == 11
    page = html_page(report_of(found))
    assert "the figure is of too few people to be read out. 11 people can be followed" in page
    assert "are known to have done it again, by this count" not in page


def test_who_is_too_few_is_a_setting(tmp_path: Path) -> None:
    folder, own = eleven(tmp_path / "country"), tmp_path / "own.toml"
    own.write_text(shipped().replace("people = 10\npoints = 20", "people = 11\npoints = 30"), "utf-8")
    found = study_of(folder, definitions_file=own)
    assert "are known to have done it again, by this count" in html_page(report_of(found))
    own.write_text(shipped().replace("people = 10\npoints = 20", "people = 12\npoints = 30"), "utf-8")
    found = study_of(folder, definitions_file=own)
    assert "too few people to be read out" in html_page(report_of(found))


def test_every_cell_of_the_grid_is_in_a_file_with_one_headline(study: Study) -> None:
    rows = list(csv.DictReader(io.StringIO(files_of(study)["tables/grid.csv"].decode())))
    grid = [row for row in rows if row["state"] in ("held", "not_yet")]
    assert len(rows) >= 6 * 4 * 3 * 4
    assert len(grid) == len(rows)
    assert [row["headline"] for row in rows].count("yes") == 1
    (own,) = [row for row in rows if row["headline"] == "yes"]
    assert float(own["linkage_low"]) < float(own["rate"]) < float(own["linkage_high"])


def test_the_definitions_go_with_the_hash_of_the_headline(study: Study) -> None:
    told = json.loads(files_of(study)["definitions.json"])
    assert told["headline_sha256"] == study.defs.headline_hash()
    assert [row["code"] for row in told["outcome"]] == [o.code for o in study.defs.outcomes]


def test_the_same_folder_gives_the_same_bytes(made: Path, study: Study) -> None:
    again = files_of(study_of(made))
    assert {k: v for k, v in files_of(study).items() if v != again[k]} == {}


def test_a_force_is_its_own_people_followed_everywhere(made: Path, study: Study) -> None:
    names = study.held.country.names
    largest = max(range(len(names)), key=lambda n: int((study.held.rows.force == n).sum()))
    own = study_of(made, force=names[largest])
    assert 0 < own.cell(own.headline).people < study.cell(study.headline).people
    assert names[largest] in report_of(own).subtitle
    with pytest.raises(DisclosureError, match="whole country"):
        release_report(own, "police-victim", made / "never")


def test_what_is_not_held_is_never_shown_as_nought(tmp_path: Path) -> None:
    rows = [event("report", "2023-12-05"), event("report", "2024-03-01")]
    folder = country(
        tmp_path, rows, extra='not_held = ["conviction", "order_made"]', without=["course", "victim"]
    )
    found = study_of(folder)
    report = report_of(found)
    (rates,) = [t for t in report.tables() if t.key == "rates"]
    assert {str(row[1]) for row in rates.rows} == {"[x]"}
    page = html_page(report)
    assert "Nothing: the headline has no figure." in page
    assert "Orders are not held." in page
    assert "course, custodial" in page or "Not held, and therefore not shown as nought" in page


def test_a_changed_headline_is_told_on_the_page(tmp_path: Path) -> None:
    folder = country(tmp_path, [event("report", "2023-12-05")])
    run = ["reoffending", "report", str(folder), "--on", "2026-12-01", "-o", str(tmp_path / "one")]
    assert CliRunner().invoke(app, run).exit_code == 0
    own = tmp_path / "own.toml"
    assert CliRunner().invoke(app, ["reoffending", "definitions", str(own)]).exit_code == 0
    text = own.read_text("utf-8")
    own.write_text(
        text.replace("horizon = 12\nwait = 12\nnamed_on", "horizon = 24\nwait = 12\nnamed_on"), "utf-8"
    )
    run = ["reoffending", "report", str(folder), "--on", "2026-12-09", "--definitions", str(own)]
    assert CliRunner().invoke(app, [*run, "-o", str(tmp_path / "two")]).exit_code == 0
    first, second = ((tmp_path / n / "report.html").read_text("utf-8") for n in ("one", "two"))
    assert "The headline was changed after the data were opened on" not in first
    assert "The headline was changed after the data were opened on" in second
    assert "within 12 months" in second


def test_a_headline_named_after_the_data_were_opened_is_told(tmp_path: Path, study: Study) -> None:
    import datetime as dt
    from dataclasses import replace

    entries = enter(tmp_path, study.defs, dt.date(2026, 11, 1))
    page = html_page(report_of(replace(study, headlines=entries)))
    assert "The headline was named on 1" in page
    assert "This was not the definition chosen before the data were opened." in page


def test_what_may_leave_withstands_the_attack_and_is_the_gates_form(study: Study, tmp_path: Path) -> None:
    outcome = release_report(study, "police-victim", tmp_path / "out", tmp_path / "ledger", "first")
    assert outcome.passed, outcome.words
    printed = read_printed(tmp_path / "out")
    counts = {t.name: t.counts for t in printed.tables}
    whole = counts["people-by-outcome"]
    cell = study.cell(study.headline)
    (people,) = [v for codes, v in whole.items() if codes[1] == "all"]
    assert abs(float(people or 0) - cell.people) < 5
    assert any(v is None for v in counts["people-by-force"].values())
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Protected for release" in page
    assert "What may not be read out" in page
    # Whoever attacks the folder again finds what the gate found.
    assert attack(tmp_path / "out").passed


def test_no_small_true_count_is_in_anything_that_leaves(study: Study, tmp_path: Path) -> None:
    assert release_report(study, "police-victim", tmp_path / "out").passed
    for table in read_printed(tmp_path / "out").tables:
        shown = [v for v in table.counts.values() if v is not None]
        assert all(v == 0 or v >= 10 for v in shown)
        assert all(v % 5 == 0 for v in shown)


def test_people_of_an_overlapping_period_are_not_released_again(
    made: Path, study: Study, tmp_path: Path
) -> None:
    import datetime as dt

    from lamplighter.studies.reoffending.cohort import Window

    ledger = tmp_path / "ledger"
    assert release_report(study, "police-victim", tmp_path / "one", ledger, "first").passed
    shifted = study_of(made, window=Window(dt.date(2023, 6, 1), dt.date(2024, 6, 1)))
    with pytest.raises(DisclosureError, match="overlaps"):
        release_report(shifted, "police-victim", tmp_path / "two", ledger, "second")


def test_the_commands_check_and_refuse(tmp_path: Path) -> None:
    folder = country(tmp_path, [event("report", "2023-12-05", force="Nowhere")])
    found = CliRunner().invoke(app, ["reoffending", "check", str(folder)])
    assert found.exit_code == 1
    assert "row 2" in found.output
    assert CliRunner().invoke(app, ["reoffending", "check", str(country(tmp_path / "g", []))]).exit_code == 0
    broken = tmp_path / "broken.toml"
    broken.write_text("[[index]]\n", "utf-8")
    run = ["reoffending", "report", str(folder), "-o", str(tmp_path / "out"), "--definitions", str(broken)]
    found = CliRunner().invoke(app, run)
    assert found.exit_code == 2
    assert "broken.toml" in found.output


def test_a_report_is_not_written_over_something_else(study: Study, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        write_report(study, tmp_path)
