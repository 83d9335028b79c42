"""Events that the hub knows of from the reports themselves and from decisions about who belongs together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from lamplighter.hub.insight.export.held import Held
from lamplighter.hub.insight.export.reports import ALLEGATIONS, LONDON

#: Kinds that are looked for in every export.
OF_REPORTS = ("classification", "later_report", "outcome", "report_linked", "suspect_named")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a report. ``mark`` tells it from every other of its kind; ``at`` is local wall-clock."""

    kind: str
    report: str
    mark: str
    at: dt.datetime | None
    precision: str | None = None
    code: str | None = None
    status: str | None = None
    rest: dict[str, Any] = field(default_factory=dict)


def of_reports(
    held: Held, everything: pl.DataFrame, picked: pl.DataFrame, period_to: dt.date
) -> Iterator[Event]:
    """Every event of the picked reports. ``picked`` is a part of ``everything`` (both as ``with_people``)."""
    yield from _classified(held, picked)
    yield from _outcomes(held, picked)
    yield from _named(everything, picked)
    yield from _linked(held, everything, picked)
    yield from _later(everything, picked, period_to)


def _changes(held: Held, picked: pl.DataFrame, column: str) -> Iterator[tuple[dict[str, Any], bool]]:
    """Versions in which ``column`` has a value that the version before had not; whether it is the first."""
    versions = held.versions.join(
        picked.select("report_id", "start", "precision"), on="report_id", how="inner"
    )
    told = versions.sort("report_id", "version").with_columns(
        before=pl.col(column).shift(1).over("report_id"), place=pl.int_range(pl.len()).over("report_id")
    )
    new = told.filter(pl.col(column).is_not_null() & pl.col(column).ne_missing(pl.col("before")))
    for row in new.with_columns(
        received=pl.col("received_at")
        .dt.convert_time_zone(LONDON)
        .dt.replace_time_zone(None)
        .dt.truncate("1d")
    ).iter_rows(named=True):
        yield row, row["place"] == 0


def _classified(held: Held, picked: pl.DataFrame) -> Iterator[Event]:
    """As first received: when the agency was told. Each change: the day on which the hub received it."""
    for row, first in _changes(held, picked, "recorded_as"):
        at, precision = (row["start"], row["precision"]) if first else (row["received"], "day")
        yield Event(
            "classification", row["report_id"], f"{row['id']}", at, precision, row["recorded_as"], "principal"
        )


def _outcomes(held: Held, picked: pl.DataFrame) -> Iterator[Event]:
    """An outcome that came with the first version was reached at some time before: it is not dated."""
    for row, first in _changes(held, picked, "outcome"):
        at, precision = (None, None) if first else (row["received"], "day")
        yield Event("outcome", row["report_id"], f"{row['id']}", at, precision, row["outcome"])


def _named(everything: pl.DataFrame, picked: pl.DataFrame) -> Iterator[Event]:
    """With the report where it has the name itself, or with the first report that has."""
    first = (
        everything.filter(pl.col("suspect_named_here") & pl.col("suspect_id").is_not_null())
        .sort("start")
        .unique("suspect_id", keep="first", maintain_order=True)
        .select("suspect_id", named_on="start", named_precision="precision")
    )
    known = picked.join(first, on="suspect_id", how="inner", maintain_order="left")
    for row in known.iter_rows(named=True):
        here = row["suspect_named_here"] or row["named_on"] <= row["start"]
        at, precision = (
            (row["start"], row["precision"]) if here else (row["named_on"], row["named_precision"])
        )
        yield Event("suspect_named", row["report_id"], "named", at, precision)


def _linked(held: Held, everything: pl.DataFrame, picked: pl.DataFrame) -> Iterator[Event]:
    """Somebody decided that reports make one course of conduct: each is linked to the first of them."""
    starts = {r["report_id"]: r["start"] for r in everything.iter_rows(named=True)}
    inside = set(picked["report_id"])
    done: set[str] = set()
    decided = held.decisions.filter(pl.col("kind") == "course_of_conduct").sort("at")
    for row in decided.iter_rows(named=True):
        reports = sorted((r for r in row["report_ids"] or () if r in starts), key=lambda r: (starts[r], r))
        for report in reports[1:]:
            if report in inside and report not in done:
                done.add(report)
                at = row["at"].astimezone(_zone()).replace(tzinfo=None, second=0, microsecond=0)
                yield Event(
                    "report_linked",
                    report,
                    row["course_id"],
                    max(at, starts[report]),
                    "minute",
                    rest={"refers_to": ("report", reports[0])},
                )


def _later(everything: pl.DataFrame, picked: pl.DataFrame, period_to: dt.date) -> Iterator[Event]:
    """Allegations after the period against somebody in it, each with their newest report in the bundle."""
    newest = (
        picked.filter(pl.col("suspect_id").is_not_null())
        .sort("start", "report_id")
        .unique("suspect_id", keep="last", maintain_order=True)
        .select("suspect_id", report="report_id", victim="victim_id")
    )
    later = everything.filter(
        (pl.col("start").dt.date() > period_to) & pl.col("recorded_as").is_in(ALLEGATIONS)
    ).join(newest, on="suspect_id", how="inner", maintain_order="left")
    for row in later.iter_rows(named=True):
        same = row["victim_id"] == row["victim"] if row["victim_id"] and row["victim"] else None
        answer = None if same is None else "yes" if same else "no"
        yield Event(
            "later_report",
            row["report"],
            row["report_id"],
            row["start"],
            row["precision"],
            rest={"answer": answer},
        )


def _zone() -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(LONDON)
