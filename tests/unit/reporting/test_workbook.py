"""Workbooks for people: texts stay texts, what does not fit is said, and the same gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from lamplighter.reporting import workbook as module
from lamplighter.reporting.workbook import CUT, MOST_IN_A_CELL, SheetColumn, SheetTable, workbook

MADE = dt.datetime(2026, 6, 30, 23, 59)
COLUMNS = (
    SheetColumn("What", "What it is."),
    SheetColumn("When", "When it was."),
    SheetColumn("So", "Or not."),
)


def book(rows: list[tuple[object, ...]], columns: tuple[SheetColumn, ...] = COLUMNS) -> bytes:
    table = SheetTable("Things", "one thing", columns, rows)  # type: ignore[arg-type]
    return workbook(
        [table], title="Things", marking="PERSONAL: of <somebody> & others", notes=["Mind."], made=MADE
    )


def cells(content: bytes, sheet: str = "Things") -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(min_row=3, values_only=True))


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 7131", "-2", "@SUM(1)", "\t=1", "{=1}", "http://x", "12", "<b>"]
)
def test_a_text_stays_what_was_typed(text: str) -> None:
    content = book([(text, None, True)])
    assert cells(content) == [(text, None, "Yes")]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    assert not any(b"<f>" in part for part in parts.values())
    assert not any("hyperlink" in name.lower() or "rels/sheet" in name for name in parts)


def test_days_and_numbers_can_be_sorted_and_older_days_are_text() -> None:
    rows = [(3, dt.date(2026, 5, 3), False), (1.5, dt.date(1899, 5, 3), None)]
    assert cells(book(rows)) == [(3, dt.datetime(2026, 5, 3), "No"), (1.5, "1899-05-03", None)]


def test_what_does_not_fit_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * (MOST_IN_A_CELL + 1)
    [(cut, *_)] = cells(book([(long, None, None)]))
    assert str(cut).endswith(CUT)
    assert len(str(cut)) == MOST_IN_A_CELL
    monkeypatch.setattr(module, "MOST_ROWS", 8)
    content = book([(str(n), None, None) for n in range(11)])
    assert [row[0] for row in cells(content)] == [*"01234567", "3 more rows do not fit on a sheet."]
    explained = [row[2] for row in cells(content, "Explains the columns")]
    assert "Each row is one thing. Only the first 8 of 11 fit." in explained


def test_the_same_tables_give_the_same_bytes() -> None:
    assert book([("a", None, None)]) == book([("a", None, None)])


def test_an_empty_table_has_its_headings() -> None:
    content = book([])
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Things"]
    assert [c.value for c in sheet[2]] == ["What", "When", "So"]
