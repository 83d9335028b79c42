"""Results of the review, before anybody decides how they look or what may leave.

Counts are kept as linked tables of the disclosure room, so that the page for
the hub and the protected page for the world are made by one route: the first
reads the true cells, the second reads the cells that were printed. Shares and
their intervals are worked out from whichever it is, and never carried along.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from lamplighter.disclosure.tables import (
    TOTAL,
    Cell,
    Code,
    Codes,
    Curve,
    Dimension,
    Model,
    Release,
    Summary,
    Table,
)
from lamplighter.statistics.agreement.kappa import Kappa
from lamplighter.studies.review.hazard_models import Check, Hazard

NOT_RECORDED = "not_recorded"
#: Codes that say of nobody what she or he is. That nobody has one is told: it is the quality of the record.
SILENT = frozenset({NOT_RECORDED, "not_known", "N"})


@dataclass(frozen=True, slots=True)
class Field:
    """A dimension as readers meet it: its codes in order with their titles; ``parents`` makes a hierarchy."""

    name: str
    title: str
    titles: Mapping[str, str]
    parents: Mapping[str, str] = field(default_factory=dict)

    def dimension(self) -> Dimension:
        """The same for the disclosure room; "not recorded" is a code like any other."""
        codes = [Code(code, title, self.parents.get(code, TOTAL)) for code, title in self.titles.items()]
        if NOT_RECORDED not in self.titles:
            codes.append(Code(NOT_RECORDED, "Not recorded", self.parents.get(NOT_RECORDED, TOTAL)))
        return Dimension(self.name, tuple(codes), self.title)

    def title_of(self, code: str) -> str:
        """The title of a code, of the total and of what was not recorded."""
        if code == TOTAL:
            return "All"
        return self.titles.get(code, "Not recorded" if code == NOT_RECORDED else code)


@dataclass(frozen=True, slots=True)
class Count:
    """A frequency table with its words: whom it counts (``basis``) and what one of them is (``unit``)."""

    table: Table
    fields: tuple[Field, ...]
    unit: str
    basis: str
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.table.name


class Shown(Protocol):
    """Visible part of a result: everything, or what the disclosure engine printed."""

    @property
    def protected(self) -> bool:
        """Tell whether these are the printed values."""

    def count(self, table: str, codes: Codes) -> int | None:
        """The count of a cell; ``None`` when it is hidden. A cell that no table has counts nobody."""

    def curve(self, name: str) -> Sequence[tuple[float, float]] | None:
        """Steps of a curve as (day, share from 0 to 1); ``None`` when the curve is withheld."""

    def summary(self, name: str, codes: Codes) -> float | None:
        """A median or mean; ``None`` when the group is too small to show."""

    def model(self, name: str) -> Mapping[str, float] | None:
        """A model's values; ``None`` when it is withheld."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of a model for a reader: level ``label`` of ``term`` against the level that has no ratio."""

    term: str
    label: str
    n: int
    events: int
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """One model: what was asked of whom, how it was fitted, and what a reader must be told about it.

    ``values`` of the ``model`` are, for every effect by its label: ``odds``, ``low``, ``high``, ``p``,
    ``holm`` and ``points`` (average marginal effect in percentage points), named ``label|odds`` and so on.
    """

    model: Model
    title: str
    basis: str
    method: str
    effects: tuple[Effect, ...]
    flags: tuple[str, ...]
    #: The same terms as hazards, or why not; and what was asked of the model. For those inside only.
    hazards: tuple[Hazard, ...] | str = ()
    checks: tuple[Check, ...] = ()
    #: Terms that were asked for and could not be in the model, each with why.
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DaysLost:
    """Mean days up to ``horizon`` that lay after an end, each level beside its ``reference``.

    ``values`` of the ``model`` are, for every effect by its label: ``days``, ``others`` (those it is compared
    with), ``gap``, ``low`` and ``high``.
    """

    model: Model
    title: str
    basis: str
    horizon: int
    effects: tuple[Effect, ...]
    #: Characteristics that were asked for and could not be compared, each with why.
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two assessors: kappa plain and with linear weights, or ``why`` there is none.

    For those inside only: with a table it could give a hidden cell away. ``knew`` counts second assessors who
    knew the first grade, and are left out.
    """

    plain: Kappa | None
    linear: Kappa | None
    knew: int
    why: str


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """A question that the bundle cannot answer, and what it would need."""

    what: str
    title: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault that the check of the data found: how often, and what became of the rows."""

    problem: str
    reason: str
    remedy: str
    fate: str
    rows: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of an indicator of failures-and-indicators 6.2.

    ``count`` has the dimension ``result`` with the codes ``met``, ``not_met`` and ``not_recorded``; where
    ``median`` is given it is the name of a summary instead of, or beside, the count. ``read_with`` names
    the indicators it must be read with.
    """

    number: int
    part: str
    title: str
    numerator: str
    denominator: str
    count: Count | None
    median: str | None = None
    read_with: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"i{self.number}{self.part}"


@dataclass(frozen=True, slots=True)
class Found:
    """Everything the review found in one bundle."""

    counts: Mapping[str, Count]
    curves: Mapping[str, Curve]
    summaries: Mapping[str, Summary]
    fits: Mapping[str, Fit]
    indicators: tuple[Indicator, ...]
    not_answered: tuple[NotAnswered, ...]
    flags: tuple[str, ...]
    limits: Mapping[str, Sequence[tuple[float, float, float]]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    days: tuple[DaysLost, ...] = ()
    agreement: Agreement | None = None
    #: Measures that the force does not hold, by the name of the table that they would have been.
    not_held: Mapping[str, NotAnswered] = field(default_factory=dict)
    #: Models that could not be fitted, each with its title and why.
    not_fitted: tuple[str, ...] = ()

    @property
    def models(self) -> Mapping[str, Model]:
        """Everything that was fitted, by name."""
        every = [*(fit.model for fit in self.fits.values()), *(own.model for own in self.days)]
        return {model.name: model for model in every}

    def release(self, name: str, title: str, edition: str) -> Release:
        """All of it as one release for the disclosure room."""
        every = [*self.counts.values(), *(i.count for i in self.indicators if i.count is not None)]
        fields: dict[str, Field] = {}
        for count in every:
            for own in count.fields:
                if fields.setdefault(own.name, own).titles != own.titles:
                    raise ValueError(f"The dimension {own.name!r} is given with two lists of codes.")
        used = {name for summary in self.summaries.values() for name in summary.dimensions}
        return Release(
            name=name,
            title=title,
            edition=edition,
            dimensions=tuple(own.dimension() for own in fields.values()),
            tables=tuple({count.name: count.table for count in every}.values()),
            curves=tuple(self.curves.values()),
            summaries=tuple(s for s in self.summaries.values() if used <= fields.keys()),
            models=tuple(self.models.values()),
        )


@dataclass(frozen=True)
class Everything:
    """True values, for those who may see everything."""

    found: Found
    protected: bool = False

    def count(self, table: str, codes: Codes) -> int | None:
        """See :class:`Shown`."""
        counts = {i.count.name: i.count for i in self.found.indicators if i.count is not None}
        own = counts.get(table) or self.found.counts[table]
        cell = own.table.cells.get(codes)
        return int(cell.value) if cell else 0

    def curve(self, name: str) -> Sequence[tuple[float, float]] | None:
        """See :class:`Shown`."""
        own = self.found.curves[name]
        return list(zip(own.times, own.estimate, strict=True))

    def summary(self, name: str, codes: Codes) -> float | None:
        """See :class:`Shown`."""
        return self.found.summaries[name].rows[codes][0]

    def model(self, name: str) -> Mapping[str, float] | None:
        """See :class:`Shown`."""
        return self.found.models[name].values


#: Counts of a review that must tell nothing of a single case are shown to the nearest of these.
NEAREST = 5


@dataclass(frozen=True)
class Rounded(Everything):
    """Rounded values, for readers of a review of few cases: no count that one case more or less would move.

    Counts are to the nearest five, and one to four are not shown; medians are to the nearest five days.
    Curves and models, in which a single case can be read, are withheld.
    """

    protected: bool = True

    def count(self, table: str, codes: Codes) -> int | None:
        """See :class:`Shown`; ``None`` for one to four."""
        whole = super().count(table, codes)
        if whole is None or 0 < whole < NEAREST:
            return None
        return NEAREST * ((whole + NEAREST // 2) // NEAREST)

    def curve(self, name: str) -> Sequence[tuple[float, float]] | None:
        """Withheld."""
        return None

    def summary(self, name: str, codes: Codes) -> float | None:
        """See :class:`Shown`."""
        value = super().summary(name, codes)
        return None if value is None else float(NEAREST * round(value / NEAREST))

    def model(self, name: str) -> Mapping[str, float] | None:
        """Withheld."""
        return None


def counted(
    frame: pl.DataFrame,
    name: str,
    title: str,
    fields: Sequence[Field],
    *,
    measure: str,
    unit: str,
    basis: str,
    notes: tuple[str, ...] = (),
    as_at: str = "",
    not_asked: frozenset[str] = frozenset(),
) -> Count:
    """Count the rows of ``frame`` by the columns that ``fields`` name, with every margin.

    An empty cell is "not recorded". Codes that are ``not_asked`` are no counts of nobody. Raises
    ``ValueError`` for a value that a field does not list.
    """
    columns = [own.name for own in fields]
    filled = frame.select(
        pl.col(column).cast(pl.String).fill_null(NOT_RECORDED).alias(column) for column in columns
    )
    for own in fields:
        strange = set(filled[own.name].unique()) - set(own.titles) - {NOT_RECORDED}
        if strange:
            raise ValueError(f"The field {own.name!r} of {name!r} has values that it does not list.")
    cells: dict[Codes, int] = {}
    ways: list[list[str]] = [[]]
    for column in columns:
        ways += [[*way, column] for way in ways]
    for way in ways:
        rows = filled.group_by(way).len().iter_rows() if way else [(filled.height,)]
        for row in rows:
            held = dict(zip(way, row[:-1], strict=True))
            cells[tuple(held.get(column, TOTAL) for column in columns)] = int(row[-1])
    # A code that nobody has is a count of nobody, and is protected as one; so is a group none of whom has it.
    silent = SILENT | not_asked
    listed = [[TOTAL, *(code for code in own.titles if code not in silent)] for own in fields]
    for codes in itertools.product(*listed):
        cells.setdefault(codes, 0)
    ordered = dict(sorted(cells.items()))
    table = Table(
        name=name,
        title=title,
        measure=measure,
        dimensions=tuple(columns),
        cells={codes: Cell(value) for codes, value in ordered.items()},
        as_at=as_at,
    )
    return Count(table, tuple(fields), unit, basis, notes)
