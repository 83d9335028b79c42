"""Dates that cannot be right, whatever the source: emptied with a warning, the raw value kept."""

from __future__ import annotations

import datetime as dt

import polars as pl

from lamplighter.records.schema import Bundle
from lamplighter.records.validation.problems import FOUND_SCHEMA

LEEWAY = dt.timedelta(days=2)  # clocks and hand-typed dates differ by a little


def plausible(bundle: Bundle, as_at: dt.datetime | None) -> tuple[Bundle, list[pl.DataFrame]]:
    """Empty report dates after ``as_at``, occasions after their report, births after it or 120 years
    before it.
    """
    out, notes = dict(bundle), []
    reports, occasions, people = out["reports"], out["occasions"], out["people"]
    if as_at is not None and reports.height:
        late = (reports["reported_at"] > as_at + LEEWAY).fill_null(False)
        reports, more = _emptied(reports, late, "reports", "reported_at", "date_future")
        notes += more
    told = reports.select("report_id", pl.col("reported_at").alias("_told"))
    limit = pl.coalesce("_told", pl.lit(as_at, pl.Datetime("us")))
    if occasions.height:
        occasions = occasions.join(told, on="report_id", how="left", maintain_order="left")
        for column in ("started_at", "ended_at"):
            late = occasions.select((pl.col(column) > limit + LEEWAY).fill_null(False)).to_series()
            occasions, more = _emptied(occasions, late, "occasions", column, "date_after_report")
            notes += more
        turned = (occasions["ended_at"] < occasions["started_at"]).fill_null(False)
        if turned.any():
            notes.append(_note(occasions.filter(turned), "occasions", "started_at", "times_turned"))
            occasions = occasions.with_columns(
                pl.when(turned).then("ended_at").otherwise("started_at").alias("started_at"),
                pl.when(turned).then("started_at").otherwise("ended_at").alias("ended_at"),
            )
        none = occasions["started_at"].is_null() & occasions["ended_at"].is_null()
        occasions = occasions.with_columns(
            pl.when(none).then(pl.lit("not_known")).otherwise("date_precision").alias("date_precision")
        ).drop("_told")
    if people.height and people["birth_date"].null_count() < people.height:
        people = people.join(told, on="report_id", how="left", maintain_order="left")
        after = people.select((pl.col("birth_date") > limit.dt.date()).fill_null(False)).to_series()
        people, more = _emptied(people, after, "people", "birth_date", "birth_after_report")
        notes += more
        early = people.select(
            (pl.col("birth_date") < (limit.dt.offset_by("-120y")).dt.date()).fill_null(False)
        ).to_series()
        people, more = _emptied(people, early, "people", "birth_date", "birth_too_early")
        notes += more
        people = people.drop("_told")
    if people.height:
        low, high = people["age_from"], people["age_to"]
        # Each by itself: of two ages often one is not known.
        outside = [((age < 0) | (age > 150)).fill_null(False) for age in (low, high)]
        wrong = outside[0] | outside[1] | (low > high).fill_null(False)
        if wrong.any():
            notes.append(_note(people.filter(wrong), "people", "age_from", "age_absurd"))
            people = people.with_columns(
                pl.when(wrong).then(None).otherwise(pl.col(c)).alias(c) for c in ("age_from", "age_to")
            )
    out["reports"], out["occasions"], out["people"] = reports, occasions, people
    return out, notes


def _emptied(
    frame: pl.DataFrame, which: pl.Series, table: str, column: str, problem: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    if not which.any():
        return frame, []
    found = _note(frame.filter(which), table, column, problem)
    return frame.with_columns(pl.when(which).then(None).otherwise(pl.col(column)).alias(column)), [found]


def _note(frame: pl.DataFrame, table: str, column: str, problem: str) -> pl.DataFrame:
    return frame.select(
        (pl.col("_file") if "_file" in frame.columns else pl.lit(None, pl.String)).alias("file"),
        (pl.col("_row") if "_row" in frame.columns else pl.lit(None, pl.Int64)).cast(pl.Int64).alias("row"),
        pl.lit(f"{table}.{column}").alias("column"),
        pl.lit(problem).alias("problem"),
        pl.lit(None, pl.Int64).alias("length"),
        pl.col("report_id").alias("report_ref"),
    ).cast(FOUND_SCHEMA)
