"""A spreadsheet through its mapping gives what the package of the same reports gives."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.records.errors import HeaderNotFound
from lamplighter.study_bundle.checking import read
from lamplighter.study_bundle.dictionary import study_dictionary
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.schema import kinds, tables
from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped
from lamplighter.study_bundle.spreadsheets.mapping import built_in, find_mapping, load, parse
from lamplighter.synthetic.study_bundles.bundle import make


@pytest.fixture
def sheet(tmp_path: Path) -> tuple[Path, Path]:
    make("spreadsheet", tmp_path, reports=80, seed=5)
    return tmp_path / "stalking.csv", tmp_path / "mapping.toml"


def test_every_line_becomes_a_report_and_no_reference_is_left(sheet: tuple[Path, Path]) -> None:
    found = check_mapped(sheet[0], load(sheet[1]))
    bundle = found.required()
    lines = pl.read_csv(sheet[0], infer_schema=False)
    assert found.counts["reports"].accepted == lines.height == 80
    assert bundle.events("support_status").height == lines["Date victim withdrew"].drop_nulls().len()
    assert bundle.events("outcome").height == lines["Outcome"].drop_nulls().len()
    assert not bundle.table("reports")["report_id"].str.contains("MU").any()
    # Pseudonyms keep people together: as many as there are references.
    assert (
        bundle.table("reports")["suspect_id"].drop_nulls().n_unique()
        == lines["Suspect ref"].drop_nulls().n_unique()
    )
    assert found.rejects.height == 0


def test_days_are_known_to_the_day_and_times_to_the_minute(sheet: tuple[Path, Path]) -> None:
    bundle = check_mapped(sheet[0], load(sheet[1])).required()
    assert "minute" in set(bundle.table("reports")["reported_precision"])
    assert set(bundle.events("outcome")["at_precision"]) == {"day"}


def test_findings_name_the_line_and_the_heading_and_never_the_value(sheet: tuple[Path, Path]) -> None:
    lines = [line.split(",") for line in sheet[0].read_text("utf-8").splitlines()]
    lines[3][lines[0].index("Relationship")] = "Loverboy"
    lines[5][lines[0].index("Date recorded")] = "31/02/2024"
    sheet[0].write_text("\n".join(",".join(line) for line in lines) + "\n", "utf-8")
    rejects = check_mapped(sheet[0], load(sheet[1])).rejects
    said = set(rejects.select("row", "column", "reason_code").iter_rows())
    assert (4, "Relationship", "code_unknown") in said
    assert (6, "Date recorded", "date_unreadable_required") in said
    assert "Loverboy" not in rejects.write_csv()


def test_a_second_line_of_one_reference_lends_the_first_none_of_its_events(sheet: tuple[Path, Path]) -> None:
    lines = sheet[0].read_text("utf-8").splitlines()
    before = check_mapped(sheet[0], load(sheet[1])).required()
    other = lines[2].split(",")
    other[0] = lines[1].split(",")[0]
    sheet[0].write_text("\n".join([*lines, ",".join(other)]) + "\n", "utf-8")
    found = check_mapped(sheet[0], load(sheet[1]))
    assert found.counts["reports"].rejected == 1
    of_the_end = pl.col("kind").is_in(["outcome", "support_status"])
    own, had = (made.table("events").filter(~of_the_end) for made in (found.required(), before))
    assert own["kind"].to_list() == had["kind"].to_list()
    # What it says of the end and the first line does not is kept, and said.
    more = found.required().table("events").height - before.table("events").height
    said = found.rejects["reason_code"].to_list()
    assert said.count("outcome_conflict") + said.count("second_line_says_more") == more
    assert "line_left_out" in found.rejects["reason_code"].to_list()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Date recorded"', '"Day recorded"', "no column headed Day recorded"),
        ('shape = "reports"', 'shape = "rows"', "shape"),
        ('kind = "arrest"', 'kind = "arrested"', "kind"),
        ('map = "sex"', 'map = "sexes"', "no table of values sexes"),
        ("relationship = {", "relation = {", "no column relation"),
        ("[source]", "[source", "Not valid TOML"),
        ("[reports]", "[rapports]", "missing or misshapen"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(sheet: tuple[Path, Path], old: str, new: str, said: str) -> None:
    text = sheet[1].read_text("utf-8")
    assert old in text
    with pytest.raises(BundleMappingError, match=said):
        check_mapped(sheet[0], parse(text.replace(old, new), "mapping.toml"))


@pytest.mark.parametrize("name", built_in())
def test_the_mappings_that_come_with_it_are_right(name: str) -> None:
    assert find_mapping(name).metadata["basis"] == "recorded"


def test_the_dictionary_names_every_table_column_and_kind() -> None:
    page = study_dictionary()
    assert [c for t in tables().values() for c in t.columns if f"`{c}`" not in page] == []
    assert [k for k in kinds() if f"### {k}\n" not in page] == []


def test_the_command_checks_writes_and_begins(sheet: tuple[Path, Path], tmp_path: Path) -> None:
    run = CliRunner()
    out, rejects = tmp_path / "made", tmp_path / "rejects.csv"
    args = ["bundle", "check", str(sheet[0]), "--mapping", str(sheet[1])]
    done = run.invoke(app, [*args, "--rejects", str(rejects), "--write", str(out)])
    assert done.exit_code == 0, done.output
    assert rejects.is_file()
    assert read(out).table("reports").height == 80
    begun = run.invoke(app, ["bundle", "template", "--out", str(tmp_path / "t")])
    assert begun.exit_code == 0
    assert (tmp_path / "t" / "example-mapping.toml").is_file()
    # A template that is not filled in is refused, and says what to fill in.
    refused = run.invoke(app, ["bundle", "check", str(tmp_path / "t")])
    assert refused.exit_code == 1
    assert "extracted_on" in refused.output


def test_a_heading_that_is_there_twice_and_columns_of_names_are_said(sheet: tuple[Path, Path]) -> None:
    lines = sheet[0].read_text("utf-8").splitlines()
    more = [f"{lines[0]},Outcome,Victim name,DOB", *(f"{line},16,Jane Roe,01/01/1980" for line in lines[1:])]
    sheet[0].write_text("\n".join(more) + "\n", "utf-8")
    found = check_mapped(sheet[0], load(sheet[1]))
    said = sorted(found.rejects.select("column", "reason_code").iter_rows())
    assert said == [
        ("Outcome", "heading_twice"),
        ("unknown column", "column_identifies"),
        ("unknown column", "column_identifies"),
    ]
    assert "Jane" not in found.rejects.write_csv()
    assert found.counts["reports"].accepted == 80


def test_a_title_above_the_headings_is_said_in_plain_words(sheet: tuple[Path, Path]) -> None:
    sheet[0].write_text("Stalking export\n\n" + sheet[0].read_text("utf-8"), "utf-8")
    with pytest.raises(HeaderNotFound, match="not a line of headings") as told:
        check_mapped(sheet[0], load(sheet[1]))
    assert "nothing above" in str(told.value)
