"""The rows of one sheet, one after another, as text, with the numbers that a person sees beside them.

The sheet is never held: a row is given on and let go. What a workbook keeps beside the values is told with
them: hidden rows and columns, merged cells, errors, and formulas whose result was never saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lamplighter.records.workbook.formats import Format, as_text, formats_of, plain_number
from lamplighter.records.workbook.package import Package, Sheet, damaged, too_large
from lamplighter.records.workbook.strings import (
    MOST_IN_A_CELL,
    Refused,
    SharedStrings,
    parse,
    parser,
    unescaped,
)

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet may have (ECMA-376 and Excel's own limits)."""
MOST_MERGED = 100_000
MOST_TEXT = 4 * 2**30
"""Characters of one sheet with shared texts written out; one text may be shared by every cell."""
_MERGED_PART = 64 * 2**20
_MERGED = re.compile(rb'mergeCell\s+ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_DIGITS = "0123456789"
_YES = frozenset({"1", "true"})
_OVERLAP = 64
_REMEMBERED = 65_536
_GENERAL = Format()

#: What may be said of a cell besides its text.
ERROR, NOT_COMPUTED, NO_DATE, MERGED = "cell_error", "formula_without_value", "cell_no_date", "cells_merged"


@dataclass(slots=True)
class SheetRow:
    """One row that holds something: its number, its texts by column (from 0), and what is wrong by column."""

    number: int
    cells: dict[int, str]
    problems: dict[int, str]
    hidden: bool


@dataclass(slots=True)
class Seen:
    """Hold what the beginning of a sheet says of its columns."""

    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def hides(self, column: int) -> bool:
        return any(low <= column <= high for low, high in self.hidden_columns)


def column_number(letters: str) -> int:
    """Return the number of a column from 0: 'A' is 0, 'AA' is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """Return what a spreadsheet calls a column: 0 is 'A', 26 is 'AA'."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_rows(package: Package, sheet: Sheet, strings: SharedStrings, seen: Seen) -> Iterator[SheetRow]:
    """Yield the rows of a sheet that hold a value, in their order; what is known of columns goes to ``seen``.

    The value of a merged area stands in each of its rows, in the area's first column.

    Raises:
        NotThisFormat: the sheet is damaged, or made to be expensive to read.
    """
    merged = _Merged(package, sheet)
    reader = _Reader(package, strings, seen)
    for _ in parse(package.file, reader.parser, package.pieces(sheet.part)):
        for row in reader.taken():
            if merged:
                merged.spread(row)
            yield row


class _Merged:
    """Areas of merged cells over more than one row, each giving its value to the rows that it reaches into.

    A workbook lists them behind the last row, so they are looked for before the first is read.
    """

    def __init__(self, package: Package, sheet: Sheet) -> None:
        self._begin: dict[int, list[tuple[int, int]]] = {}
        self._open: dict[int, tuple[int, str]] = {}
        for number, match in enumerate(_MERGED.finditer(_end_of(package, sheet))):
            if number >= MOST_MERGED:
                raise too_large(package.file)
            first, last = int(match[2]), int(match[4])
            if first < last <= MOST_ROWS:
                self._begin.setdefault(first, []).append((column_number(match[1].decode()), last))

    def spread(self, row: SheetRow) -> None:
        """Fill the cells of a row that a merged area reaches into, and begin the areas that begin in it."""
        for column, (last, text) in list(self._open.items()):
            if row.number > last:
                del self._open[column]
            elif text and column not in row.cells:
                row.cells[column] = text
                row.problems.setdefault(column, MERGED)
        for column, last in self._begin.get(row.number, ()):
            self._open[column] = (last, row.cells.get(column, ""))

    def __bool__(self) -> bool:
        return bool(self._begin)


def _end_of(package: Package, sheet: Sheet) -> bytes:
    """What a sheet says behind its rows of merged cells; empty when it says nothing.

    Only an element can begin with '<': in the text of a cell it is written otherwise.
    """
    held, found = b"", False
    for piece in package.pieces(sheet.part):
        if found:
            held += piece
            if len(held) > _MERGED_PART:
                raise too_large(package.file)
            continue
        text = held[-_OVERLAP:] + piece
        at = _merge_cells(text)
        found = at >= 0
        held = text[at:] if found else text
    return held if found else b""


def _merge_cells(text: bytes) -> int:
    """Where the element of merged cells begins, with whatever prefix; -1 when it is not there."""
    at = text.find(b"mergeCells")
    while at >= 0:
        start = text.rfind(b"<", max(0, at - _OVERLAP), at)
        prefix = text[start + 1 : at]
        if start >= 0 and (not prefix or (prefix[-1:] == b":" and prefix[:-1].isalnum())):
            return at
        at = text.find(b"mergeCells", at + 1)
    return -1


class _Reader:
    """A parser's call-backs over one sheet. They run for every cell, so they share plain variables."""

    def __init__(self, package: Package, strings: SharedStrings, seen: Seen) -> None:
        self._rows: list[SheetRow] = []
        self._values = _Values(package, strings)
        self.parser = parser(package.file)
        start, end, chars = self._handlers(seen)
        self.parser.StartElementHandler, self.parser.EndElementHandler = start, end
        self.parser.CharacterDataHandler = chars

    def taken(self) -> list[SheetRow]:
        """Return the rows that were read since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def _handlers(
        self, seen: Seen
    ) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]]:
        row = SheetRow(0, {}, {}, False)
        number = total = size = phonetic = 0
        column = -1
        kind, style = "n", None
        formula = taking = False
        parts: list[str] = []
        columns: dict[str, int] = {}
        prefix = ""

        def start(name: str, told: dict[str, str]) -> None:
            nonlocal row, number, column, kind, style, formula, taking, phonetic, prefix, size
            if prefix:
                name = name.removeprefix(prefix)
            if name == "c":
                where = told.get("r")
                if where is None:
                    column += 1
                else:
                    letters = where.rstrip(_DIGITS)
                    found = columns.get(letters)
                    if found is None:
                        found = columns[letters] = _column(letters)
                    column = found
                if column >= MOST_COLUMNS:
                    raise Refused
                kind, style = told.get("t", "n"), told.get("s")
                formula = False
            elif name == "v":
                taking, size = True, 0
            elif name == "t":
                taking = not phonetic
            elif name == "f":
                formula = True
            elif name == "row":
                number = _row(told.get("r"), number)
                row, column = SheetRow(number, {}, {}, told.get("hidden") in _YES), -1
            elif name == "is":
                size = 0
            elif name == "rPh":
                phonetic += 1
            elif name == "col" and told.get("hidden") in _YES:
                seen.hidden_columns.append((_row(told.get("min"), 0) - 1, _row(told.get("max"), 0) - 1))
            elif name.endswith(":worksheet"):
                prefix = name.removesuffix("worksheet")

        def end(name: str) -> None:
            nonlocal taking, phonetic, total
            if prefix:
                name = name.removeprefix(prefix)
            if name in ("v", "t"):
                taking = False
            elif name == "c":
                if parts:
                    text, problem = self._values.of(kind, style, "".join(parts))
                    parts.clear()
                    if text:
                        row.cells[column] = text
                        total += len(text)
                        if total > MOST_TEXT:
                            raise Refused
                    if problem:
                        row.problems[column] = problem
                elif formula and kind != "str":
                    # A result that is an empty text is saved as one; anything else was never worked out.
                    row.problems[column] = NOT_COMPUTED
            elif name == "row":
                if row.cells or row.problems:
                    self._rows.append(row)
            elif name == "rPh":
                phonetic -= 1

        def chars(text: str) -> None:
            nonlocal size
            if taking:
                parts.append(text)
                size += len(text)
                if size > MOST_IN_A_CELL:
                    raise Refused

        return start, end, chars


def _row(told: str | None, before: int) -> int:
    """Return the number of a row as it says, or the one after the last."""
    if told is None:
        number = before + 1
    elif told.isascii() and told.isdigit() and len(told) < 8:
        number = int(told)
    else:
        raise Refused
    if number > MOST_ROWS:
        raise Refused
    return number


def _column(letters: str) -> int:
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise Refused
    return column_number(letters.upper())


class _Values:
    """What a cell holds, as text: what a person sees, with dates in ISO 8601."""

    def __init__(self, package: Package, strings: SharedStrings) -> None:
        self._file, self._strings, self._from_1904 = package.file, strings, package.from_1904
        self._formats = {str(i): f for i, f in enumerate(formats_of(package))}
        self._dates: dict[tuple[str, str], str | None] = {}

    def of(self, kind: str, style: str | None, text: str) -> tuple[str, str | None]:
        """Return the text of a cell and what is wrong with it, by its kind and its style's number."""
        if kind == "s":
            try:
                return self._strings[int(text)], None
            except (ValueError, IndexError, OverflowError) as error:
                raise damaged(self._file) from error
        if kind == "n":
            return self._number(text, self._formats.get(style, _GENERAL) if style else _GENERAL)
        if kind == "e":
            return "", ERROR
        if kind == "b":
            return ("TRUE" if text.strip() in _YES else "FALSE"), None
        return unescaped(text), None

    def _number(self, text: str, how: Format) -> tuple[str, str | None]:
        text = text.strip()
        if not text:
            return "", None
        if how.kind is None:
            number = plain_number(text, how.zeros)
            return (number, None) if number is not None else (text, None)
        key = (text, how.kind)
        if key not in self._dates:
            if len(self._dates) >= _REMEMBERED:
                self._dates.clear()
            try:
                self._dates[key] = as_text(float(text), how.kind, self._from_1904)
            except ValueError:
                self._dates[key] = None
        date = self._dates[key]
        return (date, None) if date is not None else (text, NO_DATE)
