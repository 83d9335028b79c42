"""A report as one page, a spreadsheet and CSV files: they say the same, and always in the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace

import pytest
from odfdo import Document

from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.csv_files import csv_files
from lamplighter.reporting.document import (
    HIDDEN,
    Caution,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Points,
    Report,
    Section,
    Table,
    Words,
)
from lamplighter.reporting.html_page import html_page
from lamplighter.reporting.spreadsheet import ods_book

TABLE = Table(
    "stages",
    "How far reports got",
    (Column("Stage"), Column("Reports", "count"), Column("Share", "percent"), Column("Change", "number")),
    (
        ("Recorded <b>", 12_345, 100.0, 0.0),
        ("=HYPERLINK(1)", HIDDEN, HIDDEN, -1.26),
        ("All", 12_345, 33.3333333, 2.0),
    ),
    basis="All reports",
    notes=("Counts are rounded to 5.",),
    totals=frozenset({2}),
)


def report() -> Report:
    picture = bars_chart([BarValue("Recorded", 5.0, "5")], title="Bars", unit="reports")
    behind = Table("bars", "Bars", (Column("What"), Column("Reports")), picture.rows)
    blocks = (
        Words(("One & two.",)),
        KeyFigures((KeyFigure("45%", "withdrew", "of 100 reports", "London: 45%"),)),
        Heading("Inside"),
        Caution("Not a charge rate."),
        Points(("A point.",)),
        TABLE,
        Figure("bars-figure", "Bars", picture, behind, "Most stop early."),
    )
    return Report(
        "A review", "Force A", "Internal", (("Bundle", "demo"),), (Section("first", "First", blocks),)
    )


def test_the_page_holds_everything_and_asks_for_nothing() -> None:
    page = html_page(report())
    for told in ("One &amp; two.", "London: 45%", "Inside", "Not a charge rate.", "A point.", "12\u2009345"):
        assert told in page
    assert "Recorded &lt;b&gt;" in page
    assert "[c]: hidden" in page
    assert "<script" not in page
    assert " src=" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/", "")
    assert "<svg" in page
    assert 'role="img"' in page


def test_every_table_is_in_the_spreadsheet_with_what_is_shown_and_no_more() -> None:
    book = Document(io.BytesIO(ods_book(report())))
    sheets = {sheet.name: sheet for sheet in book.body.tables}
    assert list(sheets) == ["Cover", "Contents", "Marks", "1_stages", "2_bars"]
    values = sheets["1_stages"].get_values()
    assert [row[0] for row in values[:3]] == [
        "How far reports got",
        "All reports",
        "Counts are rounded to 5.",
    ]
    assert values[3][:4] == ["Stage", "Reports", "Share (%)", "Change"]
    assert values[5][1:3] == ["[c]", "[c]"]
    assert float(values[5][3]) == -1.3
    # 33.3333333 was shown as 33.3%: the digits that were rounded away are not in the file.
    assert float(values[6][2]) == 33.3


def test_the_csv_says_the_same_and_no_text_becomes_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(csv_files(report())["stages.csv"].decode())))
    assert rows[1] == ["Recorded <b>", "12345", "100.0", "0.0"]
    assert rows[2] == ["'=HYPERLINK(1)", "[c]", "[c]", "-1.3"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert html_page(report()) == html_page(report())
    first, second = ods_book(report()), ods_book(report())
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.namelist()[0] == "mimetype"
        assert b"2026" not in packed.read("meta.xml")


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="Row 0 of the table 'stages' has 1 values for 4 columns"):
        replace(TABLE, rows=(("x",),))


def test_two_tables_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="twice: stages"):
        Report("A", "B", "C", (), (Section("s", "S", (TABLE, TABLE)),))


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="Share"):
        TABLE.columns[2].shown(float("nan"))
