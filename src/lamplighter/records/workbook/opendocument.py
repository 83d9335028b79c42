"""Read the sheets of an OpenDocument spreadsheet (.ods) as rows of text, as ``sheet`` reads those of Excel.

All sheets lie in one part, one after another, and a row or a cell may say that it is there a million times.
So the part is read from its beginning, nothing is held, and what repeats is counted before it is written out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lamplighter.records.errors import NotThisFormat, PasswordProtected
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.workbook.formats import as_text, plain_number
from lamplighter.records.workbook.package import SAVE, Package, Sheet, local
from lamplighter.records.workbook.sheet import (
    ERROR,
    MERGED,
    MOST_COLUMNS,
    MOST_MERGED,
    MOST_ROWS,
    MOST_TEXT,
    NO_DATE,
    NOT_COMPUTED,
    Seen,
    SheetRow,
)
from lamplighter.records.workbook.strings import MOST_IN_A_CELL, Refused, parse, parser

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
MOST_SHEETS = 500
MOST_REPEATED = 20_000_000
"""Cells of a sheet that are there only because a row or a cell says that it repeats."""
_OF = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _TEXT, _OFFICE, _STYLE = (f"{_OF}{name}:1.0 " for name in ("table", "text", "office", "style"))
_ROW = f"{_TABLE}table-row"
_COLUMN = f"{_TABLE}table-column"
_SHEET = f"{_TABLE}table"
_BODY = f"{_OFFICE}spreadsheet"
_A_STYLE = f"{_STYLE}style"
_PROPERTIES = f"{_STYLE}table-properties"
_PARAGRAPH = f"{_TEXT}p"
_SPACES = f"{_TEXT}s"
_VISIBLE = f"{_TABLE}visibility"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NUMBERS = ("float", "currency", "percentage")
_ERRORS = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)|Err:\d{3}")
_LENGTH = re.compile(r"(-?)P(?:(\d{1,7})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?")
_SECONDS = 86_400


def open_spreadsheet(unread: Package) -> Package:
    """Return what sheets an OpenDocument file has.

    Raises:
        NotThisFormat: it is damaged, no spreadsheet, or made to be expensive to open.
        PasswordProtected: a password protects it.
    """
    if MANIFEST in unread.sizes and any(
        local(str(element.tag)) == "encryption-data" for element in unread.tree(MANIFEST).iter()
    ):
        raise PasswordProtected("A password protects this workbook.", file=unread.file.label, remedy=SAVE)
    reader = _Reader(unread.file, only_names=True)
    for _ in parse(unread.file, reader.parser, unread.pieces(CONTENT)):
        pass
    if not reader.names:
        raise NotThisFormat(
            "This is an OpenDocument file, and no spreadsheet.",
            file=unread.file.label,
            remedy="Ask the sender for the table as a spreadsheet (.ods, .xlsx) or as CSV (UTF-8).",
        )
    sheets = tuple(Sheet(name, CONTENT, style in reader.hidden_styles) for name, style in reader.names)
    return Package(unread.file, sheets, "", "", False, unread.sizes, opendocument=True)


def sheet_rows(package: Package, sheet: Sheet, seen: Seen) -> Iterator[SheetRow]:
    """Yield the rows of one sheet that hold a value; what is known of columns goes to ``seen``.

    Raises:
        NotThisFormat: the sheet is damaged, or made to be expensive to read.
    """
    wanted = package.sheets.index(sheet)
    reader = _Reader(package.file, seen=seen, wanted=wanted)
    for _ in parse(package.file, reader.parser, package.pieces(CONTENT)):
        for _, row in reader.taken():
            yield row
        if len(reader.names) > wanted + 1:
            return


def first_rows(package: Package, most: int) -> Mapping[str, list[SheetRow]]:
    """Return the first rows of every sheet, read in one go. Raises ``NotThisFormat``."""
    found: dict[str, list[SheetRow]] = {sheet.name: [] for sheet in package.sheets}
    reader = _Reader(package.file, most=most)
    for _ in parse(package.file, reader.parser, package.pieces(CONTENT)):
        for place, row in reader.taken():
            rows = found[package.sheets[place].name]
            if len(rows) < most:
                rows.append(row)
    return found


@dataclass(slots=True)
class _Cell:
    """One cell while it is read."""

    told: Mapping[str, str]
    size: int = 0
    parts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.size += len(text)
        if self.size > MOST_IN_A_CELL:
            raise Refused
        self.parts.append(text)


class _Reader:
    """A parser's call-backs over the part that holds the sheets."""

    def __init__(
        self,
        file: InputFile,
        *,
        seen: Seen | None = None,
        wanted: int | None = None,
        only_names: bool = False,
        most: int | None = None,
    ) -> None:
        """``wanted``: the place of the one sheet to be read; ``most``: rows that are wanted of each."""
        self.names: list[tuple[str, str]] = []
        self.hidden_styles: set[str] = set()
        self._seen, self._wanted, self._only_names, self._most = seen, wanted, only_names, most
        self._rows: list[tuple[int, SheetRow, int]] = []
        self._depth = self._body = self._skip = 0
        self._inside = False  # of a sheet that is wanted, and not of a table within one of its cells
        self._style = ""
        self._row: SheetRow | None = None
        self._cell: _Cell | None = None
        self._times = self._number = self._column = self._columns = self._total = self._repeated = 0
        self._given = 0
        self._merged: dict[int, tuple[int, str]] = {}
        self.parser = parser(file, namespaces=" ")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        if not only_names:
            self.parser.CharacterDataHandler = self._chars

    def taken(self) -> Iterator[tuple[int, SheetRow]]:
        """Yield the rows that were read since the last time, each with the place of its sheet."""
        rows, self._rows = self._rows, []
        for place, row, times in rows:
            for later in range(times):
                number = row.number + later
                yield place, SheetRow(number, dict(row.cells), dict(row.problems), row.hidden)

    def _start(self, name: str, told: dict[str, str]) -> None:
        self._depth += 1
        if self._cell is not None:
            self._within(name, told)
        elif name == _SHEET and self._depth == self._body + 1:
            self._sheet(told)
        elif name == _BODY:
            self._body = self._depth
        elif name == _A_STYLE:
            self._style = told.get(f"{_STYLE}name", "")
        elif name == _PROPERTIES and told.get(f"{_TABLE}display") == "false":
            self.hidden_styles.add(self._style)
        elif self._inside and not self._only_names:
            self._of_sheet(name, told)

    def _sheet(self, told: dict[str, str]) -> None:
        self._inside = self._wanted in (None, len(self.names))
        self.names.append((told.get(f"{_TABLE}name", ""), told.get(f"{_TABLE}style-name", "")))
        if len(self.names) > MOST_SHEETS:
            raise Refused
        self._number = self._columns = self._total = self._repeated = self._given = 0
        self._merged = {}

    def _of_sheet(self, name: str, told: dict[str, str]) -> None:
        hidden = told.get(_VISIBLE, "visible") != "visible"
        if name == _ROW:
            self._times = _count(told, "number-rows-repeated")
            self._row = SheetRow(self._number + 1, {}, {}, hidden)
            self._column = 0
        elif name in _CELLS and self._row is not None:
            self._cell = _Cell(told)
        elif name == _COLUMN:
            many = _count(told, "number-columns-repeated")
            if hidden and self._seen is not None:
                self._seen.hidden_columns.append((self._columns, self._columns + many - 1))
            self._columns += many

    def _within(self, name: str, told: dict[str, str]) -> None:
        """Read what a cell holds: its paragraphs; not a comment, a picture or a table that lies in it."""
        assert self._cell is not None
        if self._skip or not name.startswith(_TEXT):
            self._skip += 1
        elif name == _PARAGRAPH and self._cell.size:
            self._cell.add("\n")
        elif name == _SPACES:
            many = _count(told, "c", _TEXT)
            if many > MOST_IN_A_CELL:
                raise Refused
            self._cell.add(" " * many)
        elif name in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            self._cell.add(" ")

    def _chars(self, text: str) -> None:
        # Between the paragraphs of a cell there is nothing but the line ends of a file that is laid out.
        if self._cell is not None and not self._skip and (self._cell.parts or text.strip()):
            self._cell.add(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skip:
            self._skip -= 1
        elif self._cell is not None:
            if name in _CELLS:
                self._cell_ended(self._cell)
                self._cell = None
        elif name == _ROW and self._row is not None:
            self._row_ended(self._row)
            self._row = None
        elif name == _SHEET and self._depth == self._body:
            self._inside = False

    def _cell_ended(self, cell: _Cell) -> None:
        assert self._row is not None
        many = _count(cell.told, "number-columns-repeated")
        text, problem = _value(cell.told, "".join(cell.parts).strip("\r\n"))
        if text or problem:
            if self._column + many > MOST_COLUMNS:
                raise Refused
            for column in range(self._column, self._column + many):
                if text:
                    self._row.cells[column] = text
                if problem:
                    self._row.problems[column] = problem
            self._repeated += many - 1
        down = _count(cell.told, "number-rows-spanned")
        if text and down > 1:
            if len(self._merged) >= MOST_MERGED:
                raise Refused
            self._merged[self._column] = (self._row.number + down - 1, text)
        self._column += many

    def _row_ended(self, row: SheetRow) -> None:
        times, first = self._times, row.number
        self._number += times
        for column, (last, text) in list(self._merged.items()):
            if first > last:
                del self._merged[column]
            elif column not in row.cells:
                row.cells[column] = text
                row.problems.setdefault(column, MERGED)
        if not (row.cells or row.problems):
            return
        self._total += times * sum(len(text) for text in row.cells.values())
        self._repeated += (times - 1) * len(row.cells)
        if first + times - 1 > MOST_ROWS or self._total > MOST_TEXT or self._repeated > MOST_REPEATED:
            raise Refused
        self._rows.append((len(self.names) - 1, row, times))
        self._given += times
        self._inside = self._most is None or self._given < self._most


def _count(told: Mapping[str, str], name: str, of: str = _TABLE) -> int:
    text = told.get(f"{of}{name}", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused
    return max(int(text), 1)


def _value(told: Mapping[str, str], text: str) -> tuple[str, str | None]:
    """Return the text of a cell and what is wrong with it, by the type that it says it has."""
    formula = f"{_TABLE}formula" in told
    kind = told.get(f"{_OFFICE}value-type", "")
    if formula and (_ERRORS.fullmatch(text.strip()) or any(v == "error" for v in told.values())):
        return "", ERROR
    if kind in _NUMBERS:
        number = plain_number(told.get(f"{_OFFICE}value", ""), 0)
        # What is shown with leading zeros is a reference, and no number.
        zeros = text.isascii() and text.isdigit() and text.lstrip("0") == (number or "").lstrip("0")
        return (text if zeros and text else number or text), None
    if kind == "date":
        return _date(told.get(f"{_OFFICE}date-value", ""), text)
    if kind == "time":
        length = _LENGTH.fullmatch(told.get(f"{_OFFICE}time-value", ""))
        shown = None if length is None else _clock(length)
        return (text, NO_DATE) if shown is None else (shown, None)
    if kind == "boolean":
        return ("TRUE" if told.get(f"{_OFFICE}boolean-value") == "true" else "FALSE"), None
    said = text or told.get(f"{_OFFICE}string-value", "")
    if len(said) > MOST_IN_A_CELL:
        raise Refused
    return said, NOT_COMPUTED if formula and not said and kind != "string" else None


def _date(said: str, text: str) -> tuple[str, str | None]:
    try:
        if "T" not in said:
            return dt.date.fromisoformat(said).isoformat(), None
        return dt.datetime.fromisoformat(said).replace(tzinfo=None).isoformat(timespec="seconds"), None
    except ValueError:
        return text, NO_DATE


def _clock(length: re.Match[str]) -> str | None:
    days, hours, minutes, seconds = (int(part or 0) for part in length.groups()[1:])
    whole = days * _SECONDS + hours * 3600 + minutes * 60 + seconds
    return as_text((-whole if length[1] else whole) / _SECONDS, "duration", False)
