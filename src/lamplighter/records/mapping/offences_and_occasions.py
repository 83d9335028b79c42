"""Offences and occasions out of the consolidated lines of reports."""

from __future__ import annotations

from functools import cache

import polars as pl

from lamplighter.records.mapping.mappings import Mapping
from lamplighter.records.schema import OCCASIONS, OFFENCES
from lamplighter.records.transforms import Options
from lamplighter.records.transforms.plain import coded
from lamplighter.vocabulary.codes import code_set


@cache
def _groups() -> dict[str, str]:
    return {c.code: str(c.extra["group"]) for c in code_set("offences").codes.values()}


def offences_table(one: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Return the principal offence of each report, and those included with it."""
    report = (pl.lit(f"{mapping.name}:") + pl.col("_ref")).alias("report_id")

    def column(name: str) -> pl.Expr:
        full = f"offences.{name}"
        return pl.col(full) if full in one.columns else pl.lit(None, pl.String)

    principal = one.select(
        report,
        pl.lit(1, pl.Int64).alias("offence_seq"),
        pl.lit("principal").alias("classification"),
        column("raw_code").alias("raw_code"),
        column("raw_title").alias("raw_title"),
        column("_principal").alias("offence"),
    ).filter(pl.any_horizontal(pl.col("raw_code", "raw_title", "offence").is_not_null()))
    frames = [principal]
    included = [s for s in mapping.offences if "_included" in s.into]
    if included and "offences._included" in one.columns:
        rows = one.select(report, pl.col("offences._included").alias("raw_code")).filter(
            pl.col("raw_code").is_not_null()
        )
        rows = rows.with_columns(
            pl.int_ranges(2, pl.col("raw_code").list.len().cast(pl.Int64) + 2).alias("offence_seq")
        )
        rows = rows.explode("raw_code", "offence_seq")
        if rows.height:
            code, _ = coded([rows["raw_code"]], Options(included[0].options, mapping.maps, mapping.patterns))
            frames.append(
                rows.select(
                    "report_id",
                    "offence_seq",
                    pl.lit("included").alias("classification"),
                    "raw_code",
                    pl.lit(None, pl.String).alias("raw_title"),
                    code.alias("offence"),
                )
            )
    every = pl.concat(frames).with_columns(
        pl.col("offence")
        .replace_strict(_groups(), default=None, return_dtype=pl.String)
        .alias("offence_group")
    )
    return every.select(pl.col(c).cast(t) for c, t in OFFENCES.polars_schema.items())


def occasions_table(one: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """One occasion a report; when its time is not recorded, it was no later than the report."""
    named = {c.removeprefix("occasions."): c for c in one.columns if c.startswith("occasions.")}
    told = (
        pl.col("reports.reported_at")
        if "reports.reported_at" in one.columns
        else pl.lit(None, pl.Datetime("us"))
    )
    frame = one.select(
        (pl.lit(f"{mapping.name}:") + pl.col("_ref")).alias("report_id"),
        pl.lit(1, pl.Int64).alias("occasion_seq"),
        told.alias("_told"),
        *(
            (pl.col(named[f]) if f in named else pl.lit(None, t)).alias(f)
            for f, t in OCCASIONS.polars_schema.items()
            if f not in {"report_id", "occasion_seq"}
        ),
    )
    frame = frame.with_columns(
        pl.when(pl.col("started_at").is_null() & pl.col("ended_at").is_null())
        .then("_told")
        .otherwise("ended_at")
        .alias("ended_at"),
        pl.col("date_precision").fill_null("not_known"),
    )
    return frame.select(pl.col(c).cast(t) for c, t in OCCASIONS.polars_schema.items())
