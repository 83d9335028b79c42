"""Indicators 1 to 8: was it seen as stalking, were the reports joined, was the history looked at?"""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review.cohort import STALKING, Cohort, first_codes
from lamplighter.studies.review.indicators.rules import (
    first_at,
    hours_after,
    judged,
    not_after,
    once,
    result,
    ripe,
)

LOW, HIGHER = "standard", ("medium", "high")


@once
def _classified(cohort: Cohort) -> pl.DataFrame:
    """Cases with ``first`` (code of the earliest classification) and ``stalking_at`` (days to stalking).

    Only cases that could be followed for as long as a classification may take to be put right: of younger
    ones those right from the first are known, and those yet to be corrected are not.
    """
    limit = cohort.settings.windows["classification_days"]
    events = cohort.of_cases("classification", "code", "at", "status")
    stalking = (
        events.filter(pl.col("code") == STALKING)
        .join(cohort.cases.select("case", case_start="start"), on="case", how="inner")
        .group_by("case")
        .agg(stalking_at=(pl.col("at").dt.date() - pl.col("case_start")).dt.total_days().min())
    )
    return (
        cohort.cases.select("case", "followed")
        .filter(pl.col("followed") >= limit)
        .select("case")
        .join(first_codes(events, "case").rename({"code": "first"}), on="case", how="left")
        .join(stalking, on="case", how="left")
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
    """2b: of cases not first classified as stalking, those put right soon. Never put right is not met."""
    limit = cohort.settings.windows["correction_days"]
    later = _classified(cohort).filter(pl.col("first") != STALKING)
    return later.with_columns(result((pl.col("stalking_at") <= limit).fill_null(value=False)))


def _audited(cohort: Cohort, kind: str) -> pl.DataFrame:
    # A file audited twice for one thing is one file: its latest audit stands.
    answers = (
        cohort.events("audit")
        .filter(pl.col("code") == kind)
        .sort("report_id", "at", "event_id", nulls_last=False)
        .unique("report_id", keep="last", maintain_order=True)
    )
    return answers.with_columns(
        result(pl.when(pl.col("answer").is_in(["yes", "no"])).then(pl.col("answer") == "yes"))
    )


def never_corrected(cohort: Cohort) -> pl.DataFrame:
    """3: audited files that meet the stalking test, of those not recorded as stalking when audited."""
    audited = _audited(cohort, "meets_stalking_test")
    recorded = (
        cohort.bundle.done("classification", ("code", "at"))
        .filter(pl.col("code") == STALKING)
        .group_by("report_id")
        .agg(recorded=pl.col("at").min())
    )
    seen = (pl.col("recorded").dt.date() < pl.col("at").dt.date()).fill_null(value=False)
    return audited.join(recorded, on="report_id", how="left").filter(~seen)


def found_by_search(cohort: Cohort) -> pl.DataFrame:
    """6: audited stalking files that the force's stalking search returns."""
    return _audited(cohort, "found_by_search")


def upgraded(cohort: Cohort) -> pl.DataFrame:
    """11b: low grades that an audit looked at, or that somebody else graded again: raised, or not.

    A file that was audited counts once: what the audit says stands for its second grades too.
    """
    audited = _audited(cohort, "low_grade_upgraded").select("report_id", "case", "result")
    low = cohort.of_cases("risk_assessment", "event_id", "grade").filter(pl.col("grade") == LOW)
    again = (
        cohort.bundle.events("second_assessment")
        .filter(pl.col("grade").is_in([LOW, *HIGHER]))
        .sort("at", "event_id", nulls_last=True)
        .unique("refers_to", keep="first", maintain_order=True)
        .select(pl.col("refers_to").alias("event_id"), done=pl.col("grade").is_in(HIGHER))
    )
    graded = (
        low.select("event_id", "report_id", "case")
        .join(again, on="event_id", how="inner")
        .join(audited, on="report_id", how="anti")
        .select("report_id", "case", result(pl.col("done")))
    )
    return pl.concat([audited, graded])


def minimised(cohort: Cohort) -> pl.DataFrame:
    """12: files that an auditor rated minimising."""
    return _audited(cohort, "minimising")


def linked(cohort: Cohort) -> pl.DataFrame:
    """4a: cases whose latest report has two or more earlier ones, all joined to it in time, by whomever.

    Directly or by way of each other: a third report linked to the second, and the second to the first when it
    came, has both. Not recorded where the latest report has no link at all.
    """
    return _linked(cohort, pl.lit(value=True))


def confirmed(cohort: Cohort) -> pl.DataFrame:
    """4b: as 4a, by links that a person made or confirmed. Who made it not said: a person."""
    return _linked(cohort, pl.col("code").ne_missing("rules"))


def _linked(cohort: Cohort, counts: pl.Expr) -> pl.DataFrame:
    limit = cohort.settings.windows["link_hours"]
    cases = (
        cohort.reports.select("case", "started", "report_id")
        .sort("started", "report_id")
        .group_by("case", maintain_order=True)
        .agg(reports="report_id", latest=pl.col("report_id").last(), since=pl.col("started").last())
        .filter(pl.col("reports").list.len() >= 3)
        .filter(ripe(cohort, "since", hours=limit))
    )
    links = (
        cohort.events("report_linked")
        .filter(counts)
        .join(cases.select("case", "since", "latest"), on="case", how="inner")
        .with_columns(soon=(hours_after("since") <= limit).fill_null(value=False))
    )
    any_of_latest = set(links.filter(pl.col("report_id") == pl.col("latest"))["case"])
    said_no = set(cohort.bundle.not_done("report_linked"))
    joined: dict[str, list[tuple[str, str]]] = {}
    for case, one, other in links.filter("soon").select("case", "report_id", "refers_to").iter_rows():
        joined.setdefault(case, []).append((one, other))
    done = [
        _joined(latest, set(reports), joined.get(case, []))
        if case in any_of_latest
        else False
        if latest in said_no
        else None
        for case, reports, latest in cases.select("case", "reports", "latest").iter_rows()
    ]
    return cases.with_columns(pl.Series("done", done, dtype=pl.Boolean)).with_columns(result(pl.col("done")))


def _joined(latest: str, reports: set[str], links: list[tuple[str, str]]) -> bool:
    """Whether every report is joined to the latest by links among them."""
    reached, waiting = {latest}, [latest]
    while waiting:
        at = waiting.pop()
        for one, other in links:
            for near, far in ((one, other), (other, one)):
                if near == at and far in reports and far not in reached:
                    reached.add(far)
                    waiting.append(far)
    return reached == reports


def searched(cohort: Cohort) -> pl.DataFrame:
    """5: cases whose search for earlier allegations came before the first risk grading."""
    graded = first_at(cohort, "risk_assessment", pl.col("grade").is_not_null(), "graded")
    looked = first_at(cohort, "prior_search", None, "looked")
    no = cohort.not_done("prior_search")
    return (
        cohort.cases.select("case")
        .join(looked, on="case", how="left")
        .join(graded, on="case", how="left")
        .with_columns(
            result(
                pl.when(pl.col("looked").is_null())
                .then(pl.when(pl.col("case").is_in(no.implode())).then(pl.lit(value=False)))
                .when(pl.col("graded").is_null())
                .then(pl.lit(value=True))
                .otherwise(not_after("looked", "graded").fill_null(value=False))
            )
        )
    )


@once
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
    cases = named(cohort).filter(ripe(cohort, "since", hours=limit))
    checks = (
        cohort.of_cases("history_check", "at", "at_precision")
        .join(cases.select("case", "since"), on="case", how="inner")
        .group_by("case")
        .agg(done=(hours_after("since") <= limit).fill_null(value=False).any())
    )
    return judged(cohort, cases.join(checks, on="case", how="left"), "history_check")


def suspects_before(cohort: Cohort) -> pl.DataFrame:
    """8a: named suspects, each once, with an earlier recorded offence."""
    reports = cohort.reports.select("case", "report_id", "suspect_id", "started", "prior_offences")
    suspects = reports.filter(pl.col("suspect_id").is_not_null()).sort("started", "report_id")
    return suspects.unique("suspect_id", keep="first", maintain_order=True).with_columns(
        result(pl.col("prior_offences") > 0)
    )


def cases_before(cohort: Cohort) -> pl.DataFrame:
    """8b: cases whose suspect has an earlier recorded offence."""
    cases = cohort.cases.select("case", "suspect_id", "prior_offences")
    return cases.filter(pl.col("suspect_id").is_not_null()).with_columns(result(pl.col("prior_offences") > 0))
