"""Small releases for the tests: a cross table from its inner cells, and a print that follows no rule."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.profiles import Profile, profile
from lamplighter.disclosure.tables import TOTAL, Cell, Code, Codes, Dimension, Release, Table

POLICE = profile("police-victim")
EXACT = replace(POLICE, base=1, rounding="none")
COURTS = profile("moj-convictions")


def flat(name: str, *codes: str) -> Dimension:
    """A dimension whose codes make up the total."""
    return Dimension(name, tuple(Code(code) for code in codes))


def cross(
    name: str,
    dimensions: Sequence[Dimension],
    inner: Mapping[Codes, int],
    measure: str = "reports",
    **more: Any,
) -> Table:
    """A table with all its margins, regions included, from the counts of its inner cells."""
    cells: dict[Codes, float] = {}
    everything = [[TOTAL, *(code.code for code in dim.codes)] for dim in dimensions]
    for codes in itertools.product(*everything):
        cells[codes] = 0
    for codes, count in inner.items():
        lines = [dim.line_of(code) for code, dim in zip(codes, dimensions, strict=True)]
        for cell in itertools.product(*lines):
            cells[cell] += count
    counted = {codes: Cell(float(value)) for codes, value in cells.items()}
    return Table(name, name.title(), "reports", tuple(d.name for d in dimensions), counted, **more)


def release(dimensions: Sequence[Dimension], *tables: Table, name: str = "spring", **more: Any) -> Release:
    """A release of these tables."""
    return Release(name, name.title(), f"2026-{name}", tuple(dimensions), tables, **more)


def as_printed(
    source: Release,
    rules: Profile,
    hide: Mapping[str, Collection[Codes]],
    *,
    show: Mapping[str, Mapping[Codes, float]] | None = None,
    shares: Mapping[str, Mapping[Codes, float]] | None = None,
) -> Printed:
    """A print in which just these cells are hidden, whether that is safe or not; ``show`` changes figures."""
    tables = []
    for table in source.tables:
        counts: dict[Codes, float | None] = {}
        for codes, cell in table.cells.items():
            shown = (show or {}).get(table.name, {}).get(codes, cell.value)
            counts[codes] = None if codes in hide.get(table.name, ()) else shown
        tables.append(
            PrintedTable(
                table.name,
                table.title,
                table.measure,
                table.dimensions,
                counts,
                (shares or {}).get(table.name, {}),
                table.kind,
                table.as_at,
                table.grows,
                table.percent_of,
                table.decimals,
            )
        )
    return Printed(
        source.name,
        source.title,
        source.edition,
        source.dimensions,
        tuple(tables),
        (),
        (),
        (),
        rules.published(),
        source.quoted,
    )
