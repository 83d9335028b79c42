"""Indicators 21 to 25: orders considered, granted, served and policed, and who a stalker is."""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.recognition import named
from lamplighter.studies.review.indicators.rules import (
    days_after,
    first_at,
    hours_after,
    judged,
    judged_by_event,
    not_ended,
    result,
    ripe,
)

GRANTED = ("interim", "full")


def considered(cohort: Cohort) -> pl.DataFrame:
    """21a: a decision on a stalking protection order recorded within days of naming."""
    limit = cohort.settings.windows["order_decision_days"]
    cases = named(cohort).filter(ripe(cohort, "since", days=limit))
    met = (pl.col("code") != "undecided") & (days_after("since") <= limit)
    decided = (
        cohort.events("spo_decision")
        .join(cases.select("case", "since"), on="case", how="inner")
        .group_by("case")
        .agg(done=met.fill_null(value=False).any())
    )
    return judged(cohort, cases.join(decided, on="case", how="left"), "spo_decision")


def granted(cohort: Cohort) -> pl.DataFrame:
    """21b: an interim or full order, of cases classified as stalking at any time."""
    reports = cohort.reports.select("case", "stalking_ever")
    stalking = reports.filter(pl.col("stalking_ever")).select("case").unique().sort("case")
    having = cohort.events("spo_stage").filter(pl.col("code").is_in(GRANTED)).select("case").unique()
    return stalking.join(having.with_columns(done=pl.lit(value=True)), on="case", how="left").with_columns(
        result(pl.col("done").fill_null(value=False))
    )


def _applications(cohort: Cohort) -> pl.DataFrame:
    """Stages of applications, with what each application is (``item``, or the case where none is given)."""
    stages = cohort.events("spo_stage").sort("report_id", "at", "event_id", nulls_last=True)
    return stages.with_columns(application=pl.coalesce("item", "case"))


def granted_of_decided(cohort: Cohort) -> pl.DataFrame:
    """21c: of applications that a court decided, those granted. Pending ones are not here."""
    return (
        _applications(cohort)
        .filter(pl.col("code").is_in([*GRANTED, "refused"]))
        .group_by("application")
        .agg(done=pl.col("code").is_in(GRANTED).any())
        .sort("application")
        .with_columns(result(pl.col("done")))
    )


def days_to_interim(cohort: Cohort) -> pl.DataFrame:
    """22a: days from the decision to apply to the interim order, of applications that have one."""
    decided = first_at(cohort, "spo_decision", pl.col("code") == "apply")
    return (
        _applications(cohort)
        .filter((pl.col("code") == "interim") & pl.col("at").is_not_null())
        .join(decided, on="case", how="inner")
        .group_by("application")
        .agg(case=pl.col("case").first(), days=days_after("since").min())
        .filter(pl.col("days") >= 0)
        .sort("application")
    )


def served(cohort: Cohort) -> pl.DataFrame:
    """22b: served within the hours of the first grant."""
    limit = cohort.settings.windows["order_service_hours"]
    stages = _applications(cohort)
    waited = pl.coalesce("quantity", hours_after("since"))
    grants = (
        stages.filter(pl.col("code").is_in(GRANTED) & pl.col("at").is_not_null())
        .group_by("application")
        .agg(since=pl.col("at").min())
        .filter(ripe(cohort, "since", hours=limit))
    )
    service = (
        stages.filter(pl.col("code") == "served")
        .join(grants, on="application", how="inner")
        .group_by("application")
        .agg(done=waited.is_between(0, limit).fill_null(value=False).any())
    )
    said = cohort.said_no("spo_stage").filter(pl.col("code").fill_null("served") == "served")
    no = said.select(application=pl.coalesce("item", "case"))["application"].implode()
    unserved = pl.when(pl.col("application").is_in(no)).then(pl.lit(value=False))
    return (
        grants.join(service, on="application", how="left")
        .sort("application")
        .with_columns(result(pl.coalesce("done", unserved)))
    )


def _breaches(cohort: Cohort, kind: str, met: pl.Expr) -> pl.DataFrame:
    breaches = cohort.events("breach").select("event_id", "report_id", since="at")
    answers = (
        cohort.bundle.events(kind)
        .drop("event_id")
        .rename({"refers_to": "event_id"})
        .join(breaches.drop("report_id"), on="event_id", how="inner")
        .group_by("event_id")
        .agg(done=met.fill_null(value=False).any())
    )
    return judged_by_event(cohort, breaches.join(answers, on="event_id", how="left"), kind)


def answered(cohort: Cohort) -> pl.DataFrame:
    """23a: an arrest, or a reason that looks at the risk, within the hours."""
    limit = cohort.settings.windows["breach_hours"]
    # A bundle without clock times tells of most only the day, and counted the hours when it was made.
    waited = pl.coalesce("quantity", hours_after("since"))
    met = pl.col("code").is_in(["arrest", "reason_recorded"]) & (waited <= limit)
    found = _breaches(cohort, "breach_response", met)
    return found.filter(pl.col("since").is_null() | ripe(cohort, "since", hours=limit))


def breach_reviewed(cohort: Cohort) -> pl.DataFrame:
    """23b: looked at for a further stalking offence, whenever."""
    return _breaches(cohort, "breach_review", pl.lit(value=True))


def notified(cohort: Cohort) -> pl.DataFrame:
    """23c: notifications that came in time, of those due by the extract."""
    cut = pl.lit(cohort.bundle.metadata.extracted_on)
    every = pl.concat([cohort.events("notification"), not_ended(cohort, "notification")])
    due = every.filter(pl.col("due_at").dt.date() <= cut)
    return due.with_columns(
        result((pl.col("ended_at").dt.date() <= pl.col("due_at").dt.date()).fill_null(value=False))
    )


def at_the_end(cohort: Cohort) -> pl.DataFrame:
    """24: an order sought, or the reason why not, when proceedings ended."""
    ended = cohort.events("court_conclusion").select("case").unique().sort("case")
    having = cohort.events("court_order").select("case").unique().with_columns(done=pl.lit(value=True))
    return judged(cohort, ended.join(having, on="case", how="left"), "court_order")


def identity_decided(cohort: Cohort) -> pl.DataFrame:
    """25a: a decision whether to tell, soon after an anonymous stalker was identified."""
    limit = cohort.settings.windows["identity_hours"]
    reports = cohort.reports.select("case", "anonymous")
    anonymous = reports.filter(pl.col("anonymous") == "yes").select("case").unique()
    identified = (
        first_at(cohort, "suspect_named")
        .join(anonymous, on="case", how="semi")
        .filter(ripe(cohort, "since", hours=limit))
    )
    decided = (
        cohort.events("identity_decision")
        .join(identified, on="case", how="inner")
        .group_by("case")
        .agg(done=hours_after("since").is_between(0, limit).fill_null(value=False).any())
    )
    return judged(cohort, identified.join(decided, on="case", how="left"), "identity_decision")


def identity_disclosed(cohort: Cohort) -> pl.DataFrame:
    """25b: decisions to disclose, of decisions."""
    return cohort.events("identity_decision").with_columns(result(pl.col("code") == "disclose"))
