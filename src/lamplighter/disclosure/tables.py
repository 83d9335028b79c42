"""Linked tables as they are before anybody decides what may leave: dimensions, cells, curves, summaries.

Two cells are one and the same unknown when they count the same ``measure``, in the same state of the data
(``as_at``), with the same codes; a dimension that a table does not have, or the code ``all``, stands for
the total. So margins that several tables share are shared without anybody saying so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lamplighter.disclosure.errors import TablesNotValid

#: The code for the total of a dimension, in every table.
TOTAL = "all"
LIST_IT = "List it."
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

#: The codes of one cell, in the order of its table's dimensions.
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a dimension.

    ``parent`` is the code that this one is part of: ``all``, another code (a force in its region), or
    ``None`` for one that stands apart from the sum. The children of a code add up to it. ``within`` names
    a code that holds this one without being its sum: an old boundary within a new one, "to March" within
    "to June". What lies between the two can be had by subtraction, so it is protected too.
    """

    code: str
    label: str = ""
    parent: str | None = TOTAL
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """A named list of codes. Its total is always there and is not listed."""

    name: str
    codes: tuple[Code, ...]
    title: str = ""

    def __post_init__(self) -> None:
        known = {code.code for code in self.codes}
        where = f"dimension {self.name}"
        if TOTAL in known or len(known) != len(self.codes):
            raise TablesNotValid(
                "A code is listed twice, or is the total.",
                where=where,
                remedy=f"List each once, never {TOTAL!r}.",
            )
        parents = {code.code: code.parent for code in self.codes}
        for code in self.codes:
            if code.parent not in (None, TOTAL) and code.parent not in known:
                raise TablesNotValid("A code has a parent that is not listed.", where=where, remedy=LIST_IT)
            if code.within is not None and (code.within not in known or code.within == code.code):
                raise TablesNotValid(
                    "A code lies within one that is not listed.", where=where, remedy=LIST_IT
                )
            above, seen = code.parent, {code.code}
            while above not in (None, TOTAL):
                if above in seen:
                    raise TablesNotValid("A code is its own ancestor.", where=where, remedy="Mend the tree.")
                seen.add(str(above))
                above = parents[str(above)]
        self.around()

    def around(self) -> dict[str, tuple[str, ...]]:
        """For each code the codes that hold it without being its sum, the nearest first."""
        within = {code.code: code.within for code in self.codes}
        found: dict[str, tuple[str, ...]] = {}
        for code in within:
            line: list[str] = []
            outer = within[code]
            while outer is not None:
                if outer in line or outer == code:
                    raise TablesNotValid("Two codes lie within each other.", where=f"dimension {self.name}")
                line.append(outer)
                outer = within[outer]
            found[code] = tuple(line)
        return found

    def line_of(self, code: str) -> list[str]:
        """Return the code, what it is part of, and so on up to the total, or to a code that stands apart."""
        if code == TOTAL:
            return [code]
        parents = {c.code: c.parent for c in self.codes}
        line, above = [code], parents[code]
        while above is not None:
            line.append(above)
            above = parents.get(above)
        return line


@dataclass(frozen=True, slots=True)
class Correction:
    """Figures that were put right: the state ``after`` differs from ``before`` only where ``cells`` touch.

    Each of ``cells`` gives a code for some dimensions. A figure that shares nobody with any of them is the
    same in both states, and whoever reads that something was corrected knows it.
    """

    measure: str
    before: str
    after: str
    cells: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A true count, or for a magnitude the true sum with what its dominance rules need.

    ``contributors`` is how many people stand behind a magnitude, ``largest`` and ``second`` what the two
    largest of them add.
    """

    value: float
    contributors: int | None = None
    largest: float = 0.0
    second: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """A cross table of one measure.

    ``as_at`` says the state of the data (a date, or empty when the data are never revised); ``grows`` that
    a later state only ever adds to an earlier one. ``percent_of`` names dimensions: the base of each
    percentage is the cell with these at their totals; empty for no percentages.
    """

    name: str
    title: str
    measure: str
    dimensions: tuple[str, ...]
    cells: Mapping[Codes, Cell]
    kind: Literal["count", "magnitude"] = "count"
    as_at: str = ""
    grows: bool = False
    percent_of: tuple[str, ...] = ()
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """A step curve: at ``times`` (days), how many events, how many still at risk just before, the estimate.

    ``survival`` falls from 1; ``incidence`` rises from 0 and is one of several competing outcomes.
    """

    name: str
    title: str
    kind: Literal["survival", "incidence"]
    times: tuple[float, ...]
    events: tuple[int, ...]
    at_risk: tuple[int, ...]
    estimate: tuple[float, ...]
    decimals: int = 3

    def __post_init__(self) -> None:
        if len({len(self.times), len(self.events), len(self.at_risk), len(self.estimate)}) != 1:
            raise TablesNotValid("The columns of a curve differ in length.", where=self.name)
        if list(self.times) != sorted(set(self.times)):
            raise TablesNotValid("The times of a curve must rise.", where=self.name)


@dataclass(frozen=True, slots=True)
class Summary:
    """A mean, a median or a quantile for each group: ``rows`` has codes to (value, size of the group)."""

    name: str
    title: str
    measure: str
    dimensions: tuple[str, ...]
    statistic: Literal["mean", "median", "quantile"]
    rows: Mapping[Codes, tuple[float, int]]
    as_at: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """Results of a model: how many people, how many parameters, the smallest level in either outcome."""

    name: str
    title: str
    people: int
    parameters: int
    smallest_level: int
    values: Mapping[str, float] = field(default_factory=dict)
    decimals: int = 3

    @property
    def residual_df(self) -> int:
        """Residual degrees of freedom."""
        return self.people - self.parameters


@dataclass(frozen=True, slots=True)
class Release:
    """Everything that is to leave together, with the truth in it. Never leaves itself.

    ``quoted`` has figures that others published, by source: texts and charts may repeat them. ``answers``
    says why what looks like a part or a period is none (see :mod:`~lamplighter.disclosure.looks`).
    ``corrections`` say what differs from a state of the data that was printed before.
    """

    name: str
    title: str
    edition: str
    dimensions: tuple[Dimension, ...]
    tables: tuple[Table, ...]
    curves: tuple[Curve, ...] = ()
    summaries: tuple[Summary, ...] = ()
    models: tuple[Model, ...] = ()
    quoted: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        names = [t.name for t in self.tables] + [c.name for c in self.curves]
        names += [s.name for s in self.summaries] + [m.name for m in self.models]
        if len(set(names)) != len(names) or not all(NAME.fullmatch(name) for name in (self.name, *names)):
            raise TablesNotValid(
                "A name is used twice or is not plain.",
                where=self.name,
                remedy="Use lowercase letters, digits, - and _; each once.",
            )
        for table in self.tables:
            self._check(table.name, table.dimensions, table.cells)
            odd = [
                cell
                for cell in table.cells.values()
                if cell.value < 0 or (table.kind == "count" and cell.value != int(cell.value))
            ]
            if odd or not set(table.percent_of) <= set(table.dimensions):
                raise TablesNotValid(
                    "A count is not a whole number, or a base no dimension.", where=table.name
                )
        for summary in self.summaries:
            self._check(summary.name, summary.dimensions, summary.rows)
        for correction in self.corrections:
            self._check_correction(correction)

    def _check_correction(self, correction: Correction) -> None:
        """See that a correction names cells that there are, in tables of the state after it."""
        where = f"correction of {correction.measure} as at {correction.after or 'no date'}"
        mine = [t for t in self.tables if t.measure == correction.measure and t.as_at == correction.after]
        if not mine or not correction.before < correction.after:
            raise TablesNotValid(
                "No table holds the state after the correction, or it is not later than the one before.",
                where=where,
                remedy="Give the corrected tables the date of their data in as_at, named under “after”.",
            )
        if any(t.grows for t in mine):
            raise TablesNotValid(
                "A measure that only grows cannot be corrected.", where=where, remedy="Take “grows” out."
            )
        known = {dim.name: {code.code for code in dim.codes} for dim in self.dimensions}
        if not correction.cells or not all(
            cell and all(code in known.get(name, ()) for name, code in cell) for cell in correction.cells
        ):
            raise TablesNotValid(
                "A corrected cell has no codes, or one that no dimension has.",
                where=where,
                remedy=f"Name the smallest figures corrected, by dimension and code, never {TOTAL!r}.",
            )

    def _check(self, where: str, dimensions: tuple[str, ...], cells: Mapping[Codes, object]) -> None:
        known = {dim.name: {TOTAL, *(code.code for code in dim.codes)} for dim in self.dimensions}
        missing = [name for name in dimensions if name not in known]
        if missing:
            raise TablesNotValid(f"No dimension is called {missing[0]}.", where=where, remedy=LIST_IT)
        for codes in cells:
            if len(codes) != len(dimensions):
                raise TablesNotValid("A cell has too many or too few codes.", where=where)
            for name, code in zip(dimensions, codes, strict=True):
                if code not in known[name]:
                    raise TablesNotValid(f"A cell uses a code that dimension {name} has not.", where=where)
