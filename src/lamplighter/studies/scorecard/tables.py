"""Tables of the site, and the one way in which a number gets onto a page: as the cell of a table.

``Book.cell`` writes ``<data value="13.6700" data-cell="data/figures.csv#charged.all.2018-19/value">13.7%
</data>`` from the cell itself, so that a page cannot say another number than its table.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup, escape

from lamplighter.reporting.words import day, month, number

Row: TypeAlias = Mapping[str, object]
Ref: TypeAlias = tuple[str, str, str]
"""Table, key and column of a cell."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NUMERAL = re.compile(r"\d[\d,\u2009]*(?:\.\d+)?")
_SHOWN = re.compile(r"[\u2212\d\u2009.%]+")
DECIMALS = 4  # of a figure in a table


@dataclass(frozen=True)
class Table:
    """One CSV file. Its first column is ``id``; ``columns`` have a description each.

    ``bound``: each row names its measure and its source, and is held against both.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    rows: tuple[Row, ...]
    bound: bool = False

    @property
    def path(self) -> str:
        return f"data/{self.name}.csv"

    def csv(self) -> str:
        """Return the table as CSV (RFC 4180): a header row, plain numbers, empty where nothing is known."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows([plain(row.get(column)) for column in self.columns] for row in self.rows)
        return out.getvalue()

    def kind(self, column: str) -> str:
        """Return the type of a column, as a Data Package names it."""
        held = {type(row.get(column)) for row in self.rows if row.get(column) is not None}
        if held == {int}:
            return "integer"
        if held and held <= {int, float}:
            return "number"
        return "date" if held == {dt.date} else "string"


def plain(value: object) -> str:
    """Return a value as its cell holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # A minus nought is a nought.
        return f"{value + 0.0:.{DECIMALS}f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    # What a spreadsheet would take for a formula stays a text.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


class Book:
    """Every table of a site, and elements that show their cells."""

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        self.tables: dict[str, Table] = {}
        self._cells: dict[str, dict[str, Row]] = {}
        for table in tables:
            self.add(table)

    def add(self, table: Table) -> None:
        """Add a table. Raises ``ValueError`` for a name or a key that is there, or is none."""
        rows = {str(row["id"]): row for row in table.rows}
        bad = [key for key in rows if not _KEY.fullmatch(key)]
        if table.name in self.tables or len(rows) != len(table.rows) or bad:
            raise ValueError(
                f"{table.path}: the table, or a key in it, is there twice or is no key: {bad[:2]}."
            )
        self.tables[table.name] = table
        self._cells[table.name] = rows

    def row(self, table: str, key: str) -> Row:
        """Return a row. Raises ``KeyError``."""
        return self._cells[table][key]

    def has(self, table: str, key: str) -> bool:
        return key in self._cells.get(table, {})

    def cell(self, ref: Ref, decimals: int = 0, suffix: str = "") -> Markup:
        """Return the element that shows a number. Raises ``KeyError`` and, for no number, ``TypeError``."""
        return self._element(ref, self.shown(ref, decimals) + suffix)

    def shown(self, ref: Ref, decimals: int = 0) -> str:
        """Return the number of a cell as a page shows it."""
        value = self.row(ref[0], ref[1])[ref[2]]
        if not isinstance(value, int | float):
            raise TypeError(f"{ref} is no number.")
        # What is shown is rounded from what the table holds, not from what it was worked out from.
        return number(float(plain(value)), decimals)

    def text(self, ref: Ref) -> Markup:
        """Return words of a cell; as an element of the cell where they hold a digit."""
        words = plain(self.row(ref[0], ref[1]).get(ref[2]))
        return self._element(ref, words) if re.search(r"\d", words) else escape(words)

    def figure(self, ref: Ref) -> Markup:
        """Return a cell of text as :meth:`text` does; a number in it as a page shows numbers."""
        words = plain(self.row(ref[0], ref[1]).get(ref[2]))
        if not re.fullmatch(r"-?\d+(?:\.\d+)?", words):
            return self.text(ref)
        return self._element(ref, number(float(words), 1 if "." in words else 0))

    def linked(self, words: str, offered: Sequence[tuple[Ref, int]]) -> Markup:
        """Return words with each number in them as the first cell offered that shows it.

        Raises ``ValueError`` for a number that no cell shows.
        """
        out, at = Markup(""), 0
        for found in _NUMERAL.finditer(words):
            ref = next((r for r, d in offered if self._is_number(r) and self.shown(r, d) == found[0]), None)
            if ref is None:
                raise ValueError(f"No cell is offered for {found[0]} in: {words}")
            out += escape(words[at : found.start()]) + self._element(ref, found[0])
            at = found.end()
        return out + escape(words[at:])

    def _is_number(self, ref: Ref) -> bool:
        return isinstance(self.row(ref[0], ref[1]).get(ref[2]), int | float)

    def _element(self, ref: Ref, shown: str) -> Markup:
        table, key, column = ref
        value = plain(self.row(table, key)[column])
        place = f"{self.tables[table].path}#{key}/{column}"
        kind = Markup(' class="num"') if _SHOWN.fullmatch(shown) else Markup("")
        return Markup('<data{} value="{}" data-cell="{}">{}</data>').format(kind, value, place, shown)


def on_day(date: dt.date) -> Markup:
    """Return the element of a day: '3 May 2026'."""
    return Markup('<time datetime="{}">{}</time>').format(date.isoformat(), day(date))


def in_month(date: dt.date) -> Markup:
    """Return the element of a month: 'May 2026'."""
    return Markup('<time datetime="{}">{}</time>').format(date.isoformat()[:7], month(date))


def edition_words(edition: str) -> Markup:
    """Return the element of an edition: '2020-01' as 'January 2020'."""
    if len(edition) == 7:
        return in_month(dt.date.fromisoformat(f"{edition}-01"))
    return on_day(dt.date.fromisoformat(edition))


def in_year(code: str) -> Markup:
    """Return the element of a financial year: '2018-19' as '2018/19'."""
    return Markup('<time datetime="{}">{}</time>').format(code[:4], code.replace("-", "/"))


def an_id(text: str) -> Markup:
    """Return the element of an id, a hash or a code."""
    return Markup("<code>{}</code>").format(text)
