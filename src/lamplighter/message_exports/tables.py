"""Read the rows of a CSV file or of a workbook, each with the lines or the row that it stands in."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamplighter.message_exports.decoding import decoded, lines_of, storable
from lamplighter.message_exports.shapes import ExportError
from lamplighter.records.errors import RecordsError
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.workbook.package import open_package
from lamplighter.records.workbook.sheet import Seen, read_rows
from lamplighter.records.workbook.strings import SharedStrings

MOST_ROWS = 200_000
_LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One row: from line ``place`` to ``end`` of a text, or its place among the rows of a sheet."""

    place: int
    end: int
    cells: tuple[str, ...]
    problem: str = ""

    @property
    def raw(self) -> str:
        """Return the row as it is shown."""
        return " | ".join(self.cells)

    @property
    def is_empty(self) -> bool:
        return not any(c.strip() for c in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, the unit in which they are counted and how many there are, and what to say of the file."""

    rows: tuple[Row, ...]
    unit: str
    total: int
    notes: tuple[str, ...]


def read(data: bytes, wanted: Callable[[Sequence[str]], object] = lambda cells: True) -> Table:
    """Read a CSV file, or the sheet of a workbook whose headings ``wanted`` knows.

    Raises:
        ExportError: it is damaged; it says where.
    """
    return _workbook(data, wanted) if data.startswith(b"PK\x03\x04") else _csv(data)


def _csv(data: bytes) -> Table:
    text, notes = decoded(data)
    lines = lines_of(text)
    top = "\n".join(lines[:_LOOKED_AT])
    delimiter = max(",;\t", key=top.count)
    # The ends of lines inside quotes are kept; a quote that never closes would take the rest as one cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, reached = [], 0
    try:
        for cells in reader:
            end = max(reader.line_num, reached + 1)
            rows.append(Row(reached + 1, end, tuple(storable(c) for c in cells)))
            reached = end
            if len(rows) > MOST_ROWS:
                raise ExportError(f"The file has more than {MOST_ROWS:,} rows.", remedy="Send it in parts.")
    except csv.Error:
        raise ExportError(
            "A cell of this file begins with a quotation mark and does not end.",
            place=f"line {reached + 1}",
            remedy="Open the file, see to that line, and save it again as CSV.",
        ) from None
    # A carriage return alone ends a line for the reader: lines are counted as it does.
    return Table(tuple(rows), "line", max(reached, 0), tuple(notes))


def _workbook(data: bytes, wanted: Callable[[Sequence[str]], object]) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        path.write_bytes(data)
        try:
            package = open_package(InputFile(path, "the workbook"))
            strings = SharedStrings(package)
            read_sheets = []
            for sheet in package.sheets:
                rows: list[Row] = []
                for row in read_rows(package, sheet, strings, Seen()):
                    width = max((*row.cells, *row.problems), default=-1) + 1
                    cells = tuple(storable(row.cells.get(n, "")) for n in range(width))
                    problem = ", ".join(sorted({_PROBLEMS.get(p, p) for p in row.problems.values()}))
                    rows.append(Row(len(rows) + 1, len(rows) + 1, cells, problem))
                    if len(rows) > MOST_ROWS:
                        raise ExportError(
                            f"The sheet has more than {MOST_ROWS:,} rows.", remedy="Send it in parts."
                        )
                read_sheets.append((sheet.name, rows))
        except RecordsError as error:
            raise ExportError(error.what, place=error.place or "", remedy=error.remedy or "") from None
    known = [(n, rows) for n, rows in read_sheets if any(wanted(r.cells) for r in rows[:_LOOKED_AT])]
    name, rows = (known or [(n, r) for n, r in read_sheets if r] or read_sheets)[0]
    others = [n for n, r in read_sheets if r and n != name]
    notes = (
        (f"{len(others)} other sheets of the workbook hold something and are not read.",) if others else ()
    )
    return Table(tuple(rows), "row", len(rows), notes)


_PROBLEMS = {
    "cell_error": "a cell shows an error",
    "formula_without_value": "a formula has no value",
    "cell_no_date": "a cell is formatted as a date and holds none",
    "cells_merged": "merged cells",
}
