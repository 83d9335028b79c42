"""Hold what is printed: the same tables with hidden cells and nothing that says why a cell is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lamplighter.disclosure.tables import Codes, Correction, Dimension

#: How a hidden cell is printed, whichever rule hid it ("c" for confidential, as government tables have it).
HIDDEN = "[c]"


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table as printed; ``None`` is a hidden cell. ``percentages`` is empty when there are none.

    ``left_out`` names cells without a line that do hold somebody, so that nobody takes them for empty.
    """

    name: str
    title: str
    measure: str
    dimensions: tuple[str, ...]
    counts: Mapping[Codes, float | None]
    percentages: Mapping[Codes, float | None]
    kind: Literal["count", "magnitude"] = "count"
    as_at: str = ""
    grows: bool = False
    percent_of: tuple[str, ...] = ()
    decimals: int = 0
    left_out: tuple[Codes, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedCurve:
    """A curve of merged steps: events in each step and people at risk are rounded."""

    name: str
    title: str
    kind: Literal["survival", "incidence"]
    times: tuple[float, ...]
    events: tuple[int, ...]
    at_risk: tuple[int, ...]
    estimate: tuple[float, ...]
    decimals: int = 3


@dataclass(frozen=True, slots=True)
class PrintedSummary:
    """Means, medians or quantiles; ``None`` is a hidden one."""

    name: str
    title: str
    measure: str
    dimensions: tuple[str, ...]
    statistic: Literal["mean", "median", "quantile"]
    rows: Mapping[Codes, float | None]
    as_at: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class PrintedModel:
    """A model's results, or ``None`` when they are withheld."""

    name: str
    title: str
    values: Mapping[str, float] | None
    decimals: int = 3


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that leaves, with the rules it was made by. Nothing else of a release ever leaves."""

    name: str
    title: str
    edition: str
    dimensions: tuple[Dimension, ...]
    tables: tuple[PrintedTable, ...]
    curves: tuple[PrintedCurve, ...]
    summaries: tuple[PrintedSummary, ...]
    models: tuple[PrintedModel, ...]
    rules: Mapping[str, Any]
    quoted: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
