"""Indicators 1 to 8: was it seen as stalking, were the reports joined, was the history looked at?"""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review.cohort import STALKING, Cohort
from lamplighter.studies.review.indicators.rules import first_at, hours_after, result


def _classified(cohort: Cohort) -> pl.DataFrame:
    """Cases with ``first`` (code of the earliest classification) and ``stalking_at`` (days to stalking)."""
    dated = cohort.events("classification").filter(pl.col("at").is_not_null()).sort("at", "event_id")
    return cohort.cases.select("case").join(
        dated.group_by("case").agg(
            first=pl.col("code").first(),
            stalking_at=pl.col("day").filter(pl.col("code") == STALKING).min(),
        ),
        on="case",
        how="left",
    )


def first_seen(cohort: Cohort) -> pl.DataFrame:
    """1: of cases classified as stalking in time, those that were so from the first."""
    limit = cohort.settings.windows["classification_days"]
    return (
        _classified(cohort)
        .filter(pl.col("stalking_at") <= limit)
        .with_columns(result(pl.col("first") == STALKING))
    )


def days_to_stalking(cohort: Cohort) -> pl.DataFrame:
    """2a: days from the first report to the first stalking classification."""
    return _classified(cohort).filter(pl.col("stalking_at").is_not_null()).select("case", days="stalking_at")


def corrected_soon(cohort: Cohort) -> pl.DataFrame:
    """2b: of cases that became stalking later, those put right soon."""
    limit = cohort.settings.windows["correction_days"]
    later = _classified(cohort).filter(pl.col("stalking_at").is_not_null() & (pl.col("first") != STALKING))
    return later.with_columns(result(pl.col("stalking_at") <= limit))


def _audited(cohort: Cohort, kind: str) -> pl.DataFrame:
    answers = cohort.events("audit").filter(pl.col("code") == kind)
    return answers.with_columns(
        result(pl.when(pl.col("answer").is_in(["yes", "no"])).then(pl.col("answer") == "yes"))
    )


def never_corrected(cohort: Cohort) -> pl.DataFrame:
    """3: audited files that meet the stalking test and are not so recorded."""
    return _audited(cohort, "meets_stalking_test")


def found_by_search(cohort: Cohort) -> pl.DataFrame:
    """6: audited stalking files that the force's stalking search returns."""
    return _audited(cohort, "found_by_search")


def upgraded(cohort: Cohort) -> pl.DataFrame:
    """11b: low grades that a second assessor raised."""
    return _audited(cohort, "low_grade_upgraded")


def minimised(cohort: Cohort) -> pl.DataFrame:
    """12: files that an auditor rated minimising."""
    return _audited(cohort, "minimising")


def linked(cohort: Cohort) -> pl.DataFrame:
    """4: cases whose latest report has two or more earlier ones, all linked to it in time."""
    limit = cohort.settings.windows["link_hours"]
    ordered = cohort.reports.sort("started", "report_id")
    cases = ordered.group_by("case", maintain_order=True).agg(
        latest=pl.col("report_id").last(), since=pl.col("started").last(), earlier=pl.len() - 1
    )
    links = (
        cohort.bundle.events("report_linked")
        .join(cases.select(report_id="latest", since="since"), on="report_id", how="inner")
        .filter(hours_after("since").is_between(0, limit))
        .group_by(latest="report_id")
        .agg(linked=pl.col("refers_to").n_unique())
    )
    return (
        cases.filter(pl.col("earlier") >= 2)
        .join(links, on="latest", how="left")
        .with_columns(result(pl.col("linked") >= pl.col("earlier")))
    )


def searched(cohort: Cohort) -> pl.DataFrame:
    """5: cases whose search for earlier allegations came before the first risk grading."""
    graded = first_at(cohort, "risk_assessment", pl.col("grade").is_not_null(), "graded")
    looked = first_at(cohort, "prior_search", None, "looked")
    return (
        cohort.cases.select("case")
        .join(looked, on="case", how="left")
        .join(graded, on="case", how="left")
        .with_columns(
            result(
                pl.when(pl.col("looked").is_null())
                .then(None)
                .otherwise(pl.col("graded").is_null() | (pl.col("looked") <= pl.col("graded")))
            )
        )
    )


def named(cohort: Cohort) -> pl.DataFrame:
    """Cases with a named suspect and the moment of naming as ``since`` (else the report's own)."""
    events = first_at(cohort, "suspect_named", None, "named_at")
    return (
        cohort.cases.select("case", "started", "suspect_id")
        .join(events, on="case", how="left")
        .filter(pl.col("suspect_id").is_not_null() | pl.col("named_at").is_not_null())
        .with_columns(since=pl.coalesce("named_at", "started"))
    )


def history_checked(cohort: Cohort) -> pl.DataFrame:
    """7: the suspect's history checked soon after naming."""
    limit = cohort.settings.windows["history_hours"]
    cases = named(cohort)
    checks = (
        cohort.events("history_check")
        .join(cases.select("case", "since"), on="case", how="inner")
        .group_by("case")
        .agg(done=(hours_after("since") <= limit).fill_null(value=False).any())
    )
    return cases.join(checks, on="case", how="left").with_columns(result(pl.col("done")))


def suspects_before(cohort: Cohort) -> pl.DataFrame:
    """8a: named suspects, each once, with an earlier recorded offence."""
    suspects = cohort.reports.filter(pl.col("suspect_id").is_not_null()).sort("started", "report_id")
    return suspects.unique("suspect_id", keep="first", maintain_order=True).with_columns(
        result(pl.col("prior_offences") > 0)
    )


def cases_before(cohort: Cohort) -> pl.DataFrame:
    """8b: cases whose suspect has an earlier recorded offence."""
    return cohort.cases.filter(pl.col("suspect_id").is_not_null()).with_columns(
        result(pl.col("prior_offences") > 0)
    )
