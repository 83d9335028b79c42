"""Every measure of every force in one period: found once, for the page, its tables and a public scorecard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import polars as pl

from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.forces.comparability import Sizes, sizes_of, why_not
from lamplighter.studies.forces.counts import Counts
from lamplighter.studies.forces.funnel import FEWEST_FORCES, Funnel, funnel, kept, limits
from lamplighter.studies.forces.measures import Measure, Settings, measures, settings

Period: TypeAlias = tuple[dt.date, dt.date]
#: A rate is for so many crimes of all kinds.
PER = 1000


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of one force. ``value`` is per cent, or for every 1,000; ``None`` where there is none.

    ``outside`` is -1 below the limits, 1 above, and 0 inside or not compared; ``reasons`` say why not.
    """

    force: str
    x: int
    n: int
    value: float | None
    low: float | None
    high: float | None
    reasons: tuple[str, ...]
    outside: int = 0

    @property
    def compared(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure: every force in alphabetical order, all together, and what they say.

    ``differ`` tells whether forces differ by more than chance, after all tests of the page. ``period`` is set
    where one of several periods is looked at by itself.
    """

    measure: Measure
    cells: tuple[Cell, ...]
    country: Cell
    funnel: Funnel | None
    differ: bool
    period: Period | None = None

    @property
    def centre(self) -> float | None:
        return None if self.funnel is None else self.funnel.centre * self.scale

    @property
    def scale(self) -> float:
        """Return what a share is multiplied by to be shown."""
        return PER if self.measure.is_rate else 100.0

    @property
    def outside(self) -> tuple[Cell, ...]:
        return tuple(c for c in self.cells if c.outside)

    def limits_at(self, n: list[float], level: float) -> tuple[list[float], list[float]]:
        """Return the limits, as shown, for forces of the sizes ``n``."""
        assert self.funnel is not None
        low, high = limits(self.funnel, np.asarray(n), level)
        return [float(v) * self.scale for v in low], [float(v) * self.scale for v in high]


@dataclass(frozen=True)
class Comparison:
    """All that a page says of forces beside one another."""

    counts: Counts
    measures: tuple[Compared, ...]
    sizes: dict[str, Sizes]
    limits: Settings
    #: Every measure in each period by itself, where there are several.
    apart: tuple[Compared, ...] = ()

    @property
    def flags_any(self) -> bool:
        """Tell whether anything on the page is said to differ."""
        return any(m.differ or m.outside for m in (*self.measures, *self.apart))

    def of(self, name: str) -> Compared:
        """Return one measure. Raises ``StopIteration`` for one that the data do not allow."""
        return next(m for m in self.measures if m.measure.name == name)


def compare(counts: Counts, choices: Settings | None = None) -> Comparison:
    """Return every measure that the counts allow, with one family of tests for the whole page."""
    own = choices or settings()
    several = counts.periods if len(counts.periods) > 1 else ()
    # What is flagged by chance is shared out: half to all periods together, half to each by itself.
    level = own.page_level / (2 if several else 1)
    together = _family([(None, counts)], level, own)
    apart = _family([(period, _only(counts, period)) for period in several], level, own)
    return Comparison(counts, tuple(together), sizes_of(counts), own, tuple(apart))


def _only(counts: Counts, period: Period) -> Counts:
    """Return the counts of one period. A force without a row in it is there, and has nothing to compare."""
    own = counts.frame.filter((pl.col("first") == period[0]) & (pl.col("last") == period[1]))
    return replace(counts, frame=own, all_crimes=None, periods=(period,), earlier=None)


def _family(each: list[tuple[Period | None, Counts]], level: float, own: Settings) -> list[Compared]:
    """Return every measure of each of the counts, with one family of tests for all of them."""
    made: list[tuple[Period | None, Measure, list[Cell], Cell]] = []
    for period, counts in each:
        sizes = sizes_of(counts)
        for measure in measures(of_reports=counts.of_rows):
            both = _cells(measure, counts, sizes, own)
            if both is not None:
                made.append((period, measure, *both))
    return tested(made, level, own)


def tested(
    made: Sequence[tuple[Period | None, Measure, list[Cell], Cell]], level: float, own: Settings
) -> list[Compared]:
    """Return measures with their limits and what is outside them, with one family of tests for all."""
    # Half of the level is for the tests whether forces differ, half for single forces.
    half = level / 2
    funnels = [_funnel(m, cells, half / len(made), own) for _, m, cells, _ in made]
    there = [f for f in funnels if f is not None]
    differ = iter(kept([f.differ for f in there], half))
    stands = iter(kept([p for f in there for p in f.p], half))
    found = []
    for (period, measure, cells, country), this in zip(made, funnels, strict=True):
        if this is None:
            found.append(Compared(measure, tuple(cells), country, None, False, period))
            continue
        placed = tuple(_placed(c, this, next(stands)) if c.compared else c for c in cells)
        found.append(Compared(measure, placed, country, this, next(differ), period))
    return found


def _funnel(measure: Measure, cells: list[Cell], level: float, own: Settings) -> Funnel | None:
    there = [c for c in cells if c.compared]
    if len(there) < FEWEST_FORCES or not sum(c.x for c in there):
        return None
    return funnel(
        [c.x for c in there],
        [c.n for c in there],
        rate=measure.is_rate,
        level=level,
        winsorised=own.winsorised,
    )


def _placed(cell: Cell, found: Funnel, stands: bool) -> Cell:
    if not stands:
        return cell
    above = cell.x / cell.n > found.centre
    return Cell(cell.force, cell.x, cell.n, cell.value, cell.low, cell.high, cell.reasons, 1 if above else -1)


def _cells(
    measure: Measure, counts: Counts, sizes: dict[str, Sizes], own: Settings
) -> tuple[list[Cell], Cell] | None:
    """Return a cell for each force, and one for all; ``None`` when the data do not have the measure."""
    frame = counts.frame.filter(pl.col("basis") == measure.basis)
    if measure.basis == "assigned":
        frame = frame.filter(pl.col("outcome") != "0")
    if not frame.height:
        return None
    counted = pl.col("outcome").is_in(list(measure.outcomes))
    sums = frame.group_by("force").agg(
        (pl.col("count") if measure.is_rate else pl.col("count").filter(counted)).sum().alias("x"),
        pl.col("count").sum().alias("n"),
    )
    if measure.is_rate:
        if counts.all_crimes is None:
            return None
        sums = sums.drop("n").join(counts.all_crimes.rename({"count": "n"}), on="force", how="left")
    held = {force: (int(x), int(n or 0)) for force, x, n in sums.select("force", "x", "n").iter_rows()}
    if not measure.is_rate and not sum(x for x, _ in held.values()):
        return None
    cells = []
    for force in counts.forces:
        x, n = held.get(force, (0, 0))
        reasons = why_not(measure, x, n, sizes[force], counts, force, own)
        cells.append(_cell(measure, force, x, n, reasons, own))
    x, n = (sum(c[i] for c in held.values()) for i in (0, 1))
    return cells, _cell(measure, "All forces together", x, n, (), own)


def _cell(measure: Measure, force: str, x: int, n: int, reasons: tuple[str, ...], own: Settings) -> Cell:
    if n <= 0 or x < 0:
        return Cell(force, x, n, None, None, None, reasons)
    if measure.is_rate:
        return Cell(force, x, n, PER * x / n, None, None, reasons)
    said = wilson(x, n, confidence=own.intervals)
    return Cell(force, x, n, 100 * x / n, 100 * float(said.lower), 100 * float(said.upper), reasons)
