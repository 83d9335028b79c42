"""Tables as an Excel workbook for people: headings that stay in sight, widths that fit, nothing that can run.

Every text is written as a text, whatever it begins with, and given the mark with which a spreadsheet keeps
it one when it is edited. The same tables give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import xlsxwriter

Cell: TypeAlias = "str | int | float | bool | dt.date | None"
MOST_ROWS = 1_048_000
"""Rows of a sheet; a spreadsheet has 1,048,576."""
MOST_IN_A_CELL = 32_000
"""Characters; a spreadsheet has 32,767."""
CUT = " … (cut here: a cell holds no more)"
_NARROWEST, _WIDEST = 9, 60


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its heading, its meaning, and its width in characters (as its cells need, unless said)."""

    title: str
    meaning: str
    width: int | None = None


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet: its name, what a row of it is, its columns and its rows."""

    name: str
    row_is: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[Sequence[Cell]]


def workbook(
    tables: Sequence[SheetTable], *, title: str, marking: str, notes: Sequence[str], made: dt.datetime
) -> bytes:
    """Return the workbook: the tables, each under its ``marking``, then a sheet that explains every column.

    A table with more rows than a sheet holds is cut, and its own last row and the last sheet say so.
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": title, "subject": marking, "comments": marking, "created": made})
    forms = _Forms(book)
    for table in tables:
        _sheet(book, forms, table, marking)
    explained = SheetTable(
        "Explains the columns",
        "one column of another sheet",
        (
            SheetColumn("Sheet", "The sheet that the column is in."),
            SheetColumn("Column", "The column's heading."),
            SheetColumn("What it means", "What a cell of the column holds.", _WIDEST + 40),
        ),
        [
            *(("All sheets", "", note) for note in (marking, *notes)),
            *(row for table in tables for row in _explained(table)),
        ],
    )
    _sheet(book, forms, explained, marking)
    book.close()
    return out.getvalue()


def _explained(table: SheetTable) -> list[tuple[str, str, str]]:
    cut = f" Only the first {MOST_ROWS:,} of {len(table.rows):,} fit." if len(table.rows) > MOST_ROWS else ""
    return [
        (table.name, "", f"Each row is {table.row_is}.{cut}"),
        *((table.name, column.title, column.meaning) for column in table.columns),
    ]


class _Forms:
    """How cells look. A text keeps its mark, so that editing it does not make a formula of it."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        top = {"valign": "top", "text_wrap": True, "font_name": "Arial", "font_size": 10}
        self.text = book.add_format({**top, "num_format": "@", "quote_prefix": True})
        self.number = book.add_format({**top, "num_format": "#,##0", "align": "left"})
        self.day = book.add_format({**top, "num_format": "d mmm yyyy", "align": "left"})
        self.heading = book.add_format({**top, "bold": True, "bottom": 2, "bg_color": "#F3F4F6"})
        self.marking = book.add_format({**top, "bold": True, "text_wrap": False})


def _sheet(book: xlsxwriter.Workbook, forms: _Forms, table: SheetTable, marking: str) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.write_string(0, 0, marking, forms.marking)
    for place, column in enumerate(table.columns):
        sheet.write_string(1, place, column.title, forms.heading)
    rows = table.rows[:MOST_ROWS]
    for number, row in enumerate(rows, 2):
        for place, cell in enumerate(row):
            _write(sheet, number, place, cell, forms)
    if len(table.rows) > MOST_ROWS:
        left = len(table.rows) - MOST_ROWS
        sheet.write_string(2 + MOST_ROWS, 0, f"{left:,} more rows do not fit on a sheet.", forms.marking)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width or _width(column.title, [r[place] for r in rows[:500]]))
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, max(1 + len(rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.set_footer(f"&L{marking.replace('&', '&&')}&R&P of &N")


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, cell: Cell, forms: _Forms) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_string(row, place, "Yes" if cell else "No", forms.text)
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell, forms.number)
    elif isinstance(cell, dt.date):
        if cell.year < 1900:
            sheet.write_string(row, place, cell.isoformat(), forms.text)
        else:
            sheet.write_datetime(row, place, dt.datetime(cell.year, cell.month, cell.day), forms.day)
    else:
        text = cell if len(cell) <= MOST_IN_A_CELL else cell[: MOST_IN_A_CELL - len(CUT)] + CUT
        sheet.write_string(row, place, text, forms.text)


def _width(title: str, cells: Sequence[Cell]) -> int:
    """Return a width that shows most cells on one line, and none wider than a line is read."""
    lengths = sorted(len(f"{c}") if not isinstance(c, dt.date) else 12 for c in cells if c not in (None, ""))
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return max(_NARROWEST, min(max(usual, min(len(title), 16)) + 2, _WIDEST))
