"""What every rule of an indicator shares.

A rule returns one row a unit of the denominator, with ``result``: ``met``,
``not_met``, or null where the record does not say. For a measure of process the
reader is told to count null as not done; for any other it is a gap in the data.
A rule for a median returns ``days`` instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from lamplighter.studies.review.cohort import Cohort
from lamplighter.vocabulary.working_days import working_days_after

Rule: TypeAlias = Callable[[Cohort], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Window:
    """A limit that an event meets when it comes within ``hours`` or ``days`` after another moment."""

    hours: int | None = None
    days: int | None = None


def result(met: pl.Expr) -> pl.Expr:
    """``met`` or ``not_met`` from a yes or no; null stays null."""
    return (
        pl.when(met.is_null()).then(None).when(met).then(pl.lit("met")).otherwise(pl.lit("not_met"))
    ).alias("result")


def by_case(cohort: Cohort, kind: str, met: pl.Expr) -> pl.DataFrame:
    """Cases that have any event of ``kind``, with ``done``: whether one of them satisfies ``met``."""
    return cohort.events(kind).group_by("case").agg(done=met.fill_null(value=False).any()).sort("case")


def marked(cohort: Cohort, cases: pl.DataFrame, kind: str, met: pl.Expr) -> pl.DataFrame:
    """``cases`` with a result: met when an event of ``kind`` satisfies ``met``, not recorded without any."""
    return cases.join(by_case(cohort, kind, met), on="case", how="left").with_columns(result(pl.col("done")))


def first_at(cohort: Cohort, kind: str, only: pl.Expr | None = None, name: str = "since") -> pl.DataFrame:
    """The first dated event of ``kind`` a case: ``case`` and its moment under ``name``."""
    events = cohort.events(kind).filter(pl.col("at").is_not_null())
    if only is not None:
        events = events.filter(only)
    return events.group_by("case").agg(pl.col("at").min().alias(name)).sort("case")


def hours_after(since: str, at: str = "at") -> pl.Expr:
    """Hours from ``since`` to ``at``; a moment known to the day counts as the end of that day."""
    late = pl.col(at).dt.truncate("1d") + pl.duration(hours=24)
    by_day = pl.col("at_precision") == "day"
    moment = (
        pl.when(by_day & (pl.col(at).dt.date() > pl.col(since).dt.date())).then(late).otherwise(pl.col(at))
    )
    return (moment - pl.col(since)).dt.total_minutes() / 60


def days_after(since: str, at: str = "at") -> pl.Expr:
    """Calendar days from ``since`` to ``at``."""
    return (pl.col(at).dt.date() - pl.col(since).dt.date()).dt.total_days()


def by_working_day(since: str, count: int, at: str = "at") -> pl.Expr:
    """Whether ``at`` lies on or before the ``count``-th working day after ``since``, and not before it."""

    def last(day: dt.date) -> dt.date:
        return working_days_after(day, count)

    limit = pl.col(since).dt.date().map_elements(last, return_dtype=pl.Date)
    return pl.col(at).dt.date().is_between(pl.col(since).dt.date(), limit)


def high_graded(cohort: Cohort) -> pl.DataFrame:
    """Cases that were graded high, with the moment of the first such grade as ``since``."""
    return first_at(cohort, "risk_assessment", pl.col("grade") == "high")
