"""A spreadsheet through its mapping gives what the package of the same reports gives."""

import csv
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner
from xlsxwriter import Workbook

from lamplighter.cli.main import app
from lamplighter.records.errors import HeaderNotFound
from lamplighter.study_bundle.checking import read
from lamplighter.study_bundle.dictionary import study_dictionary
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.schema import kinds, tables
from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped, unknown_words
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


def banded(sheet: tuple[Path, Path]) -> Path:
    """Write the same lines as a workbook, on its second sheet, below a title and a band over the headings."""
    lines = list(csv.reader(sheet[0].read_text("utf-8").splitlines()))
    file = sheet[0].with_suffix(".xlsx")
    book = Workbook(file)
    book.add_worksheet("Notes").write(0, 0, "Made up")
    own = book.add_worksheet("Data")
    own.write(0, 0, "Stalking export, April 2026")
    own.write_row(2, 0, ["The report", "", "", "", "The people"])
    for place, row in enumerate(lines, start=3):
        own.write_row(place, 0, row)
    book.close()
    return file


def test_headings_are_found_below_a_title_and_a_band_in_csv_and_in_a_workbook(
    sheet: tuple[Path, Path],
) -> None:
    plain = check_mapped(sheet[0], load(sheet[1])).required()
    workbook = banded(sheet)
    sheet[0].write_text(
        "Stalking export\n\nThe report,,,,The people\n" + sheet[0].read_text("utf-8"), "utf-8"
    )
    for file, line in ((sheet[0], 4), (workbook, 4)):
        found = check_mapped(file, load(sheet[1]))
        below = found.rejects.filter(pl.col("reason_code") == "headings_below")
        assert below["row"].to_list() == [line]
        made = found.required()
        assert made.height("reports") == 80
        assert made.table("events").height == plain.table("events").height
        assert (
            made.table("reports")["recorded_at"].to_list() == plain.table("reports")["recorded_at"].to_list()
        )


def test_the_line_of_headings_is_set_or_refused_with_its_place(sheet: tuple[Path, Path]) -> None:
    text = sheet[1].read_text("utf-8").replace("[source]", "[source]\nline = 3", 1)
    sheet[0].write_text("a\nb,c\n" + sheet[0].read_text("utf-8"), "utf-8")
    assert check_mapped(sheet[0], parse(text, "m.toml")).counts["reports"].accepted == 80
    with pytest.raises(BundleMappingError, match="line 2: The file has no column headed") as told:
        check_mapped(sheet[0], parse(text.replace("line = 3", "line = 2"), "m.toml"))
    assert "line = 4" in told.value.remedy
    for number in ("999", "1"):
        with pytest.raises(HeaderNotFound, match=f"no line {number}"):
            check_mapped(sheet[0], parse(text.replace("line = 3", f"line = {number}"), "m.toml"))
    with pytest.raises(BundleMappingError, match="counted from 1"):
        parse(text.replace("line = 3", "line = 0"), "m.toml")


def test_two_sheets_with_the_same_headings_are_not_chosen_between(sheet: tuple[Path, Path]) -> None:
    lines = list(csv.reader(sheet[0].read_text("utf-8").splitlines()))
    file = sheet[0].with_suffix(".xlsx")
    book = Workbook(file)
    for name in ("2024", "2025"):
        own = book.add_worksheet(name)
        for place, row in enumerate(lines):
            own.write_row(place, 0, row)
    book.close()
    with pytest.raises(HeaderNotFound, match="2024, 2025"):
        check_mapped(file, load(sheet[1]))
    named = parse(sheet[1].read_text("utf-8").replace("[source]", '[source]\nsheet = "2025"', 1), "m.toml")
    assert check_mapped(file, named).counts["reports"].accepted == 80


def test_unknown_words_are_named_with_counts_asked_about_and_asked_once(
    sheet: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list(csv.DictReader(sheet[0].read_text("utf-8").splitlines()))
    strangers = [line for line in lines if line["Relationship"] == "Stranger"]
    assert strangers
    for line in strangers:
        line["Relationship"] = "Not known to her"
    lines[0]["Relationship"] = "07700 900123"
    with sheet[0].open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(lines[0]))
        out.write("Export of April\n")
        writer.writeheader()
        writer.writerows(lines)
    left = sum(line["Relationship"] == "Not known to her" for line in lines)
    assert unknown_words(sheet[0], load(sheet[1])) == {"relationships": {"Not known to her": left}}
    quiet = CliRunner().invoke(app, ["bundle", "check", str(sheet[0]), "--mapping", str(sheet[1])])
    assert f"“Not known to her”, in {left} lines" in quiet.output
    assert "07700" not in quiet.output
    monkeypatch.setattr("lamplighter.cli.studies.comparing.can_ask", lambda: True)
    args = ["bundle", "check", str(sheet[0]), "--mapping", str(sheet[1])]
    done = CliRunner().invoke(app, args, input="y\nstranger\n")
    assert done.exit_code == 0, done.output
    assert "headings in line 2: Crime ref" in done.output
    mapping = load(sheet[1])
    assert mapping.line == 2
    found = check_mapped(sheet[0], mapping).required().table("reports")["relationship"]
    assert found.to_list().count("stranger") == left
    again = CliRunner().invoke(app, args, input="")
    assert again.exit_code == 0, again.output
    assert "Unknown word" not in again.output
