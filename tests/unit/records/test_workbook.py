"""Workbooks: cells as a person sees them, rows as the spreadsheet numbers them, and what a sheet hides."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.records import errors, ingest
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.records.reading.recognise import sort_out
from lamplighter.records.workbook import reading
from lamplighter.records.workbook.formats import format_of
from lamplighter.records.workbook.package import open_package
from lamplighter.records.workbook.sheet import Seen, read_rows
from lamplighter.records.workbook.strings import SharedStrings
from tests.unit.records.extracts import force_a, force_b
from tests.unit.records.making_workbooks import from_csv, package, row_xml, sheet_xml, write_table
from tests.unit.records.test_damage import COLUMNS, a_row

KEY = b"key"


def texts(path: Path, sheet: str = "Extract") -> list[dict[int, str]]:
    """The cells of a sheet, row by row."""
    book = open_package(InputFile(path, path.name))
    one = next(s for s in book.sheets if s.name == sheet)
    return [r.cells for r in read_rows(book, one, SharedStrings(book), Seen())]


def read_a(path: Path) -> ingest.Batch:
    bundle, rejects, counts = ingest.read_all(path, "force_a_rms", KEY)
    assert counts.balanced()
    return ingest.Batch(bundle, rejects, counts)


def said(batch: ingest.Batch) -> list[tuple[int, str | None, str]]:
    """Row, column and kind of everything that was wrong."""
    return batch.rejects.select("row", "column", "value_class").rows()


def a_table(*rows: dict[str, Any]) -> list[list[Any]]:
    """Force A's headings, and good rows with some cells changed."""
    made = []
    for number, changed in enumerate(rows):
        cells = dict(zip(COLUMNS, a_row(ROW_REF=f"R{number:07d}").split(","), strict=True)) | changed
        made.append([cells[c] for c in COLUMNS])
    return [COLUMNS, *made]


def test_cells_are_read_as_a_person_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "kinds.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Extract")
        day, moment, padded = (
            book.add_format({"num_format": f}) for f in ("dd/mm/yyyy", "d mmm yy h:mm AM/PM", "0000000")
        )
        clock, length = (book.add_format({"num_format": f}) for f in ("hh:mm", "[h]:mm"))
        sheet.write_datetime(0, 0, dt.datetime(2026, 5, 3), day)
        sheet.write_datetime(0, 1, dt.datetime(2026, 5, 3, 17, 40), moment)
        sheet.write_datetime(0, 2, dt.datetime(2026, 5, 3), moment)
        sheet.write_number(0, 3, 12.0)
        sheet.write_number(0, 4, 0.1)
        sheet.write_number(0, 5, 7_131_140_022)
        sheet.write_number(0, 6, 12_345, padded)
        sheet.write_boolean(0, 7, True)
        sheet.write_formula(0, 8, "=A1&B1", None, "worked out")
        sheet.write_formula(0, 9, "=1/0", None, "#DIV/0!")
        sheet.write_string(0, 10, "two\nlines")
        sheet.write_rich_string(0, 11, "plain ", book.add_format({"bold": True}), "and bold")
        sheet.write_number(0, 12, 0.75, clock)
        sheet.write_number(0, 13, 1.5, length)
        sheet.write_string(0, 14, "=not(a formula)")
        sheet.write_number(0, 15, 0, day)
    [row] = texts(path)
    assert row == {
        0: "2026-05-03",
        1: "2026-05-03T17:40:00",
        2: "2026-05-03T00:00:00",
        3: "12",
        4: "0.1",
        5: "7131140022",
        6: "0012345",
        7: "TRUE",
        8: "worked out",
        10: "two\nlines",
        11: "plain and bold",
        12: "18:00",
        13: "36:00",
        14: "=not(a formula)",
        15: "0000-00-00",
    }


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize("day", [dt.date(1905, 2, 28), dt.date(1968, 3, 1), dt.date(2026, 12, 31)])
def test_days_are_counted_from_either_first_day(tmp_path: Path, since_1904: bool, day: dt.date) -> None:
    path = tmp_path / "since.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": since_1904}) as book:
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet("Extract").write_datetime(0, 0, dt.datetime.combine(day, dt.time()), form)
    assert texts(path) == [{0: day.isoformat()}]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("dd/mm/yyyy", "date"),
        ("mmm-yy", "date"),
        ("[$-809]dd mmmm yyyy;@", "date"),
        ("dd/mm/yyyy hh:mm:ss", "datetime"),
        ("h:mm AM/PM", "time"),
        ("mm:ss.0", "time"),
        ("[h]:mm:ss", "duration"),
        ('0.00" days"', None),
        ("[Red]0.00", None),
        ("General", None),
        ("#,##0.00;[Red]-#,##0.00", None),
        ('"day"0', None),
        ("0.00E+00", None),
        ("@", None),
    ],
)
def test_only_a_format_of_dates_makes_a_date(code: str, kind: str | None) -> None:
    assert format_of(code).kind == kind


_CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(
        st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=("Cs", "Cc", "Co", "Cn")),
        max_size=30,
    ),
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2999, 12, 31)).map(lambda t: t.replace(microsecond=0)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(_CELLS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_another_reader_finds_the_same_in_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[Any]]
) -> None:
    path = write_table(tmp_path_factory.mktemp("same") / "any.xlsx", table)
    book = openpyxl.load_workbook(path, data_only=True)
    theirs = [[_plain(c) for c in row] for row in book["Extract"].iter_rows(values_only=True)]
    ours = texts(path)
    assert ours == [dict(filled) for row in theirs if (filled := [(i, t) for i, t in enumerate(row) if t])]


def _plain(value: Any) -> str:
    """What the other reader gives, as we write it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "" if value is None else str(value)


def test_a_workbook_gives_what_the_same_table_as_csv_gives(tmp_path: Path) -> None:
    path = force_a(tmp_path / "a.csv", 40)
    book = from_csv(path, tmp_path / "a.xlsx")
    as_csv, rejects, counts = ingest.read_all(path, "force_a_rms", KEY)
    as_book, others, same = ingest.read_all(book, "force_a_rms", KEY)
    assert ingest.digest(as_book) == ingest.digest(as_csv)
    assert others.drop("file").equals(rejects.drop("file"))
    assert same.totals() == counts.totals()


def test_dates_and_numbers_of_a_spreadsheet_mean_what_their_text_means(tmp_path: Path) -> None:
    typed = {
        "DATE_REPORTED": dt.datetime(2024, 7, 2, 2, 50),
        "OCC_FROM": dt.datetime(2024, 7, 1, 10, 15),
        "OCC_TO": dt.datetime(2024, 7, 1, 10, 15),
        "DOB": dt.date(2001, 8, 28),
        "OUTCOME": 16,
        "TEL_1": 7131140022,
        "TEL_2": 1632672983,
    }
    as_text = {"TEL_2": "01632 672983"}
    one = read_a(write_table(tmp_path / "typed.xlsx", a_table(typed)))
    two = read_a(write_table(tmp_path / "text.xlsx", a_table(as_text)))
    assert one.rejects.is_empty()
    for table in ("reports", "people", "offences", "occasions"):
        apart = ["raw", "source_file"]
        left, right = (b.bundle[table].drop(apart, strict=False) for b in (one, two))
        assert left.equals(right), table


def test_three_files_of_one_system_may_be_three_sheets(tmp_path: Path) -> None:
    paths = force_b(tmp_path, 10)
    tables = [[line.split("|") for line in p.read_text("cp1252").splitlines()] for p in paths]
    book = write_table(tmp_path / "b.xlsx", tables[0], Nominals=tables[1], Links=tables[2])
    bundle, rejects, counts = ingest.read_all(book, "force_b", KEY)
    expected, _, _ = ingest.read_all(paths, "force_b", KEY)
    assert rejects.is_empty()
    assert counts.balanced()
    assert ingest.digest(bundle) == ingest.digest(expected)
    assert set(counts.rows_in) == {"b.xlsx, sheet Extract", "b.xlsx, sheet Nominals", "b.xlsx, sheet Links"}


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    good, bad = a_table({}, {"OCC_NO": "", "MO_TEXT": "Another matter."})[1:]
    table = [["RMS extract"], [], ["Run on 3 July 2026"], [], COLUMNS, good, [], [], bad]
    batch = read_a(write_table(tmp_path / "titled.xlsx", table))
    assert said(batch) == [
        (1, None, "rows above the headings"),
        (3, None, "rows above the headings"),
        (9, "OCC_NO", "empty reference"),
    ]
    assert batch.bundle["reports"]["source_rows"].to_list() == [[6]]
    assert batch.counts.totals()["rejected"] == 1


def test_every_sheet_that_fits_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    first = a_table({"OCC_NO": "4A/000001/24"})
    second = a_table({"OCC_NO": "4A/000002/24", "ROW_REF": "R9"})
    notes = [["Exported by the records team"], ["on request"]]
    path = write_table(tmp_path / "years.xlsx", first, Later=second, Notes=notes)
    batch = read_a(path)
    assert batch.counts.reports == 2
    assert dict(batch.counts.accepted) == {"years.xlsx, sheet Extract": 1, "years.xlsx, sheet Later": 1}
    assert batch.rejects.select("file", "value_class").rows() == [
        ("years.xlsx, sheet Notes", "sheet that the mapping does not know")
    ]


def test_what_is_hidden_is_said(tmp_path: Path) -> None:
    table = a_table({}, {"ROLE": "SUSPECT"})
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Extract", "Old", "Lists"):
            sheet = book.add_worksheet(name)
            for i, row in enumerate(table):
                sheet.write_row(i, 0, row)
            if name == "Extract":
                sheet.set_row(2, None, None, {"hidden": True})
                sheet.set_column(COLUMNS.index("SDE"), COLUMNS.index("SDE"), None, None, {"hidden": True})
            elif name == "Old":
                sheet.hide()
            else:
                sheet.very_hidden()
    batch = read_a(path)
    assert batch.counts.people == 2
    assert batch.bundle["people"]["ethnicity"].to_list() == ["W1", "W1"]
    assert batch.rejects.select("file", "row", "column", "value_class").rows() == [
        ("hidden.xlsx, sheet Extract", 1, "SDE", "hidden column"),
        ("hidden.xlsx, sheet Extract", 3, None, "hidden rows"),
        ("hidden.xlsx, sheet Lists", 1, None, "hidden sheet"),
        ("hidden.xlsx, sheet Old", 1, None, "hidden sheet"),
    ]
    found = sort_out([path])
    assert [a.label for a in found.left_aside] == ["hidden.xlsx, sheet Old", "hidden.xlsx, sheet Lists"]
    assert all("hidden" in a.why for a in found.left_aside)


def test_a_merged_cell_gives_its_value_to_every_row_that_it_spans(tmp_path: Path) -> None:
    unnamed = {"ROLE": "SUSPECT", "OCC_NO": "", "SURNAME": "", "FORENAMES": ""}
    table = a_table({}, unnamed, {"ROLE": "WITNESS", "OCC_NO": ""})
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Extract")
        for i, row in enumerate(table):
            sheet.write_row(i, 0, row)
        sheet.merge_range(1, 0, 3, 0, "4A/000001/24")
        # Across columns, a merged cell is the first column's and no other's.
        surname = COLUMNS.index("SURNAME")
        sheet.merge_range(2, surname, 2, surname + 1, "unknown male")
    batch = read_a(path)
    assert batch.counts.reports == 1
    assert batch.counts.people == 3
    assert said(batch) == [(n, "OCC_NO", "cell merged with one above") for n in (3, 4)]
    assert batch.bundle["people"]["forenames"].to_list() == ["Ada", None, "Ada"]


def test_errors_and_formulas_without_a_result_are_empty_and_said(tmp_path: Path) -> None:
    path = tmp_path / "formulas.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Extract"
    for row in a_table({"POSTCODE": "#REF!", "FORENAMES": "=A1"}, {"OCC_NO": "#N/A", "MO_TEXT": "Another."}):
        sheet.append(row)
    book.save(path)
    batch = read_a(path)
    person = batch.bundle["people"].row(0, named=True)
    assert (person["postcode"], person["forenames"]) == (None, None)
    assert said(batch) == [
        (2, "FORENAMES", "formula without a result"),
        (2, "POSTCODE", "error of a spreadsheet"),
        (3, "OCC_NO", "empty reference"),
        (3, "OCC_NO", "error of a spreadsheet"),
    ]
    assert batch.counts.totals()["rejected"] == 1


def test_cells_beyond_the_headings_are_kept_as_they_came(tmp_path: Path) -> None:
    [head, row] = a_table({})
    path = write_table(tmp_path / "wide.xlsx", [head, [*row, "", "checked by", "JB"]])
    batch = read_a(path)
    assert said(batch) == [(2, None, "cells after the last column")]
    assert '"_extra":"checked by, JB"' in batch.bundle["people"]["raw"][0]


def test_cells_one_column_off_are_moved_back_as_in_csv(tmp_path: Path) -> None:
    [head, cells] = a_table({"ADDRESS": "9 Alder Road"})
    at = COLUMNS.index("SURNAME")
    path = write_table(tmp_path / "off.xlsx", [head, [*cells[:at], "", *cells[at:-1]]])
    batch = read_a(path)
    person = batch.bundle["people"].row(0, named=True)
    assert (person["surname"], person["birth_date"]) == ("ASHDALE", dt.date(2001, 8, 28))
    assert said(batch) == [(2, None, "cells one column off")]


def test_a_workbook_without_the_columns_says_which(tmp_path: Path) -> None:
    path = write_table(tmp_path / "other.xlsx", [["NAME", "AGE"], ["Ann Quarle", 34]])
    with pytest.raises(errors.HeaderNotFound, match=r"other\.xlsx.*OCC_NO, ROLE, ROW_REF"):
        read_a(path)


def test_rows_are_given_on_while_the_sheet_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet is damaged at its end; what stands before it has been handed over by then."""
    monkeypatch.setattr(reading, "_ROWS_AT_A_TIME", 500)
    spec = FileSpec(name="x", pattern="", columns=("REF", "WORDS"), required=("REF",), report="REF")
    rows = [row_xml(n, [f"A{n}", f"{n}-{'long ' * 400}"]) for n in range(2, 3_000)]
    whole = sheet_xml(row_xml(1, ["REF", "WORDS"]) + "".join(rows))
    path = package(tmp_path / "cut.xlsx", whole[: len(whole) - 100])
    chunks = reading.read_sheet(InputFile(path, path.name), spec)
    assert next(chunks).frame.height == 500
    with pytest.raises(errors.NotThisFormat, match="damaged"):
        list(chunks)


def test_a_prefix_and_missing_places_change_nothing(tmp_path: Path) -> None:
    """Other programs name the elements otherwise, and leave out what follows from the order."""
    xml = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row><x:c t="str"><x:v>REF</x:v></x:c><x:c t="inlineStr"><x:is><x:t>NAME</x:t></x:is></x:c>'
        "</x:row>"
        '<x:row><x:c><x:v>12</x:v></x:c><x:c t="str"><x:v>_x0041_nn</x:v></x:c></x:row>'
        '</x:sheetData><x:mergeCells><x:mergeCell ref="A2:A3"/></x:mergeCells></x:worksheet>'
    )
    path = package(tmp_path / "prefixed.xlsx", xml)
    assert texts(path) == [{0: "REF", 1: "NAME"}, {0: "12", 1: "Ann"}]


def test_readings_of_words_are_no_part_of_a_text(tmp_path: Path) -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>課</t>'
        "<rPh><t>カ</t></rPh></si><si><r><t>two </t></r><r><t>runs</t></r></si></sst>"
    )
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    path = package(tmp_path / "shared.xlsx", sheet_xml(cells), {"xl/sharedStrings.xml": strings})
    assert texts(path) == [{0: "課", 1: "two runs"}]


def test_frames_have_the_columns_that_csv_gives(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.xlsx", [["REF", "", "REF", "NAME"], ["1", "x", "2", "Ann"], ["3"]])
    spec = FileSpec(name="x", pattern="", columns=("REF", "NAME"), required=("REF",), report="REF")
    [rows] = reading.read_sheet(InputFile(path, "a.xlsx"), spec)
    assert rows.frame.columns == ["REF", "COLUMN_2", "REF_2", "NAME", "_row", "_extra"]
    assert rows.frame.select("REF", "REF_2", "NAME", "_row").rows() == [
        ("1", "2", "Ann", 2),
        ("3", "", "", 3),
    ]
    assert rows.frame.schema["_extra"] == pl.String
