"""Checks across columns, rows and tables: the faults that give believable wrong numbers.

Days are compared, not minutes; a time known to the month or year only is not compared at all.
"""

from __future__ import annotations

import polars as pl

from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.checks.table_work import TableWork

FOLLOW_UP_DAYS = 180


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.date()


def known(precision: str) -> pl.Expr:
    """Tell whether a time is known to the day or better, by the column of its precision."""
    return ~pl.col(precision).is_in(["month", "year"]).fill_null(False)


def check_reports(work: TableWork, metadata: Metadata, file: str) -> None:
    """Reports by themselves: dates, people, ages, repeats."""
    extract = pl.lit(metadata.extracted_on)
    work.note(_day("recorded_at") > extract, "report_after_extract", "recorded_at")
    outside = ~_day("recorded_at").is_between(pl.lit(metadata.period_from), pl.lit(metadata.period_to))
    if metadata.basis == "recorded":
        work.note(outside & known("recorded_precision"), "outside_period", "recorded_at")
    turned = (_day("recorded_at") < _day("reported_at")) & known("reported_precision")
    work.note(turned & known("recorded_precision"), "recorded_before_reported", "reported_at")
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
    # Of reports that stand: what was left out says nothing of those that remain.
    born = pl.when(~pl.col("_bad")).then(pl.col("recorded_at").dt.year() - pl.col(age))
    spread = (born.max() - born.min()).over(f"{part}_id")
    work.note(pl.col(f"{part}_id").is_not_null() & (spread > 1), "age_inconsistent", age)


def _cases(work: TableWork) -> None:
    both = work.accepted.filter(pl.col("case_id").is_not_null())
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


def check_people(work: TableWork, reports: TableWork | None = None) -> None:
    """Pseudonyms that may be one person written two ways, of the people in reports that were taken in."""
    plain = (
        pl.col("person_id")
        .str.to_uppercase()
        .str.replace_all(r"[^0-9A-Z]+", "")
        .str.replace_all(r"(^|[A-Z])0+([0-9])", "${1}${2}")
    )
    own = work.frame.select(p=plain, id="person_id")
    if reports is not None:
        there = reports.accepted
        mine = own["id"].is_in(pl.concat([there["victim_id"], there["suspect_id"]]).unique().implode())
        own = own.with_columns(id=pl.when(mine).then("id"))
    same = own.select("p", n=pl.col("id").drop_nulls().n_unique().over("p"))
    work.note((same["n"] > 1) & (same["p"] != ""), "people_alike", "person_id")


def check_people_there(work: TableWork, people: pl.DataFrame) -> None:
    """Reports whose victim or suspect has no row among people."""
    known = people["person_id"].implode()
    for column in ("victim_id", "suspect_id"):
        missing = pl.col(column).is_not_null() & ~pl.col(column).is_in(known)
        work.note(missing, "person_without_row", column)


class Reports:
    """Facts that other tables ask of the reports that were taken in: their first day (the earlier of reported
    and recorded), whether that is known to the day, and whether a suspect is named.
    """

    def __init__(self, reports: pl.DataFrame) -> None:
        self.name_suspects = reports["suspect_id"].null_count() < reports.height
        # In order of the id, so that a part of the events is found by halving: a join would sort all anew.
        self._of = reports.select(
            "report_id",
            pl.min_horizontal(_day("reported_at"), _day("recorded_at")).alias("_start"),
            pl.col("suspect_id").is_not_null().alias("_named"),
            known("recorded_precision").alias("_exact"),
        ).sort("report_id")

    @property
    def ids(self) -> pl.Series:
        return self._of["report_id"]

    def of(self, work: TableWork) -> pl.DataFrame:
        """``_start``, ``_named`` and ``_exact`` of every row's report; null where it is not ``_there``."""
        asked = work.frame["report_id"]
        own = self._of if self._of.height else self._of.clear(1)
        found = own[own["report_id"].search_sorted(asked).clip(0, own.height - 1)]
        there = (found["report_id"] == asked).fill_null(False)
        columns = (pl.when(there).then(pl.col(c)).alias(c) for c in ("_start", "_named", "_exact"))
        return found.select(*columns, there.alias("_there"))


def check_spans(work: TableWork, start: pl.DataFrame, first: str, last: str) -> None:
    """Offences and behaviours: first day, last day, and the day of the report (``Reports.of``)."""
    work.note(pl.col(last) < pl.col(first), "ends_before_it_begins", last)
    work.note((work.frame[first] > start["_start"]) & start["_exact"], "offence_after_report", first)


def check_offences(work: TableWork) -> None:
    """One principal offence a report."""
    principal = (pl.col("classification") == "principal") & ~pl.col("_bad")
    again = principal & (principal.cast(pl.Int32).cum_sum().over("report_id") > 1)
    work.note(again, "principal_twice", "classification")
