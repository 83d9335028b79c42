"""Parts that every rule of an indicator shares.

A rule returns one row a unit of the denominator, with ``result``: ``met``,
``not_met``, or null where the record does not say. For a measure of process the
reader is told to count null as not done; for any other it is a gap in the data.
A rule for a median returns ``days`` instead.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import TypeAlias

import polars as pl

from lamplighter.studies.review.cohort import Cohort, hours
from lamplighter.study_bundle.schema import tables as schema_tables
from lamplighter.vocabulary.working_days import working_days_after

Rule: TypeAlias = Callable[[Cohort], pl.DataFrame]


def result(met: pl.Expr) -> pl.Expr:
    """``met`` or ``not_met`` from a yes or no; null stays null."""
    return (
        pl.when(met.is_null()).then(None).when(met).then(pl.lit("met")).otherwise(pl.lit("not_met"))
    ).alias("result")


def once(table: Rule) -> Rule:
    """Work a table out once a cohort: several rules begin with it."""

    @functools.wraps(table)
    def kept(cohort: Cohort) -> pl.DataFrame:
        name = f"{table.__module__}.{table.__qualname__}"
        if name not in cohort.worked_out:
            cohort.worked_out[name] = table(cohort)
        return cohort.worked_out[name]

    return kept


def by_case(cohort: Cohort, kind: str, met: pl.Expr) -> pl.DataFrame:
    """Cases that have any event of ``kind``, with ``done``: whether one of them satisfies ``met``."""
    asked = set(met.meta.root_names())
    plain = asked <= set(schema_tables()["events"].columns)
    events = cohort.of_cases(kind, *asked) if plain else cohort.events(kind)
    return events.group_by("case").agg(done=met.fill_null(value=False).any()).sort("case")


def marked(cohort: Cohort, cases: pl.DataFrame, kind: str, met: pl.Expr) -> pl.DataFrame:
    """``cases`` with a result: met when an event of ``kind`` satisfies ``met``, not recorded without any."""
    return judged(cohort, cases.join(by_case(cohort, kind, met), on="case", how="left"), kind)


def judged(cohort: Cohort, cases: pl.DataFrame, *kinds: str) -> pl.DataFrame:
    """``cases`` with a result of ``done``. Where no event says anything, a "no" on record is not met.

    Without an event and without a "no" it is not recorded: a silence is not the answer of anybody.
    """
    no = pl.col("case").is_in(cohort.not_done(*kinds).implode())
    return cases.with_columns(result(pl.coalesce("done", pl.when(no).then(pl.lit(value=False)))))


def answered_no(cohort: Cohort, kind: str, asked: pl.DataFrame) -> pl.Series:
    """Ids of the ``asked`` events of which a "no" on record says that no event of ``kind`` answered them.

    A "no" that refers to one is about that one; a "no" that refers to nothing is about all of its report.
    """
    said = cohort.bundle.said_no(kind)
    reports = said.filter(pl.col("refers_to").is_null())["report_id"].implode()
    about = pl.col("event_id").is_in(said["refers_to"].implode()) | pl.col("report_id").is_in(reports)
    return asked.filter(about)["event_id"].unique().sort()


def judged_by_event(cohort: Cohort, asked: pl.DataFrame, kind: str) -> pl.DataFrame:
    """``asked`` with a result of ``done``: what nothing answers is not met by a "no", else silent."""
    no = pl.col("event_id").is_in(answered_no(cohort, kind, asked).implode())
    return asked.with_columns(result(pl.coalesce("done", pl.when(no).then(pl.lit(value=False)))))


def not_ended(cohort: Cohort, kind: str) -> pl.DataFrame:
    """Rows of ``kind`` that say that what was due was not done: nothing ended it, whatever else they say."""
    return cohort.said_no(kind).with_columns(ended_at=pl.lit(None, pl.Datetime("us")))


def first_at(cohort: Cohort, kind: str, only: pl.Expr | None = None, name: str = "since") -> pl.DataFrame:
    """The first dated event of ``kind`` a case: its moment under ``name``, and ``<name>_precision``."""
    asked = ("at", "at_precision", "event_id", "working_days")
    of_only = only.meta.root_names() if only is not None else []
    events = cohort.of_cases(kind, *asked, *of_only).filter(pl.col("at").is_not_null())
    if only is not None:
        events = events.filter(only)
    return (
        events.sort("case", "at", "event_id")
        .group_by("case", maintain_order=True)
        .agg(
            pl.col("at").first().alias(name),
            pl.col("at_precision").fill_null("minute").first().alias(f"{name}_precision"),
            pl.col("working_days").first().alias(f"{name}_working"),
        )
    )


def hours_after(since: str, at: str = "at") -> pl.Expr:
    """Hours from ``since`` to ``at``, as :func:`cohort.hours`: a limit is never met by rounding."""
    return hours(pl.col(at), pl.col(f"{at}_precision"), pl.col(since))


def days_after(since: str, at: str = "at") -> pl.Expr:
    """Calendar days from ``since`` to ``at``; null where ``at`` is known to the month or year only."""
    days = (pl.col(at).dt.date() - pl.col(since).dt.date()).dt.total_days()
    return pl.when(_vague(at)).then(None).otherwise(days)


def _vague(at: str) -> pl.Expr:
    return pl.col(f"{at}_precision").is_in(["month", "year"]).fill_null(value=False)


def not_after(at: str, since: str) -> pl.Expr:
    """Tell whether ``at`` came no later than ``since``: by the day where either is known to the day only.

    Null where either is known to the month or year: that does not say which came first.
    """
    by_day = (pl.col(f"{at}_precision") == "day") | (pl.col(f"{since}_precision") == "day")
    return (
        pl.when(_vague(at) | _vague(since))
        .then(None)
        .when(by_day.fill_null(value=False))
        .then(pl.col(at).dt.date() <= pl.col(since).dt.date())
        .otherwise(pl.col(at) <= pl.col(since))
    )


def ripe(cohort: Cohort, since: str, *, hours: int = 0, days: int = 0, working_days: int = 0) -> pl.Expr:
    """Tell whether a clock that starts at ``since`` had run out by the end of the day of the extract.

    A unit that is too young is left out of the denominator whether or not the thing was done: counting those
    done soon and not those still waiting would make every young cohort look quick.
    """
    cut = pl.lit(cohort.bundle.metadata.extracted_on)
    start = pl.col(since).dt.date()
    if working_days:
        return working_day(since, working_days) <= cut
    return (cut - start).dt.total_days() >= days + -(-hours // 24)


def working_day(since: str, count: int) -> pl.Expr:
    """The ``count``-th working day after ``since``."""

    @functools.cache  # of a million cases there are some hundreds of days
    def last(day: dt.date) -> dt.date:
        return working_days_after(day, count)

    return pl.col(since).dt.date().map_elements(last, return_dtype=pl.Date)


def by_working_day(since: str, count: int, at: str = "at") -> pl.Expr:
    """Tell whether ``at`` lies on or before the ``count``-th working day after ``since``, and not before it.

    A bundle without clock times has no calendar: there working days were counted when it was made.
    """
    begun, came = pl.col(since).dt.date(), pl.col(at).dt.date()
    counted = pl.col(f"{at}_working") <= pl.col(f"{since}_working").floor() + count
    inside = (
        pl.when(counted.is_not_null())
        .then(counted & (came >= begun).fill_null(value=True))
        .otherwise(came.is_between(begun, working_day(since, count)))
    )
    return pl.when(_vague(at)).then(None).otherwise(inside)


def standing_high(cohort: Cohort) -> pl.DataFrame:
    """Cases whose latest dated grade, of an assessment or a review, is high.

    Of one moment the review stands: it says what holds, which need not be what one assessor judged.
    """
    graded = [
        cohort.of_cases(kind, "at", "event_id", "grade")
        .filter(pl.col("grade").is_not_null() & pl.col("at").is_not_null())
        .select("case", "at", "event_id", "grade", place=pl.lit(place))
        for place, kind in enumerate(("risk_assessment", "risk_review"))
    ]
    return (
        pl.concat(graded)
        .sort("case", "at", "place", "event_id")
        .group_by("case", maintain_order=True)
        .agg(grade=pl.col("grade").last(), since=pl.col("at").last())
        .filter(pl.col("grade") == "high")
    )


def high_graded(cohort: Cohort) -> pl.DataFrame:
    """Cases that were graded high, with the moment of the first such grade as ``since``."""
    return first_at(cohort, "risk_assessment", pl.col("grade") == "high")
