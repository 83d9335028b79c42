"""One sheet of a workbook as a table, with no mapping: beside what ``formats.any_table`` reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from lamplighter.records.errors import EmptyFile, FileNotRecognised, HeaderNotFound
from lamplighter.records.formats.any_table import AnyTable, AsWritten, read_any, repeated_headings
from lamplighter.records.formats.header_detection import headings_row
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.workbook.package import is_workbook
from lamplighter.records.workbook.reading import Top, read_sheet, tops

_SAY_WHICH = "Name the one that is meant with --sheet."


def read_table(path: Path, sheet: str | None = None) -> AnyTable:
    """Return the table in a file of any kind, of a workbook that of its only sheet or of the one named.

    Raises:
        RecordsError: see :func:`formats.any_table.read_any`; no sheet, or several, hold a table.
    """
    if not path.is_file() or not is_workbook(path):
        if sheet is not None:
            raise FileNotRecognised(
                "This is no workbook, so it has no sheets.", file=path.name, remedy="Leave out --sheet."
            )
        return read_any(path)
    top = _chosen(path, sheet)
    file = InputFile(path, path.name, top.sheet.name)
    rows = [[row.cells.get(c, "") for c in range(max(row.cells, default=-1) + 1)] for row in top.rows]
    found = headings_row(rows)
    if not found.may_be_names or len([c for c in found.cells if c]) < 2:
        raise HeaderNotFound(
            "No row of headings was found.",
            file=file.label,
            place=f"row {top.rows[found.at].number}",
            remedy="Put the names of two columns or more above the rows.",
        )
    spec = AsWritten(name="table", pattern="", columns=(), required=())
    needed = tuple(dict.fromkeys(spec.column_named(c) for c in found.cells if c))
    chunks = list(read_sheet(file, replace(spec, required=needed)))
    frame = pl.concat([c.frame for c in chunks]).drop("_row", "_extra", strict=False)
    if not frame.height:
        raise EmptyFile("There is no row under the column names.", file=file.label, remedy="Export it again.")
    left_out = sum(c.rejected for c in chunks)
    above = sum(row.number < top.rows[found.at].number for row in top.rows)
    return AnyTable(frame, "xlsx", left_out, above=above, repeated=repeated_headings(found.cells))


def _chosen(path: Path, sheet: str | None) -> Top:
    """Return the beginning of the sheet that is meant: the one that is named, or the only one shown that
    holds anything."""
    every = tops(InputFile(path, path.name))
    held = [t for t in every if t.rows and (sheet == t.sheet.name or (sheet is None and not t.sheet.hidden))]
    if len(held) == 1:
        return held[0]
    names = ", ".join(t.sheet.name for t in every)
    if held:
        said = f"{len(held)} sheets hold rows: {names}."
    else:
        said = f"No sheet {'of that name ' if sheet else ''}holds a row that is shown. There are: {names}."
    raise FileNotRecognised(said, file=path.name, remedy=_SAY_WHICH)
