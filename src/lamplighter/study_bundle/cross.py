"""Checks across columns, rows and tables: the faults that give believable wrong numbers.

Days are compared, not minutes; a time known to the month or year only is not compared at all.
"""

from __future__ import annotations

import polars as pl

from lamplighter.study_bundle import findings as f
from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.work import TableWork

#: Kinds of events that may be older than the report.
MAY_PRECEDE = frozenset(
    {"order", "imprisonment", "programme", "custody", "custody_review", "notification", "breach", "arrest"}
    | {"breach_response", "breach_review", "health_flag", "suspect_named", "history_check", "review_trigger"}
    | {"meeting", "action", "information_shared", "health_decision", "spo_stage"}
)
#: Kinds whose `at` is when something was asked for; of others `due_at` may be before `at`: it was late.
ASKED = frozenset({"plan_action", "action", "notification"})
FOLLOW_UP_DAYS = 180
_NAMED = ("1", "1A", "2", "2A", "3", "3A", "12", "15", "16", "17", "21")
_NOT_NAMED = ("14", "18")


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.date()


def _known(precision: str) -> pl.Expr:
    return ~pl.col(precision).is_in(["month", "year"]).fill_null(False)


def check_reports(work: TableWork, metadata: Metadata, file: str) -> None:
    """Reports by themselves: dates, people, ages, repeats."""
    extract = pl.lit(metadata.extracted_on)
    work.note(_day("recorded_at") > extract, "report_after_extract", "recorded_at")
    outside = ~_day("recorded_at").is_between(pl.lit(metadata.period_from), pl.lit(metadata.period_to))
    if metadata.basis == "recorded":
        work.note(outside & _known("recorded_precision"), "outside_period", "recorded_at")
    turned = (_day("recorded_at") < _day("reported_at")) & _known("reported_precision")
    work.note(turned & _known("recorded_precision"), "recorded_before_reported", "reported_at")
    work.note(pl.col("victim_id") == pl.col("suspect_id"), "same_person_both", "suspect_id")
    work.note(~pl.col("force").is_in(list(metadata.force)), "force_unknown", "force")
    for part in ("victim", "suspect"):
        _ages(work, part)
    pair = pl.struct("victim_id", "suspect_id", "recorded_at")
    exact = (pl.col("recorded_precision") == "minute") & pl.col("victim_id").is_not_null()
    alike = exact & pl.col("suspect_id").is_not_null() & ~pair.is_first_distinct() & ~pl.col("_bad")
    work.note(alike, "reports_alike", "report_id")
    _cases(work)
    follow_up = pl.lit(metadata.extracted_on) - pl.duration(days=FOLLOW_UP_DAYS)
    if work.accepted.filter(_day("recorded_at") > follow_up).height:
        found = f.one(
            "immature", file=file, table="reports", column="recorded_at", about="reports.recorded_at"
        )
        work.findings.append(found)


def _ages(work: TableWork, part: str) -> None:
    age, band = f"{part}_age", f"{part}_age_band"
    low = pl.col(band).str.extract(r"^(\d+)").cast(pl.Int64, strict=False)
    high = pl.col(band).str.extract(r"-(\d+)$").cast(pl.Int64, strict=False).fill_null(200)
    work.note(~pl.col(age).is_between(low, high), "age_band_disagrees", band)
    born = pl.col("recorded_at").dt.year() - pl.col(age)
    spread = (born.max() - born.min()).over(f"{part}_id")
    work.note(pl.col(f"{part}_id").is_not_null() & (spread > 1), "age_inconsistent", age)


def _cases(work: TableWork) -> None:
    both = work.frame.filter(pl.col("case_id").is_not_null())
    if not both.height:
        return
    several = both.group_by("case_id").agg(
        pl.col("victim_id").drop_nulls().n_unique().alias("v"),
        pl.col("suspect_id").drop_nulls().n_unique().alias("s"),
    )
    bad = several.filter((pl.col("v") > 1) | (pl.col("s") > 1))["case_id"]
    work.note(pl.col("case_id").is_in(bad.implode()), "case_of_two_pairs", "case_id")
    pairs = both.filter(pl.col("victim_id").is_not_null() & pl.col("suspect_id").is_not_null())
    split = pairs.group_by("victim_id", "suspect_id").agg(pl.col("case_id").n_unique().alias("n"))
    split = split.filter(pl.col("n") > 1).select("victim_id", "suspect_id", pl.lit(True).alias("split"))
    joined = work.frame.select("victim_id", "suspect_id").join(
        split, on=["victim_id", "suspect_id"], how="left", maintain_order="left"
    )
    work.note(joined["split"], "pair_in_two_cases", "case_id")


def check_people(work: TableWork) -> None:
    """Pseudonyms that may be one person written two ways."""
    plain = (
        pl.col("person_id")
        .str.to_uppercase()
        .str.replace_all(r"[^0-9A-Z]+", "")
        .str.replace_all(r"(^|[A-Z])0+([0-9])", "${1}${2}")
    )
    same = work.frame.select(plain.alias("p"), pl.col("person_id").n_unique().over(plain).alias("n"))
    work.note((same["n"] > 1) & (same["p"] != ""), "people_alike", "person_id")


def check_people_there(work: TableWork, people: pl.DataFrame) -> None:
    """Reports whose victim or suspect has no row among people."""
    known = people["person_id"].implode()
    for column in ("victim_id", "suspect_id"):
        missing = pl.col(column).is_not_null() & ~pl.col(column).is_in(known)
        work.note(missing, "person_without_row", column)


def starts(reports: pl.DataFrame) -> pl.DataFrame:
    """The first day of each report: the earlier of reported and recorded; and whether it names a suspect."""
    return reports.select(
        "report_id",
        pl.min_horizontal(_day("reported_at"), _day("recorded_at")).alias("_start"),
        pl.col("suspect_id").is_not_null().alias("_named"),
        _known("recorded_precision").alias("_exact"),
    )


def _with_start(work: TableWork, reports: pl.DataFrame) -> pl.DataFrame:
    return work.frame.select("report_id").join(
        starts(reports), on="report_id", how="left", maintain_order="left"
    )


def check_spans(work: TableWork, reports: pl.DataFrame, first: str, last: str) -> None:
    """Offences and behaviours: first day, last day, and the day of the report."""
    work.note(pl.col(last) < pl.col(first), "ends_before_it_begins", last)
    start = _with_start(work, reports)
    work.note((work.frame[first] > start["_start"]) & start["_exact"], "offence_after_report", first)


def check_offences(work: TableWork) -> None:
    """One principal offence a report."""
    principal = (pl.col("classification") == "principal") & ~pl.col("_bad")
    again = principal & (principal.cast(pl.Int32).cum_sum().over("report_id") > 1)
    work.note(again, "principal_twice", "classification")


def check_events(work: TableWork, metadata: Metadata, reports: pl.DataFrame) -> None:
    """Events against their report, the extract and each other."""
    work.note(_day("at") > pl.lit(metadata.extracted_on), "after_extract", "at")
    start = _with_start(work, reports)
    at, sure = work.frame["at"].dt.date(), work.frame.select(_known("at_precision")).to_series()
    before = (at < start["_start"]) & start["_exact"] & sure
    outcome = work.frame["kind"] == "outcome"
    work.note(before & outcome, "outcome_before_recording", "at")
    may = work.frame["kind"].is_in(pl.Series(sorted(MAY_PRECEDE)).implode())
    work.note(before & ~outcome & ~may, "event_before_report", "at")
    ends = (_day("ended_at") < _day("at")) & _known("at_precision")
    work.note(ends, "ends_before_it_begins", "ended_at")
    due = (_day("due_at") < _day("at")) & _known("at_precision") & pl.col("kind").is_in(sorted(ASKED))
    work.note(due, "ends_before_it_begins", "due_at")
    work.note(pl.col("at").is_null(), "event_not_dated", "at")
    if metadata.event_kinds is not None:
        work.note(~pl.col("kind").is_in(list(metadata.event_kinds)), "kind_not_listed", "kind")
    known = pl.concat([reports["report_id"], work.accepted["event_id"]]).implode()
    nowhere = pl.col("refers_to").is_not_null() & ~pl.col("refers_to").is_in(known)
    work.note(nowhere, "refers_to_nothing", "refers_to")
    if reports.height and reports["suspect_id"].null_count() < reports.height:
        wrong = (work.frame["code"].is_in(list(_NAMED)) & ~start["_named"]) | (
            work.frame["code"].is_in(list(_NOT_NAMED)) & start["_named"]
        )
        work.note(outcome & wrong, "outcome_needs_suspect", "code")
    _withdrawals(work)


def _withdrawals(work: TableWork) -> None:
    withdrawn = work.accepted.filter(
        (pl.col("kind") == "support_status") & (pl.col("code") == "withdrawn") & pl.col("at").is_not_null()
    )["report_id"].implode()
    without = (pl.col("kind") == "outcome") & (pl.col("code") == "16") & ~pl.col("report_id").is_in(withdrawn)
    work.note(without, "outcome_16_without_withdrawal", "code")


def check_basis(reports: TableWork, events: TableWork | None, metadata: Metadata, file: str) -> None:
    """Two bases in one bundle: outcomes assigned in the period to crimes recorded outside it, or turned."""
    if events is None:
        return
    inside = pl.col("at").dt.date().is_between(pl.lit(metadata.period_from), pl.lit(metadata.period_to))
    outcomes = events.frame.filter(pl.col("kind") == "outcome")
    if metadata.basis == "recorded":
        early = reports.frame.filter(_day("recorded_at") < pl.lit(metadata.period_from))["report_id"]
        mixed = outcomes.filter(inside & pl.col("report_id").is_in(early.implode())).height
    else:
        mixed = outcomes.filter(~inside).height
    if mixed:
        reports.findings.append(
            f.one("mixed_basis", file=file, table="events", column="at", about="events:outcome")
        )
