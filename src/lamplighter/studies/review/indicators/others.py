"""Indicators 28 to 31 and 33: health, agencies together, repeat behaviour, custody, publication."""

from __future__ import annotations

import datetime as dt

import polars as pl

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.rules import (
    by_working_day,
    days_after,
    first_at,
    high_graded,
    judged,
    not_after,
    not_ended,
    result,
    ripe,
)

_YEAR = 365
#: A meeting of several agencies: "another meeting" is not known to be one.
MANY = pl.col("code").is_in(["multi_agency", "marac", "mappa"])


def health(cohort: Cohort) -> pl.DataFrame:
    """28: a decision on referral within days of a flag, of flags that are old enough."""
    limit = cohort.settings.windows["health_days"]
    flags = first_at(cohort, "health_flag").filter(ripe(cohort, "since", days=limit))
    decided = (
        cohort.events("health_decision")
        .join(flags, on="case", how="inner")
        .group_by("case")
        .agg(done=days_after("since").is_between(0, limit).fill_null(value=False).any())
    )
    return judged(cohort, flags.join(decided, on="case", how="left"), "health_decision")


def actions(cohort: Cohort) -> pl.DataFrame:
    """29a: actions of meetings done by the day they were due."""
    cut = pl.lit(cohort.bundle.metadata.extracted_on)
    every = pl.concat([cohort.events("action"), not_ended(cohort, "action")])
    due = every.filter(pl.col("due_at").dt.date() <= cut)
    done = (pl.col("ended_at").dt.date() <= pl.col("due_at").dt.date()).fill_null(value=False)
    return due.with_columns(result(done))


def discussed(cohort: Cohort) -> pl.DataFrame:
    """29b: discussed by several agencies within the working days of the high grade."""
    days = cohort.settings.windows["meeting_working_days"]
    high = high_graded(cohort).filter(ripe(cohort, "since", working_days=days))
    met = (
        cohort.events("meeting")
        .join(high, on="case", how="inner")
        .group_by("case")
        .agg(done=(MANY & by_working_day("since", days)).fill_null(value=False).any())
    )
    return judged(cohort, high.join(met, on="case", how="left"), "meeting")


def followed_until(cohort: Cohort) -> dt.date:
    """The last day of which a new report about a suspect would be in the bundle."""
    meta = cohort.bundle.metadata
    later = "later_report" in cohort.bundle.held_kinds
    return meta.extracted_on if later else min(meta.period_to, meta.extracted_on)


def repeated(cohort: Cohort) -> pl.DataFrame:
    """30: a new report of stalking by anybody within the year, of suspects with a year at liberty.

    The year starts with the suspect's first report in the period. A suspect who was not at liberty at
    any time of it, who died, or who cannot be followed for it, is not counted. A suspect is followed for as
    long as reports about them could have come: to the extract only where later reports were looked for, and
    else to the end of the period, after which the bundle holds none.
    """
    months = cohort.settings.windows["repeat_months"]
    span = round(_YEAR * months / 12)
    reports = cohort.reports.select("report_id", "suspect_id", "started", "start")
    reports = reports.filter(pl.col("suspect_id").is_not_null()).sort("started", "report_id")
    first = reports.group_by("suspect_id", maintain_order=True).agg(
        start=pl.col("start").first(),
        followed=(pl.lit(followed_until(cohort)) - pl.col("start").first()).dt.total_days(),
        report_id=pl.col("report_id").first(),
    )
    owner = reports.select("report_id", "suspect_id")

    def within(kind: str) -> pl.DataFrame:
        return (
            cohort.bundle.events(kind)
            .join(owner, on="report_id", how="inner")
            .join(first.select("suspect_id", "start"), on="suspect_id", how="inner")
            .with_columns(on=(pl.col("at").dt.date() - pl.col("start")).dt.total_days())
        )

    away = pl.concat(
        [
            within("imprisonment")
            .filter(
                (pl.col("on") <= span)
                & (
                    pl.col("ended_at").is_null()
                    | ((pl.col("ended_at").dt.date() - pl.col("start")).dt.total_days() >= 0)
                )
            )
            .select("suspect_id"),
            within("suspect_died").filter(pl.col("on") <= span).select("suspect_id"),
        ]
    ).unique()
    again = pl.concat(
        [
            reports.join(
                first.select("suspect_id", first_start="start", first_id="report_id"), on="suspect_id"
            )
            .filter(pl.col("report_id") != pl.col("first_id"))
            .with_columns(on=(pl.col("start") - pl.col("first_start")).dt.total_days())
            .select("suspect_id", "on"),
            within("later_report").select("suspect_id", "on"),
        ]
    )
    soon = (
        again.filter(pl.col("on").is_between(1, span))
        .select("suspect_id")
        .unique()
        .with_columns(done=pl.lit(value=True))
    )
    known = "programme" in cohort.bundle.held_kinds
    entered = (
        within("programme")
        .sort("suspect_id", "at", "event_id")
        .group_by("suspect_id", maintain_order=True)
        .agg(programme=pl.col("status").last())
    )
    return (
        first.filter(pl.col("followed") >= span)
        .join(away, on="suspect_id", how="anti")
        .join(soon, on="suspect_id", how="left")
        .join(entered, on="suspect_id", how="left")
        .with_columns(
            result(pl.col("done").fill_null(value=False)),
            programme=pl.col("programme").fill_null("none") if known else pl.lit(None, pl.String),
        )
    )


def custody(cohort: Cohort) -> pl.DataFrame:
    """31: reviewed for stalking before release, of detentions with an indicator."""
    held = (
        cohort.events("custody")
        .filter(pl.col("answer") == "yes")
        .with_columns(ended_at_precision=pl.col("at_precision"))
    )
    reviews = cohort.bundle.events("custody_review").select(
        "report_id", reviewed_at="at", reviewed_at_precision="at_precision"
    )
    inside = not_after("at", "reviewed_at") & (
        pl.col("ended_at").is_null() | not_after("reviewed_at", "ended_at")
    )
    checked = (
        held.join(reviews, on="report_id", how="inner")
        .group_by("event_id")
        .agg(done=inside.fill_null(value=False).any())
    )
    return judged(cohort, held.join(checked, on="event_id", how="left"), "custody_review")


def published(cohort: Cohort) -> pl.DataFrame:
    """33: agencies that published their pack by the day it was due, as the bundle's metadata says."""
    cut = cohort.bundle.metadata.extracted_on
    rows = [
        (p.agency, p.published is not None and p.published <= p.due)
        for p in cohort.bundle.metadata.publications
        if p.due <= cut
    ]
    frame = pl.DataFrame(rows, schema={"agency": pl.String, "done": pl.Boolean}, orient="row")
    return frame.with_columns(result(pl.col("done")))
