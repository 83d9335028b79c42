"""A table of totals with a column for each outcome, made long, and held against its totals."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import NamedTuple

import polars as pl

from lamplighter.records.errors import RecordsError
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.study_bundle.checking import Checked
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.files.csv_tables import Raw, read_rows
from lamplighter.study_bundle.files.sheets import Sheet, rows_of
from lamplighter.study_bundle.financial_years import period_of
from lamplighter.study_bundle.spreadsheets.headed_lines import place_of
from lamplighter.study_bundle.spreadsheets.mapping import RatesTable, WideTotals
from lamplighter.vocabulary.forces import force_named
from lamplighter.vocabulary.forces import plain as plain_force

_SPEC = FileSpec(name="totals", pattern="", columns=(), required=())


def unpivoted(lines: Raw, wide: WideTotals, path: Path, place: Sheet) -> dict[str, Raw]:
    """One row for each force, period and outcome column; the row's column is kept for findings.

    Rates that the mapping names are set beside the counts of the same force and period, as they are printed.

    Raises:
        BundleMappingError: a heading of the mapping is not in the file.
    """
    plain = _SPEC.column_named
    named = {plain(h): h for h in wide.columns}
    single = (wide.force, wide.total, wide.period)
    missing = [h for c, h in named.items() if c not in lines.columns]
    missing += [h for h in single if h and plain(h) not in lines.columns]
    _refuse_missing(missing, place)
    known = {plain(h) for h in (*single, *wide.leave_out) if h}
    if wide.rates is not None and wide.rates.file is None:
        known |= {plain(h) for h in wide.rates.columns}
    headings = {place.named(h): h for h in place.headings}
    frames = []
    found = list(lines.findings)
    rates = None if wide.rates is None else _rates(lines, wide, wide.rates, path, place)
    for column in (c for c in lines.frame.columns if c not in ("_file", "_row") and c not in known):
        if column not in named and not wide.rest:
            found.append(f.one("column_unknown", file=path.name, table="totals", column="unknown column"))
            continue
        own = dict(wide.columns.get(named.get(column, ""), {}))
        cells = {"measure": "outcome", "category": headings.get(column, column), **wide.fixed, **own}
        frames.append(_rated(_long(lines.frame, wide, column, cells), named.get(column), wide, rates, lines))
    if wide.total:
        cells = {**wide.fixed, "measure": "offences"}
        frames.append(_long(lines.frame, wide, plain(wide.total), cells))
    if rates is not None:
        found += rates.findings
    whole = pl.concat(frames, how="diagonal") if frames else lines.frame.clear()
    columns = frozenset(c for c in whole.columns if not c.startswith("_"))
    # A line that could not be read loses a cell of every column.
    lost = lines.rejected * len(frames)
    return {"totals": Raw(whole.sort("_row", maintain_order=True), found, lost, columns)}


def _refuse_missing(missing: list[str], place: Sheet) -> None:
    if missing:
        raise BundleMappingError(
            f"The file has no column headed {', '.join(sorted(missing))}.",
            file=place.label,
            place=f"line {place.line}",
            remedy="Correct the heading in the mapping, or take the entry out.",
        )


def _long(frame: pl.DataFrame, wide: WideTotals, column: str, cells: dict[str, str]) -> pl.DataFrame:
    return frame.select(
        pl.col(_SPEC.column_named(wide.force)).alias("force"),
        *(pl.lit(v, pl.String).alias(k) for k, v in cells.items() if wide.period is None or k not in _ENDS),
        *([] if wide.period is None else _ends(frame, wide.period)),
        pl.col(column).alias("count"),
        "_file",
        "_row",
    )


_ENDS = ("period_from", "period_to")


def _ends(frame: pl.DataFrame, heading: str) -> list[pl.Expr]:
    """Return the first and last day of each row's period, as text; empty where it cannot be read."""
    column = pl.col(_SPEC.column_named(heading))
    periods = {t: period_of(t) for t in frame.select(column).to_series().drop_nulls().unique()}
    first = {t: p.first.isoformat() for t, p in periods.items() if p}
    last = {t: p.last.isoformat() for t, p in periods.items() if p}
    return [
        column.replace_strict(ends, default=None, return_dtype=pl.String).alias(name)
        for name, ends in zip(_ENDS, (first, last), strict=True)
    ]


class _Rates(NamedTuple):
    """Rates by the force and period that they are of, and what was found wrong with them."""

    frame: pl.DataFrame
    findings: list[pl.DataFrame]


def _key(frame: pl.DataFrame, force: str, period: str | None) -> pl.DataFrame:
    """Return a frame with ``_who`` (the force of the list, or its plain name) and ``_when``."""
    column = pl.col(_SPEC.column_named(force))
    names = frame.select(column).to_series().drop_nulls().unique().to_list()
    who = {n: found.code if (found := force_named(n)) else plain_force(n) for n in names}
    when = pl.lit("") if period is None else _ends(frame, period)[0].fill_null("")
    return frame.with_columns(
        column.replace_strict(who, default=None, return_dtype=pl.String).alias("_who"), when.alias("_when")
    )


def _rates(lines: Raw, wide: WideTotals, rates: RatesTable, path: Path, place: Sheet) -> _Rates:
    """Read the rates, and say which are of a force and period for which there are no counts.

    Raises:
        RecordsError: the file of rates cannot be read, or lacks a heading that the mapping names.
    """
    own, raw = place, lines
    if rates.file is not None:
        named = (rates.force, *rates.columns)
        own = place_of(path.parent / rates.file, _SPEC, named, line=None, sheet=None)
        raw = rows_of(own, "totals")
    needed = (rates.force, rates.period, *rates.columns)
    _refuse_missing([h for h in needed if h and own.named(h) not in raw.columns], own)
    keyed = _key(raw.frame, rates.force, rates.period)
    counted = _key(lines.frame, wide.force, wide.period).select("_who", "_when")
    orphans = keyed.join(counted, on=["_who", "_when"], how="anti", maintain_order="left")
    force = pl.col(own.named(rates.force)).alias("force")
    twice = keyed.filter(~pl.struct("_who", "_when").is_first_distinct())
    found = [] if rates.file is None else list(raw.findings)
    found += [
        f.of_rows(rows.with_columns(force), "totals", problem, "rate")
        for rows, problem in ((orphans, "rate_without_count"), (twice, "force_twice"))
        if rows.height and rates.file is not None
    ]
    return _Rates(keyed.unique(["_who", "_when"], keep="first", maintain_order=True), found)


def _rated(
    long: pl.DataFrame, heading: str | None, wide: WideTotals, rates: _Rates | None, lines: Raw
) -> pl.DataFrame:
    """Return one column's rows with the rate printed for each, and the count that it is a share of."""
    told = {} if wide.rates is None else {c: r for r, c in wide.rates.columns.items()}
    if rates is None or wide.rates is None or heading not in told:
        return long
    plain = _SPEC.column_named
    keyed = _key(lines.frame, wide.force, wide.period).select(
        "_row", "_who", "_when", pl.col(plain(wide.rates.of)).alias("of")
    )
    rate = rates.frame.select("_who", "_when", pl.col(plain(told[heading])).alias("rate"))
    both = keyed.join(rate, on=["_who", "_when"], how="left", maintain_order="left")
    return long.join(both.select("_row", "of", "rate"), on="_row", how="left", maintain_order="left")


def check_control(made: Checked, wide: WideTotals, path: Path) -> Checked:
    """Categories against the control file beside the table, where the mapping names one.

    Raises:
        BundleMappingError: the control file is not there or lacks its columns.
    """
    if wide.control is None or made.bundle is None:
        return made
    file = path.parent / wide.control
    try:
        lines = read_rows(file, _SPEC, "totals")
        name, count = _SPEC.column_named(wide.control_name), _SPEC.column_named(wide.control_count)
        control = dict(
            lines.frame.select(
                pl.col(name).str.strip_chars(),
                pl.col(count).str.replace_all(",", "").cast(pl.Int64, strict=False),
            )
            .drop_nulls()
            .iter_rows()
        )
    except (RecordsError, pl.exceptions.PolarsError) as error:
        raise BundleMappingError(
            "The control file cannot be read, or lacks the columns that the mapping names.",
            file=file.name,
            remedy="Put it beside the table, or take [totals.control] out.",
        ) from error
    sums = dict(
        made.bundle.table("totals")
        .filter((pl.col("measure") == "outcome") & pl.col("category").is_not_null())
        .group_by("category")
        .agg(pl.col("count").sum())
        .iter_rows()
    )
    found = [
        f.one("control_disagrees", file=path.name, table="totals", column=name_, about="totals.count")
        for name_ in sorted(sums.keys() & control.keys())
        if sums[name_] != control[name_]
    ]
    found += [
        f.one("control_missing", file=path.name, table="totals", column=name_, about="totals.count")
        for name_ in sorted(sums.keys() ^ control.keys())
    ]
    return dataclasses.replace(made, findings=(*made.findings, *found))
