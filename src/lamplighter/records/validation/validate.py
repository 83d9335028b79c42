"""Validation of bundles: pandera on whole columns, then keys, parents and dates that cannot be right.

Files, forms and documents all pass here.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from lamplighter.records.schema import POLARS_TYPES, TABLES, TABLES_BY_NAME, Bundle, Table
from lamplighter.records.validation.crowded_reports import crowded, without
from lamplighter.records.validation.limits import HIGHEST_NUMBER, LONGEST_ID, LONGEST_REFERENCE
from lamplighter.records.validation.plausible_dates import plausible
from lamplighter.records.validation.problems import FOUND_SCHEMA, as_rejects
from lamplighter.vocabulary.codes import code_set

#: Codes that a rule lets through although no set lists them: none.
_LISTS = {"texts", "integers"}
_LONGEST = {
    "reports": {"source_ref": LONGEST_REFERENCE, "report_id": LONGEST_ID},
    "people": {"record_id": LONGEST_ID},
}


@cache
def pandera_schema(name: str) -> pa.DataFrameSchema:
    """Return the pandera schema of one table: types, what must be there, and codes."""
    table = TABLES_BY_NAME[name]
    columns = {}
    for f in table.fields:
        checks = []
        if f.codes and f.kind == "text":
            checks.append(pa.Check.isin(sorted(code_set(f.codes).codes), name="codes"))
        columns[f.name] = pa.Column(POLARS_TYPES[f.kind], checks, nullable=not f.required, required=True)
    return pa.DataFrameSchema(columns, strict=False, ordered=False)


def validate(
    bundle: Bundle,
    *,
    as_at: dt.datetime | None = None,
    mapped: bool = False,
) -> tuple[Bundle, pl.DataFrame]:
    """Return the rows that hold, and a rejects table about those that do not or hold only in part.

    A code outside its set or a date that cannot be right is emptied with a
    warning; a row without a required field, with a key used twice or without
    its parent is left out. Frames may carry ``_file`` and ``_row``, which the
    rejects then name; otherwise a report's own source rows are named. With
    ``mapped`` the rows come from a mapping, whose keys are unique already.
    """
    findings: list[pl.DataFrame] = []
    out: Bundle = {}
    for table in TABLES:
        frame, notes = _typed(bundle.get(table.name), table)
        findings += notes
        frame, notes = _checked(frame, table)
        findings += notes
        frame, notes = _short_enough(frame, table)
        findings += notes
        frame, notes = _numbered(frame, table)
        findings += notes
        if not mapped or table.name == "reports":
            frame, notes = _unique(frame, table)
            findings += notes
        out[table.name] = frame
    if not mapped and (too_many := crowded(out)):
        findings += [
            note(
                out["reports"].filter(pl.col("report_id").is_in(list(ids))),
                TABLES_BY_NAME[table],
                column,
                problem,
            )
            for (table, column, problem), ids in too_many.items()
        ]
        out = without(out, {report for ids in too_many.values() for report in ids})
    out, notes = _with_parents(out)
    findings += notes
    out, notes = plausible(out, as_at)
    findings += notes
    findings = [_located(f, out, bundle) for f in findings if f.height]
    clean = {
        t.name: out[t.name].select(pl.col(c).cast(k) for c, k in t.polars_schema.items()) for t in TABLES
    }
    return clean, as_rejects(findings)


def note(frame: pl.DataFrame, table: Table, column: str | None, problem: str) -> pl.DataFrame:
    """Findings about rows of a table, with what is known of where they came from."""
    return frame.select(
        (pl.col("_file") if "_file" in frame.columns else pl.lit(None, pl.String)).alias("file"),
        (pl.col("_row") if "_row" in frame.columns else pl.lit(None, pl.Int64)).cast(pl.Int64).alias("row"),
        pl.lit(f"{table.name}.{column}" if column else table.name).alias("column"),
        pl.lit(problem).alias("problem"),
        pl.lit(None, pl.Int64).alias("length"),
        (pl.col("report_id") if "report_id" in frame.columns else pl.col("record_id"))
        .cast(pl.String)
        .alias("report_ref"),
    ).cast(FOUND_SCHEMA)


def _located(findings: pl.DataFrame, out: Bundle, bundle: Bundle) -> pl.DataFrame:
    """Name the file and first line of the report where nothing nearer is known, and the agency's own
    reference.
    """
    reports = bundle.get("reports")
    if reports is None or "source_rows" not in reports.columns or "report_id" not in reports.columns:
        return findings
    spots = reports.select(
        pl.col("report_id").cast(pl.String).alias("report_ref"),
        pl.col("source_file").cast(pl.String, strict=False).alias("f"),
        pl.col("source_rows").list.first().cast(pl.Int64).alias("r")
        if isinstance(reports["source_rows"].dtype, pl.List)
        else pl.lit(None, pl.Int64).alias("r"),
        pl.col("source_ref").cast(pl.String, strict=False).alias("ref"),
    ).unique("report_ref", keep="first")
    return (
        findings.join(spots, on="report_ref", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("file", "f").alias("file"),
            pl.when(pl.col("file").is_null()).then(pl.coalesce("row", "r")).otherwise("row").alias("row"),
            pl.coalesce("ref", "report_ref").alias("report_ref"),
        )
        .select(list(FOUND_SCHEMA))
    )


def _typed(frame: pl.DataFrame | None, table: Table) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    if frame is None:
        return pl.DataFrame(schema=table.polars_schema), []
    notes: list[pl.DataFrame] = []
    casts: list[pl.Expr | pl.Series] = []
    for name, kind in table.polars_schema.items():
        if name not in frame.columns:
            casts.append(pl.lit(None, kind).alias(name))
        elif frame[name].dtype == kind:
            casts.append(pl.col(name))
        else:
            try:
                value = frame[name].cast(kind, strict=False)
            except pl.exceptions.PolarsError:
                value = pl.Series(name, [None] * frame.height, dtype=kind)
            lost = frame.filter(value.is_null() & frame[name].is_not_null())
            if lost.height:
                notes.append(note(_keyed(lost, table), table, name, "value_wrong_type"))
            casts.append(value.alias(name))
    hidden = [c for c in ("_file", "_row") if c in frame.columns]
    return frame.select(*casts, *hidden), notes


def _keyed(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    key = "report_id" if "report_id" in table.columns else "record_id"
    return frame if key in frame.columns else frame.with_columns(pl.lit(None, pl.String).alias(key))


def _checked(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """What pandera finds wrong, acted on: codes emptied, rows without required fields left out."""
    if _nothing_wrong(frame, table):
        return frame, []
    try:
        pandera_schema(table.name).validate(frame, lazy=True)
        return frame, []
    except SchemaErrors as error:
        cases = error.failure_cases.with_columns(
            pl.col("index").cast(pl.Int64), pl.col("column").cast(pl.String)
        )
    notes: list[pl.DataFrame] = []
    bad = pl.Series([False] * frame.height, dtype=pl.Boolean)
    for f in table.fields:
        at = (
            cases.filter((pl.col("column") == f.name) & pl.col("index").is_not_null())["index"]
            .unique()
            .sort()
        )
        if at.is_empty():
            continue
        mask = pl.Series([False] * frame.height, dtype=pl.Boolean).scatter(at, True)
        empty = mask & frame[f.name].is_null()
        wrong = mask & ~empty
        if f.required:
            if empty.any():
                notes.append(note(frame.filter(empty), table, f.name, "required_missing"))
            if wrong.any():
                notes.append(note(frame.filter(wrong), table, f.name, "required_not_in_set"))
            bad = bad | mask
        elif wrong.any():
            notes.append(note(frame.filter(wrong), table, f.name, "code_not_in_set"))
            frame = frame.with_columns(pl.when(wrong).then(None).otherwise(pl.col(f.name)).alias(f.name))
    return frame.filter(~bad), notes


def _short_enough(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Rows whose references and ids the tables of links and patterns can hold."""
    notes = []
    for column, longest in _LONGEST.get(table.name, {}).items():
        long = (frame[column].str.len_chars() > longest).fill_null(False)
        if long.any():
            notes.append(note(frame.filter(long), table, column, "reference_too_long"))
            frame = frame.filter(~long)
    return frame, notes


def _numbered(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Rows whose number within their report the tables can hold."""
    notes = []
    for column in (f.name for f in table.fields if f.required and f.kind == "integer"):
        wrong = ~frame[column].is_between(0, HIGHEST_NUMBER)
        if wrong.any():
            notes.append(note(frame.filter(wrong), table, column, "number_out_of_range"))
            frame = frame.filter(~wrong)
    return frame, notes


def _nothing_wrong(frame: pl.DataFrame, table: Table) -> bool:
    """Whether there is nothing for pandera to find. It looks at one column after another, and one report
    that somebody waits for has a hundred; types are right already (:func:`_typed`)."""
    if frame.is_empty():
        return True
    wrong = [pl.col(f.name).is_null().any().alias(f"{f.name} required") for f in table.fields if f.required]
    wrong += [
        (~pl.col(f.name).is_in(sorted(code_set(f.codes).codes))).any().alias(f.name)
        for f in table.fields
        if f.codes and f.kind == "text" and frame[f.name].null_count() < frame.height
    ]
    return not frame.select(pl.any_horizontal(wrong)).item() if wrong else True


def _unique(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    again = ~frame.select(pl.struct(table.key).is_first_distinct()).to_series()
    if not again.any():
        return frame, []
    return frame.filter(~again), [note(frame.filter(again), table, ", ".join(table.key), "key_repeated")]


def _with_parents(bundle: Bundle) -> tuple[Bundle, list[pl.DataFrame]]:
    out, notes = dict(bundle), []
    for table in TABLES:
        for column, (parent, key) in table.parents.items():
            there = out[table.name][column].is_in(out[parent][key].implode())
            if not there.all():
                notes.append(note(out[table.name].filter(~there), table, column, "parent_missing"))
                out[table.name] = out[table.name].filter(there)
    return out, notes
