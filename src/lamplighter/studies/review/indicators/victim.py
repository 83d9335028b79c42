"""Indicators 14 to 17 and 26: impact, withdrawal and what came before and after it, the advocate."""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.rules import (
    by_working_day,
    days_after,
    first_at,
    judged,
    marked,
    not_after,
    once,
    result,
    ripe,
)


@once
def withdrawals(cohort: Cohort) -> pl.DataFrame:
    """Cases with the day of the first withdrawal on any of their reports, counted from the case's start."""
    clock = cohort.cases.select("case", case_start="start")
    days = (
        cohort.reports.select("case", "start", "withdrawn_day")
        .filter(pl.col("withdrawn_day").is_not_null())
        .join(clock, on="case", how="left")
        .with_columns(
            on=pl.col("start") + pl.duration(days=pl.col("withdrawn_day")),
        )
        .group_by("case")
        .agg(
            withdrew_on=pl.col("on").min(),
            withdrew_day=(pl.col("on") - pl.col("case_start")).dt.total_days().min(),
        )
    )
    # What came after the follow-up came later than any limit that is asked of it.
    ever = cohort.reports.group_by("case").agg(
        withdrew=pl.col("withdrawn").any(), undated=(pl.col("withdrawn") & ~pl.col("end_late")).any()
    )
    cases = cohort.cases.select("case", "victim_id", "followed")
    return cases.join(days, on="case", how="left").join(ever, on="case", how="left")


def _by(day: int) -> pl.Expr:
    """Whether the withdrawal came by ``day``; null where there was one and its day is not known."""
    unknown = pl.col("undated") & pl.col("withdrew_day").is_null()
    return pl.when(unknown).then(None).otherwise((pl.col("withdrew_day") <= day).fill_null(value=False))


def withdrew(cohort: Cohort) -> pl.DataFrame:
    """15: withdrawal within the days, among mature cases with an identified victim."""
    limit = cohort.settings.mature_days
    return (
        withdrawals(cohort)
        .filter(pl.col("victim_id").is_not_null() & (pl.col("followed") >= limit))
        .with_columns(result(_by(limit)))
    )


def first_week(cohort: Cohort) -> pl.DataFrame:
    """16a: withdrawal in the first week, of all new cases that could be followed for it."""
    week = cohort.settings.first_week
    return withdrawals(cohort).filter(pl.col("followed") >= week).with_columns(result(_by(week)))


def first_week_of_withdrawn(cohort: Cohort) -> pl.DataFrame:
    """16b: the same, among those who withdrew, of cases mature enough for the slow to have done so too."""
    week, mature = cohort.settings.first_week, cohort.settings.mature_days
    return (
        withdrawals(cohort)
        .filter(pl.col("withdrew") & (pl.col("followed") >= mature))
        .with_columns(result(_by(week)))
    )


def first_week_by_advocate(cohort: Cohort) -> pl.DataFrame:
    """16c: withdrawal after the landmark and within the week, by contact with an advocate by the landmark.

    Cases that ended by the landmark day are in neither group: counting them among the not reached would
    make contact look protective for no other reason than that it takes time (immortal time).
    """
    week, day = cohort.settings.first_week, cohort.settings.windows["advocate_days"]
    reached = (
        cohort.events("advocate_contact")
        .filter(pl.col("status").fill_null("reached") == "reached")
        .group_by("case")
        .agg(reached_day=pl.col("day").min())
    )
    # On the case's clock: a report that came later cannot have kept the case open on the landmark day.
    clock = cohort.cases.select("case", case_start="start")
    begun = (pl.col("start") - pl.col("case_start")).dt.total_days()
    still = (
        cohort.reports.select("case", "start", "end_day")
        .join(clock, on="case", how="left")
        .filter((begun <= day) & (pl.col("end_day").is_null() | (begun + pl.col("end_day") > day)))
        .select("case")
        .unique()
    )
    return (
        withdrawals(cohort)
        .join(reached, on="case", how="left")
        .join(still, on="case", how="semi")
        .filter(
            (pl.col("followed") >= week) & (pl.col("withdrew_day").is_null() | (pl.col("withdrew_day") > day))
        )
        .with_columns(
            result(_by(week)),
            advocate_early=pl.when((pl.col("reached_day") <= day).fill_null(value=False))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no")),
        )
    )


def reasons(cohort: Cohort) -> pl.DataFrame:
    """17a: withdrawals with a coded reason and an answered pressure check."""
    stated = (
        cohort.of_cases("support_status", "code", "reasons", "answer")
        .filter(pl.col("code") == "withdrawn")
        .group_by("case")
        .agg(
            done=(
                (pl.col("reasons").list.len().fill_null(0) > 0)
                & pl.col("answer").is_in(["yes", "no"]).fill_null(value=False)
            ).any()
        )
    )
    cases = withdrawals(cohort).filter("withdrew")
    return cases.join(stated, on="case", how="left").with_columns(result(pl.col("done")))


def reviewed_after(cohort: Cohort) -> pl.DataFrame:
    """17b: withdrawn cases whose risk was looked at again within the days."""
    limit = cohort.settings.windows["withdrawal_review_days"]
    cut = cohort.bundle.metadata.extracted_on
    cases = withdrawals(cohort).filter(
        pl.col("withdrew_on").is_not_null() & ((pl.lit(cut) - pl.col("withdrew_on")).dt.total_days() >= limit)
    )
    reviews = (
        cohort.of_cases("risk_review", "at", "at_precision")
        .join(
            cases.select("case", since=pl.col("withdrew_on").cast(pl.Datetime("us"))), on="case", how="inner"
        )
        .group_by("case")
        .agg(done=days_after("since").is_between(0, limit).fill_null(value=False).any())
    )
    return judged(cohort, cases.join(reviews, on="case", how="left"), "risk_review")


def _first_decision(cohort: Cohort) -> pl.DataFrame:
    """Cases with the moment of the first charging decision, outcome or closure."""
    parts = [first_at(cohort, kind) for kind in ("charging_decision", "outcome", "closed")]
    return (
        pl.concat(parts)
        .sort("case", "since", "since_precision")
        .group_by("case", maintain_order=True)
        .agg(pl.all().first())
    )


def impact(cohort: Cohort) -> pl.DataFrame:
    """14a: impact recorded before the first charging or closing decision."""
    decided = _first_decision(cohort)
    recorded = (
        cohort.of_cases("impact_record", "at", "at_precision")
        .join(decided, on="case", how="inner")
        .group_by("case")
        .agg(done=not_after("at", "since").fill_null(value=False).any())
    )
    return judged(cohort, decided.join(recorded, on="case", how="left"), "impact_record")


def statement(cohort: Cohort) -> pl.DataFrame:
    """14b: a Victim Personal Statement offered, of cases charged."""
    reports = cohort.reports.select("case", "outcome_group")
    charged = reports.filter(pl.col("outcome_group") == "charged").select("case").unique().sort("case")
    return marked(cohort, charged, "vps_offer", pl.lit(value=True))


def advocate_offered(cohort: Cohort) -> pl.DataFrame:
    """26b: an advocate offered, of cases with an identified victim."""
    cases = cohort.cases.select("case", "victim_id").filter(pl.col("victim_id").is_not_null())
    return marked(cohort, cases, "advocate_offer", pl.lit(value=True))


def advocate_contact(cohort: Cohort) -> pl.DataFrame:
    """26a: referral accepted and the victim reached within the working days, of those who consented."""
    return _reached(cohort, first_at(cohort, "advocate_offer", pl.col("status") == "consented"))


def referral_contact(cohort: Cohort) -> pl.DataFrame:
    """26c: the same, of all who were referred, whether or not it is recorded that they consented."""
    return _reached(cohort, first_at(cohort, "advocate_referral"))


def needs_assessed(cohort: Cohort) -> pl.DataFrame:
    """26d: a complete assessment of needs, of cases with an identified victim."""
    cases = cohort.cases.select("case", "victim_id").filter(pl.col("victim_id").is_not_null())
    complete = pl.col("status").fill_null("complete") == "complete"
    return marked(cohort, cases, "needs_assessment", complete)


def _reached(cohort: Cohort, referred: pl.DataFrame) -> pl.DataFrame:
    """Cases with their ``since``: met where the referral was accepted and the victim reached soon after."""
    days = cohort.settings.windows["advocate_working_days"]
    accepted = first_at(cohort, "advocate_referral", pl.col("status") == "accepted", "accepted")
    reached = (
        cohort.events("advocate_contact")
        .filter(pl.col("status").fill_null("reached") == "reached")
        .join(accepted, on="case", how="inner")
        .group_by("case")
        .agg(done=by_working_day("accepted", days).fill_null(value=False).any())
    )
    # Accepted after the days for which the report is followed: too young to be judged.
    young = cohort.events("advocate_referral").filter(
        (pl.col("status") == "accepted") & (pl.col("late") == "yes")
    )
    return (
        referred.join(accepted, on="case", how="left")
        .join(young.select("case"), on="case", how="anti")
        .filter(ripe(cohort, "since", working_days=days))
        .filter(pl.col("accepted").is_null() | ripe(cohort, "accepted", working_days=days))
        .join(reached, on="case", how="left")
        .with_columns(
            done=pl.when(pl.col("accepted").is_not_null()).then(pl.col("done").fill_null(value=False))
        )
        .pipe(lambda cases: judged(cohort, cases, "advocate_referral", "advocate_contact"))
    )
