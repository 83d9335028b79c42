"""Bundles without clock times: read ``clock_hours`` and ``after_hours`` back as moments that nothing
happened at.

A bundle whose metadata say ``times = "hours"`` holds no date of a report or an event. Reports that share a
suspect or a case share a clock (``clock_id``), and every time is a number of hours on it. What is known of
the calendar is the quarter of each report. The clock is set to the latest day on which every report of it
still lies in its own quarter and in the period. So no report is followed for longer than it was, and the
day of the extract ends the follow-up of all, as it does where times are given (ADR 0152).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import polars as pl

from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.files.table_sources import InMemory, Source, read_whole
from lamplighter.study_bundle.schema import Table, tables

HOURS = "hours"
#: Columns that stand for the moments of each table, and what they are read back into.
RELATIVE = {"after_hours": "at", "due_after_hours": "due_at", "ended_after_hours": "ended_at"}
MOMENTS = {"reports": ("reported_at", "recorded_at"), "events": tuple(RELATIVE.values())}
_QUARTER = re.compile(r"^(\d{4})-q([1-4])$")
_DAY = 24


def quarter_of(day: dt.date) -> str:
    """Return the code of a day's quarter, as in '2026-q2'."""
    return f"{day.year}-q{(day.month - 1) // 3 + 1}"


def last_day(quarter: str) -> dt.date | None:
    """Return the last day of a quarter; ``None`` for a text that names none."""
    found = _QUARTER.match(quarter)
    if not found:
        return None
    year, number = int(found[1]), int(found[2])
    after = dt.date(year + number // 4, 3 * number % 12 + 1, 1)
    return after - dt.timedelta(days=1)


def begins(reports: pl.DataFrame, period_to: dt.date) -> pl.DataFrame:
    """Return the day on which each clock is set to begin (``clock_id``, ``begins``).

    Args:
        reports: ``clock_id``, ``clock_hours`` and ``recorded_in`` of every report.
        period_to: last day of the period.
    """
    ends = {q: last_day(q) for q in reports["recorded_in"].drop_nulls().unique().to_list()}
    end = pl.col("recorded_in").replace_strict(ends, default=None, return_dtype=pl.Date)
    latest = pl.min_horizontal(end, pl.lit(period_to))
    days = (pl.col("clock_hours") // _DAY).cast(pl.Int64)
    return reports.group_by("clock_id").agg(
        begins=pl.when(end.is_not_null()).then(latest - pl.duration(days=days)).min()
    )


def read_back(metadata: Metadata, sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources of a bundle that holds hours, with the moments that its analyses ask for."""
    out = dict(sources)
    if metadata.times != HOURS or "reports" not in out:
        return out
    raw = read_whole(out["reports"], tables()["reports"])
    frame = _typed(raw.frame, {"clock_id": pl.String, "clock_hours": pl.Int64, "recorded_in": pl.String})
    frame = frame.join(begins(frame, metadata.period_to), on="clock_id", how="left", maintain_order="left")
    at = pl.col("begins").cast(pl.Datetime("us")) + pl.duration(hours=pl.col("clock_hours"))
    frame = frame.with_columns(recorded_at=at)
    told = "reported_precision" in frame.columns
    frame = frame.with_columns(
        reported_at=pl.when(pl.col("reported_precision").is_not_null()).then("recorded_at") if told else None
    ).drop("begins")
    known = [x for x in raw.findings if not _is_of(x, "column_required_missing", "recorded_at")]
    columns = raw.columns | {"recorded_at"} | ({"reported_at"} if told else set())
    starts = _starts(frame)
    out["reports"] = InMemory(raw._replace(frame=frame, findings=known, columns=columns))
    if "events" in out:
        out["events"] = _events(out["events"], tables()["events"], starts)
    return out


def _starts(reports: pl.DataFrame) -> pl.DataFrame:
    if "report_id" not in reports.columns:
        return pl.DataFrame(schema={"report_id": pl.String, "_began": pl.Datetime("us")})
    own = reports.select(pl.col("report_id").cast(pl.String), _began="recorded_at")
    return own.unique("report_id", keep="first", maintain_order=True)


def _events(source: Source, table: Table, starts: pl.DataFrame) -> Source:
    raw = read_whole(source, table)
    frame = _typed(raw.frame, {"report_id": pl.String, **dict.fromkeys(RELATIVE, pl.Int64)})
    frame = frame.join(starts, on="report_id", how="left", maintain_order="left").with_columns(
        (pl.col("_began") + pl.duration(hours=pl.col(hours))).alias(moment)
        for hours, moment in RELATIVE.items()
    )
    columns = raw.columns | {RELATIVE[c] for c in RELATIVE if c in raw.columns}
    return InMemory(raw._replace(frame=frame.drop("_began"), columns=columns))


def _typed(frame: pl.DataFrame, columns: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """The frame with these columns in their kinds; what cannot be read, or is not there, is empty."""
    return frame.with_columns(
        pl.col(name).cast(kind, strict=False) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in columns.items()
    )


def _is_of(found: pl.DataFrame, problem: str, column: str) -> bool:
    return bool(found.height) and (found["problem"][0], found["column"][0]) == (problem, column)


def without_moments(metadata: Metadata, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables as such a bundle holds them: without the moments that were read back."""
    if metadata.times != HOURS:
        return dict(frames)
    return {
        name: frame.drop(c for c in MOMENTS.get(name, ()) if c in frame.columns)
        for name, frame in frames.items()
    }
