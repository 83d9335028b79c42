"""Indicators 9 to 13 and 32: was the risk assessed, planned for, looked at again, and with whose advice?"""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.recognition import minimised, upgraded
from lamplighter.studies.review.indicators.rules import (
    by_case,
    by_working_day,
    hours_after,
    judged,
    judged_by_event,
    marked,
    not_ended,
    result,
    ripe,
    standing_high,
)
from lamplighter.vocabulary.codes import code_set

__all__ = ["assessed", "minimised", "planned", "reviewed", "specialist", "trained", "upgraded"]


def stalking_instruments() -> list[str]:
    """Codes of the instruments made for stalking."""
    return [code for code, row in code_set("instruments").codes.items() if row.extra.get("stalking")]


def assessed(cohort: Cohort) -> pl.DataFrame:
    """9: a complete assessment with an instrument made for stalking, within the hours."""
    limit = cohort.settings.windows["assessment_hours"]
    met = (
        pl.col("instrument").is_in(stalking_instruments())
        & (pl.col("status").fill_null("complete") == "complete")
        & (pl.col("hours") <= limit)
    )
    cases = cohort.cases.select("case", "started").filter(ripe(cohort, "started", hours=limit))
    return marked(cohort, cases, "risk_assessment", met)


def reviewed(cohort: Cohort) -> pl.DataFrame:
    """10: each trigger with a review that answers it in time. Triggers too fresh to judge are left out.

    A bundle without clock times tells of most only the day, and counted the hours when it was made.
    """
    limit = cohort.settings.windows["review_hours"]
    triggers = cohort.events("review_trigger").filter(pl.col("at").is_not_null())
    reviews = cohort.bundle.events("risk_review").select(
        pl.col("refers_to").alias("event_id"), "quantity", review_at="at", review_precision="at_precision"
    )
    waited = pl.coalesce("quantity", hours_after("since"))
    answered = (
        triggers.select("event_id", since="at")
        .join(reviews, on="event_id", how="inner")
        .rename({"review_at": "at", "review_precision": "at_precision"})
        .group_by("event_id")
        .agg(done=waited.is_between(0, limit).fill_null(value=False).any())
    )
    ripened = triggers.join(answered, on="event_id", how="left").filter(ripe(cohort, "at", hours=limit))
    return judged_by_event(cohort, ripened, "risk_review")


def planned(cohort: Cohort) -> pl.DataFrame:
    """11a: open cases that stand at high, with a live plan and no overdue action, on the day of the extract.

    The grade that stands is the latest, of assessments and reviews. An action that was done late is late no
    more: only one that is past due and still not done is overdue.
    """
    cut = pl.lit(cohort.bundle.metadata.extracted_on)
    open_cases = cohort.reports.group_by("case").agg(open=pl.col("open").any()).filter(pl.col("open"))
    high = standing_high(cohort).join(open_cases, on="case", how="semi")
    live = by_case(cohort, "risk_plan", pl.col("ended_at").is_null() | (pl.col("ended_at").dt.date() >= cut))
    overdue = (
        pl.concat([cohort.events("plan_action"), not_ended(cohort, "plan_action")])
        .group_by("case")
        .agg(
            overdue=(
                (pl.col("due_at").dt.date() < cut)
                & (pl.col("ended_at").is_null() | (pl.col("ended_at").dt.date() > cut))
            )
            .fill_null(value=False)
            .any()
        )
    )
    return (
        high.join(live, on="case", how="left")
        .join(overdue, on="case", how="left")
        .with_columns(done=pl.col("done") & ~pl.col("overdue").fill_null(value=False))
        .pipe(lambda cases: judged(cohort, cases, "risk_plan"))
    )


def specialist(cohort: Cohort) -> pl.DataFrame:
    """13: advice of a specialist recorded within the working days; a declined consultation is not advice."""
    days = cohort.settings.windows["specialist_working_days"]
    met = (pl.col("answer").fill_null("yes") == "yes") & by_working_day("case_started", days)
    cases = cohort.cases.select("case", "started").filter(ripe(cohort, "started", working_days=days))
    return marked(cohort, cases, "specialist_contact", met)


def trained(cohort: Cohort) -> pl.DataFrame:
    """32: each assessment that was made, by whether the assessor's training was in date."""
    made = cohort.events("risk_assessment").filter(
        pl.col("status").fill_null("complete") != "not_done_reason"
    )
    return made.with_columns(
        result(pl.when(pl.col("trained").is_in(["yes", "no"])).then(pl.col("trained") == "yes"))
    )
