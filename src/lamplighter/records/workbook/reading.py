"""A sheet under its headings, as rows of text: what ``delimited`` gives for a file of lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import polars as pl

from lamplighter.records.errors import HeaderNotFound
from lamplighter.records.formats.damaged_lines import OddLines
from lamplighter.records.formats.delimited import (
    MOST_COLUMNS,
    Header,
    Rows,
    columns_findings,
    distinct,
    misfits,
)
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.records.validation.problems import found
from lamplighter.records.workbook import opendocument
from lamplighter.records.workbook.package import Package, Sheet, open_package, unread_package
from lamplighter.records.workbook.sheet import Seen, SheetRow, column_letters, read_rows
from lamplighter.records.workbook.strings import SharedStrings

LOOKED_AT = 50
"""So many rows that hold something are looked at; the headings are among them."""
_ROWS_AT_A_TIME, _TEXT_AT_A_TIME = 20_000, 32 * 2**20
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Top(NamedTuple):
    """The first rows of a sheet that hold something. A sheet with none is empty."""

    sheet: Sheet
    rows: list[SheetRow]


def tops(file: InputFile) -> list[Top]:
    """Read the beginning of every sheet of a workbook, or of the one that ``file`` names.

    Raises:
        RecordsError: the workbook cannot be read.
    """
    package = _opened(file)
    chosen = [s for s in package.sheets if file.sheet in (None, s.name)]
    if package.opendocument:
        first = opendocument.first_rows(package, LOOKED_AT)
        return [Top(s, first[s.name]) for s in chosen]
    strings = SharedStrings(package)
    found = []
    for sheet in chosen:
        rows = []
        for row in read_rows(package, sheet, strings, Seen()):
            rows.append(row)
            if len(rows) == LOOKED_AT:
                break
        found.append(Top(sheet, rows))
    return found


def _opened(file: InputFile) -> Package:
    unread = unread_package(file)
    if opendocument.CONTENT in unread.sizes and opendocument.MANIFEST in unread.sizes:
        return opendocument.open_spreadsheet(unread)
    return open_package(file)


def size_of(file: InputFile) -> int:
    """Return about how many bytes a file is as lines of text: what a sheet unpacks to is thrice that."""
    if file.sheet is None:
        return file.path.stat().st_size
    package = _opened(file)
    sheet = next(s for s in package.sheets if s.name == file.sheet)
    return package.sizes[sheet.part] // 3 + package.sizes.get(package.strings, 0)


def headings(rows: Sequence[SheetRow], spec: FileSpec) -> tuple[int, list[str]] | None:
    """Return the place among ``rows`` of the first that names what the mapping needs, and its columns.

    What stands above the headings (a title, the day of the export) is passed over: the columns that the
    mapping needs tell a row of headings from any other.
    """
    needed = spec.needed
    for place, row in enumerate(rows):
        columns = _columns(row, spec)
        if len([c for c in columns if c]) > 1 and needed <= set(columns):
            return place, columns
    return None


def _columns(row: SheetRow, spec: FileSpec) -> list[str]:
    width = min(max(row.cells, default=-1) + 1, MOST_COLUMNS)
    return [spec.column_named(row.cells.get(c, "")) for c in range(width)]


def read_sheet(file: InputFile, spec: FileSpec) -> Iterator[Rows]:
    """Yield the rows of one sheet, a chunk at a time, with ``_row`` as the spreadsheet numbers them.

    ``file`` names the sheet, unless the workbook has one only.

    Raises:
        HeaderNotFound: no row at the top names the columns that the mapping needs.
        RecordsError: the workbook cannot be read.
    """
    package = _opened(file)
    sheet = next(s for s in package.sheets if file.sheet in (None, s.name))
    seen = Seen()
    rows = (
        opendocument.sheet_rows(package, sheet, seen)
        if package.opendocument
        else read_rows(package, sheet, SharedStrings(package), seen)
    )
    first = []
    for row in rows:
        first.append(row)
        if len(first) == LOOKED_AT:
            break
    at = headings(first, spec)
    if at is None:
        raise no_headings(file, [spec])
    place, columns = at
    written = [first[place].cells.get(c, "").strip().upper() for c in range(len(columns))]
    header = Header(distinct(columns), spec.delimiter, first[place].number, written)
    chunk = _Chunk(file, spec, header)
    chunk.note("rows_above_headings", [r.number for r in first[:place]])
    hidden = [c for c in range(len(columns)) if columns[c] and seen.hides(c)]
    chunk.note_columns("columns_hidden", header.line, hidden)
    chunk.findings.append(columns_findings(file.label, spec, header))
    for row in chain(first[place + 1 :], rows):
        chunk.take(row)
        if chunk.full:
            yield chunk.rows()
            chunk = chunk.next()
    yield chunk.rows()


def no_headings(file: InputFile, specs: Sequence[FileSpec], *, hidden: bool = False) -> HeaderNotFound:
    """Return what is said of a workbook in which no sheet has the columns that a mapping needs."""
    wanted = " or ".join(", ".join(sorted(s.needed)) for s in specs if s.needed)
    remedy = "Put the names of the columns above the rows, or choose another mapping."
    if hidden:
        remedy += " A hidden sheet is not read: show it first, if it is the one."
    return HeaderNotFound(
        f"No sheet has a row at its top that names the columns {wanted}."
        if file.sheet is None
        else f"No row at its top names the columns {wanted}.",
        file=file.label,
        place=f"the first {LOOKED_AT} rows",
        remedy=remedy,
    )


class _Chunk:
    """Rows gathered column by column, and what was found wrong in them."""

    def __init__(self, file: InputFile, spec: FileSpec, header: Header, told_hidden: bool = False) -> None:
        self._file, self._spec, self._header = file, spec, header
        self._columns: list[list[str]] = [[] for _ in header.columns]
        self._numbers: list[int] = []
        self._extra: list[str | None] = []
        self._problems: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        self._told_hidden = told_hidden
        self._size = self._rejected = 0
        self.findings: list[pl.DataFrame] = []

    @property
    def full(self) -> bool:
        return len(self._numbers) >= _ROWS_AT_A_TIME or self._size >= _TEXT_AT_A_TIME

    def next(self) -> _Chunk:
        """Return an empty one for what follows."""
        return _Chunk(self._file, self._spec, self._header, self._told_hidden)

    def note(self, problem: str, rows: Sequence[int], column: str | None = None) -> None:
        if rows:
            self._problems[problem, column] += rows

    def note_columns(self, problem: str, row: int, places: Sequence[int]) -> None:
        for place in places:
            self.note(problem, [row], self._called(place))

    def _called(self, place: int) -> str:
        """What a finding calls a column: as the mapping does, or as the spreadsheet does."""
        names = self._header.columns
        known = place < len(names) and names[place] in self._spec.columns
        return names[place] if known else f"column {column_letters(place)}"

    def take(self, row: SheetRow) -> None:
        """Add a row, unless it says again what the columns are called."""
        width = len(self._columns)
        if not any(row.cells.values()) and not row.problems:
            return
        if self._is_header(row):
            self.note("header_repeated", [row.number])
            self._rejected += 1
            return
        for place, problem in row.problems.items():
            self.note(problem, [row.number], self._called(place))
        beyond = []
        for place, text in row.cells.items():
            clean = text
            if _CONTROL.search(text):
                clean = _CONTROL.sub("", text)
                self.note("control_characters", [row.number])
            self._size += len(clean)
            if place >= width:
                beyond.append(clean)
            else:
                row.cells[place] = clean
        for place, column in enumerate(self._columns):
            column.append(row.cells.get(place, ""))
        self._numbers.append(row.number)
        self._extra.append(", ".join(beyond) or None)
        if beyond:
            self.note("cells_extra", [row.number])
        if row.hidden and not self._told_hidden:
            # Once for a sheet: a filter that was left on hides thousands.
            self.note("rows_hidden", [row.number])
            self._told_hidden = True

    def _lined_up(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows with cells one column off, as a CSV opened in a spreadsheet program has them, moved back."""
        odd = misfits(frame, self._spec)
        if not odd.any():
            return frame
        reader = OddLines(self._spec, self._header.columns, self._header.delimiter)
        for row in frame.filter(odd).iter_rows(named=True):
            reader.line_up(row["_row"], [row[c] for c in self._header.columns])
        for problem, numbers in reader.problems.items():
            self.note(problem, [n for n in numbers if n is not None])
        extra = frame.filter(odd)["_extra"]
        moved = reader.frame(frame.schema).with_columns(extra)
        return pl.concat([frame.filter(~odd), moved]).sort("_row")

    def _is_header(self, row: SheetRow) -> bool:
        first = self._header.columns[:2]
        return [self._spec.column_named(row.cells.get(c, "")) for c in range(2)] == first

    def rows(self) -> Rows:
        """Return what was gathered."""
        columns = zip(self._header.columns, self._columns, strict=True)
        frame = pl.DataFrame(
            [
                *(pl.Series(name, cells, dtype=pl.String) for name, cells in columns),
                pl.Series("_row", self._numbers, dtype=pl.Int64),
                pl.Series("_extra", self._extra, dtype=pl.String),
            ]
        )
        frame = self._lined_up(frame)
        problems = [
            found(self._file.label, sorted(set(rows)), problem, column=column)
            for (problem, column), rows in self._problems.items()
        ]
        # An empty frame of the right shape is there even where nothing was found.
        every = pl.concat([found(self._file.label, [], "cells_extra"), *self.findings, *problems])
        return Rows(frame, every, self._rejected)
