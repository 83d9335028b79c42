"""The tables in a file, CSV or workbook, with the line of their headings: found, or set by the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from lamplighter.records.errors import HeaderNotFound
from lamplighter.records.formats.delimited import read_delimited
from lamplighter.records.formats.header_detection import headings_line, headings_row
from lamplighter.records.formats.input_files import InputFile, refuse_no_file
from lamplighter.records.formats.text_lines import first_lines
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.records.workbook.package import is_workbook
from lamplighter.records.workbook.reading import read_sheet, tops
from lamplighter.study_bundle.files.csv_tables import Raw, as_found, no_rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file: what findings call it, the number of its line of headings, and the headings."""

    file: InputFile
    line: int
    headings: tuple[str, ...]
    spec: FileSpec
    hidden: bool = False

    @property
    def label(self) -> str:
        return self.file.label

    def named(self, heading: str) -> str:
        """Return what the frame of :func:`rows_of` calls the column under a heading."""
        return self.spec.column_named(heading)


def sheets_of(
    path: Path, spec: FileSpec, *, line: int | None = None, sheet: str | None = None
) -> list[Sheet]:
    """Return every table of a file that has headings; ``line`` (from 1) and ``sheet`` are set by the reader.

    Raises:
        RecordsError: the file cannot be read, or has no such sheet or line.
    """
    refuse_no_file(path)
    file = InputFile(path, path.name)
    if not is_workbook(path):
        lines = first_lines(path, spec.encoding)
        if line is None:
            found = headings_line(lines)
            at, cells, delimiter = found.at, found.cells, found.separator
        else:
            at = line - 1
            only = headings_line(lines[at : at + 1] if at >= 0 else [])
            cells, delimiter = only.cells, only.separator
            if len([c for c in cells if c]) < 2:
                raise _no_line(file.label, line)
        return [_sheet(file, at + 1, cells, replace(spec, delimiter=delimiter))]
    every = tops(file)
    if sheet is not None and sheet not in {t.sheet.name for t in every}:
        raise HeaderNotFound(
            "The workbook has no sheet of the name given.",
            file=file.label,
            remedy=f"Its sheets: {', '.join(t.sheet.name[:60] for t in every)}.",
        )
    made = []
    for top in every:
        if sheet not in (None, top.sheet.name) or not top.rows:
            continue
        rows = [[r.cells.get(c, "") for c in range(max(r.cells, default=-1) + 1)] for r in top.rows]
        place = headings_row(rows).at
        if line is not None:
            numbers = [r.number for r in top.rows]
            if line not in numbers:
                raise _no_line(file.of_sheet(top.sheet.name, alone=len(every) == 1).label, line)
            place = numbers.index(line)
        own = file.of_sheet(top.sheet.name, alone=len(every) == 1)
        one = _sheet(own, top.rows[place].number, rows[place], spec)
        made.append(replace(one, hidden=top.sheet.hidden))
    return made


def _sheet(file: InputFile, line: int, cells: Sequence[str], spec: FileSpec) -> Sheet:
    headings = tuple(c.strip(" \t\ufeff\"'") for c in cells)
    # The line of headings is the one that has these words: what stands above it cannot be taken for it.
    needed = tuple(dict.fromkeys(spec.column_named(h) for h in headings if h))
    return Sheet(file, line, headings, replace(spec, required=needed))


def _no_line(label: str, line: int) -> HeaderNotFound:
    return HeaderNotFound(
        f"There is no line {line} with two headings or more.",
        file=label,
        place=f"line {line}",
        remedy="Open the file and count from 1; or leave the line out, and it is looked for.",
    )


def rows_of(sheet: Sheet, table: str) -> Raw:
    """Return every row below the headings as text. Raises ``RecordsError``: it cannot be read on."""
    if sheet.file.sheet is not None or is_workbook(sheet.file.path):
        parts = read_sheet(sheet.file, sheet.spec)
    else:
        parts = read_delimited(sheet.file.path, sheet.spec, sheet.line - 1, label=sheet.label)
    frames, found, rejected = [], [], 0
    for rows in parts:
        frames.append(rows.frame.drop("_extra").with_columns(pl.lit(sheet.label).alias("_file")))
        rejected += rows.rejected
        found += as_found(rows.findings, table)
    if not frames:
        return Raw(no_rows(), found, rejected, frozenset())
    whole = pl.concat(frames)
    return Raw(whole, found, rejected, frozenset(c for c in whole.columns if not c.startswith("_")))
