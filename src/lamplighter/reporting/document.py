"""A study's report as data: words, tables and pictures, before it becomes a page or a spreadsheet.

The same :class:`Report` is set as one HTML page (:mod:`html_page`), a
spreadsheet (:mod:`spreadsheet`) and CSV files (:mod:`csv_files`), so the three
cannot say different things.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lamplighter.reporting.charts.pictures import Picture
from lamplighter.reporting.words import MINUS, number

Kind: TypeAlias = Literal["text", "count", "percent", "number", "days", "ratio"]
#: A value is shown as its column says; a :class:`Mark` stands where there is none.
Value: TypeAlias = "str | int | float | Mark"

_DECIMALS: dict[Kind, int] = {"count": 0, "percent": 1, "number": 1, "days": 0, "ratio": 2}


@dataclass(frozen=True, slots=True)
class Mark:
    """Name why a cell has no number: the shorthand of government statistics, and what it stands for."""

    sign: str
    means: str

    def __str__(self) -> str:
        return self.sign


HIDDEN = Mark("[c]", "hidden, so that nobody can be recognised")
NOT_AVAILABLE = Mark("[x]", "not available: the data do not hold it")
NOT_APPLICABLE = Mark("[z]", "not applicable")
TOO_FEW = Mark("[u]", "too few cases for a figure that could be relied on")
MARKS = (HIDDEN, NOT_AVAILABLE, NOT_APPLICABLE, TOO_FEW)


#: A table of more cells than these is looked up and not read.
_MOST_CELLS = 30


@dataclass(frozen=True, slots=True)
class Column:
    """A column and how its values are shown. ``decimals`` replaces the usual number of its kind."""

    title: str
    kind: Kind = "text"
    decimals: int | None = None

    @property
    def numeric(self) -> bool:
        return self.kind != "text"

    @property
    def interval(self) -> bool:
        """Tell whether its cells are intervals, which are not broken over lines."""
        return "interval" in self.title

    def shown(self, value: Value) -> str:
        """Return the value as a reader sees it: thin spaces, a real minus sign, a percent sign."""
        if isinstance(value, str | Mark):
            return str(value)
        if isinstance(value, float) and value != value:
            raise ValueError(
                f"A value of the column {self.title!r} is not a number; give a Mark that says why."
            )
        text = number(value, self._decimals())
        return f"{text}%" if self.kind == "percent" else text

    def plain(self, value: Value) -> str:
        """Return the value as a program reads it: no spaces, no percent sign, a hyphen for minus."""
        if isinstance(value, str | Mark):
            return str(value).replace(MINUS, "-") if self.numeric else str(value)
        return f"{value:.{self._decimals()}f}"

    def _decimals(self) -> int:
        return _DECIMALS.get(self.kind, 0) if self.decimals is None else self.decimals


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``key`` names its files and sheet; ``basis`` says who is counted, in words."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    basis: str = ""
    notes: tuple[str, ...] = ()
    #: Rows that sum up the others (by place); they are set apart.
    totals: frozenset[int] = frozenset()
    #: Long tables that few will read are folded away on the screen; paper shows them.
    folded: bool = False

    def __post_init__(self) -> None:
        for place, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"Row {place} of the table {self.key!r} has {len(row)} values "
                    f"for {len(self.columns)} columns."
                )

    @property
    def behind(self) -> bool:
        """Tell whether it stands behind the pages that are read, and is reached by a link from them."""
        return self.folded or len(self.rows) * len(self.columns) > _MOST_CELLS

    def marks(self) -> tuple[Mark, ...]:
        """Return the marks that stand in this table, in the order of :data:`MARKS`."""
        used = {value.sign for row in self.rows for value in row if isinstance(value, Mark)}
        return tuple(mark for mark in MARKS if mark.sign in used)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its title and the table it was drawn from."""

    key: str
    title: str
    picture: Picture
    table: Table
    #: What a reader should see in it, in a sentence.
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """A picture of another section, shown here as well; its numbers stand there."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs of plain text."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list of points, each a sentence or two."""

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """Hold what must not be read into the figures beside it."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One large number and what it is a share or count of. ``beside`` sets a published figure next to it."""

    value: str
    label: str
    basis: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of key figures."""

    figures: tuple[KeyFigure, ...]


Block: TypeAlias = Words | Heading | Points | Caution | KeyFigures | Table | Figure | Again


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; ``appendix`` parts stand after the others and may be skipped.

    A report with a ``first`` part is set as three pages in one file: that part, for five minutes; the others,
    for fifteen; and the long tables and the appendix behind them, each reached from the other by links.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    appendix: bool = False
    first: bool = False

    def tables_behind(self) -> tuple[Table, ...]:
        """Return the tables that are looked up: long or folded ones, and those behind pictures."""
        found = [
            block.table if isinstance(block, Figure) else block
            for block in self.blocks
            if isinstance(block, Figure) or (isinstance(block, Table) and block.behind)
        ]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Report:
    """The whole. ``standing`` says whether it may leave ("Internal: not for release")."""

    title: str
    subtitle: str
    standing: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = field(default=())
    #: Where the figures come from, at the foot of the page.
    source: str = "from the bundle named above"

    def __post_init__(self) -> None:
        for keys in ([table.key for table in self.tables()], [section.key for section in self.sections]):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"Keys name files and places in the page; given twice: {', '.join(twice)}.")

    def tables(self) -> Iterator[Table]:
        """Yield every table, those behind pictures included, in the order of the page."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield block
                elif isinstance(block, Figure):
                    yield block.table

    @property
    def paged(self) -> bool:
        """Tell whether it is set as three pages: for five minutes, for fifteen, and the tables."""
        return any(section.first for section in self.sections)

    def figures(self) -> Iterator[Figure]:
        """Yield every picture, in the order of the page."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Figure))
