"""One table's file to numbered rows: CSV through the reader of damaged lines, Parquet with limits.

Rows in are rows taken plus rows that could not be read; nothing is passed over without a finding.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lamplighter.records.delimited import read_delimited
from lamplighter.records.errors import RecordsError
from lamplighter.records.mapping import FileSpec
from lamplighter.study_bundle import findings as f
from lamplighter.study_bundle.schema import Table

MOST_ROWS = 50_000_000
MOST_BYTES = 8_000_000_000  # unpacked, as a Parquet file says of itself
_GROUP_BYTES = 2_000_000_000

#: Headings of columns that identify people: never read, and named so that they are taken out.
_IDENTIFIES = re.compile(
    r"(?i)(^|_)(sur|first|fore|given|family|last|middle|maiden|full|nick)_?names?($|_)|(^|_)names?$|(^|_)alias"
    r"|(^|_)(dob|date_of_birth|birth_?(date|dt)|born_on)($|_)|post_?code|(^|_)(address|street|house_?no)"
    r"|(^|_)(e_?mail|telephone|phone_?(no|number)|mobile|tel)($|_)|(^|_)(nino|nhs_?(no|number)|pnc_?id|cro)($|_)"
)


class Raw(NamedTuple):
    """Rows of one file: text or typed columns by the schema's names, ``_file`` and ``_row``."""

    frame: pl.DataFrame
    findings: list[pl.DataFrame]
    rejected: int
    columns: frozenset[str]


def read_table(path: Path, table: Table) -> Raw:
    """The rows of one table of a bundle. A file that cannot be read gives no rows and one finding."""
    try:
        raw = _parquet(path, table) if path.suffix == ".parquet" else _csv(path, table)
    except RecordsError:
        raw = _unreadable(path, table)
    if raw.frame.height:
        missing = [
            f.one("column_required_missing", file=path.name, table=table.name, column=c.name)
            for c in table.columns.values()
            if c.required and c.name not in raw.columns
        ]
        raw.findings.extend(missing)
    return raw


def _unreadable(path: Path, table: Table) -> Raw:
    wrong = f.one("table_unreadable", file=path.name, table=table.name)
    return Raw(_none(), [wrong], 0, frozenset())


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"_file": pl.String(), "_row": pl.Int64()})


def read_rows(path: Path, spec: FileSpec, table: str) -> Raw:
    """Delimited text with its columns as ``FileSpec`` names them (upper case). Raises ``RecordsError``."""
    frames, found, rejected = [], [], 0
    for rows in read_delimited(path, spec):
        frames.append(rows.frame)
        rejected += rows.rejected
        found += _as_found(rows.findings, table)
    if not frames:
        return Raw(_none(), found, rejected, frozenset())
    frame = pl.concat(frames).drop("_extra").with_columns(pl.lit(path.name).alias("_file"))
    return Raw(frame, found, rejected, frozenset(c for c in frame.columns if not c.startswith("_")))


def _as_found(findings: pl.DataFrame, table: str) -> list[pl.DataFrame]:
    """Findings of the line reader in the form of this room. What a column was called is not repeated."""
    if not findings.height:
        return []
    return [
        findings.select(
            "file",
            pl.lit(table).alias("table"),
            "row",
            pl.lit("").alias("column"),
            pl.lit(table).alias("about"),
            "problem",
        ).cast(f.FOUND)
    ]


def _csv(path: Path, table: Table) -> Raw:
    raw = read_rows(path, FileSpec(name=table.name, pattern="", columns=(), required=()), table.name)
    names = {c.upper(): c for c in table.columns}
    frame = raw.frame.select(
        *(pl.col(c).alias(names[c]) for c in raw.frame.columns if c in names), "_file", "_row"
    )
    unknown = _unknown([c for c in raw.columns if c not in names], path.name, table.name)
    return Raw(
        frame,
        [*raw.findings, *unknown],
        raw.rejected,
        frozenset(names[c] for c in raw.columns & names.keys()),
    )


def _unknown(columns: list[str], file: str, table: str) -> list[pl.DataFrame]:
    """A finding for each column that is not read. The heading may be data, so it is not repeated."""
    return [
        f.one(
            "column_identifies" if _IDENTIFIES.search(column) else "column_unknown",
            file=file,
            table=table,
            column="unknown column",
            about=f"{table}.unknown",
        )
        for column in sorted(columns)
    ]


def identifies(heading: str) -> bool:
    """Whether a heading is that of a column that names people."""
    return bool(_IDENTIFIES.search(re.sub(r"[^0-9A-Za-z]+", "_", heading)))


def _parquet(path: Path, table: Table) -> Raw:
    try:
        source = pq.ParquetFile(path)
        about = source.metadata
        groups = [about.row_group(i).total_byte_size for i in range(about.num_row_groups)]
        if about.num_rows > MOST_ROWS or sum(groups) > MOST_BYTES or max(groups, default=0) > _GROUP_BYTES:
            return _unreadable(path, table)
        present = source.schema_arrow.names
        wanted = [c for c in table.columns if present.count(c) == 1]
        frame = _frame(source, wanted)
    # pyarrow's own errors are kinds of these; a damaged file may name types or sizes that are not there.
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError, OverflowError):
        return _unreadable(path, table)
    frame = frame.with_columns(
        pl.lit(path.name).alias("_file"), pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_row")
    )
    unknown = _unknown([c for c in present if c not in wanted], path.name, table.name)
    return Raw(frame, unknown, 0, frozenset(wanted))


#: Units of a day by time unit; a moment is between 1900 and 2100 or it is none.
_DAY_UNITS = {"ns": 86_400_000_000_000, "us": 86_400_000_000, "ms": 86_400_000}
_FIRST_DAY, _LAST_DAY = -25_567, 47_481


def _sane(value: pl.Series) -> pl.Series:
    """Dates and times outside 1900 to 2099 as a text that is none: Polars stops at dates it cannot write."""
    if not value.dtype.is_temporal():
        return value
    day = _DAY_UNITS[value.dtype.time_unit or "us"] if isinstance(value.dtype, pl.Datetime) else 1
    number = value.to_physical()
    good = number.is_between(_FIRST_DAY * day, _LAST_DAY * day - 1)
    if good.fill_null(True).all():
        return value
    kept = pl.select(pl.when(good).then(value)).to_series()
    if isinstance(kept.dtype, pl.Datetime):
        if kept.dtype.time_zone:
            kept = kept.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
        text = kept.dt.strftime("%Y-%m-%dT%H:%M:%S")
    else:
        text = kept.dt.strftime("%Y-%m-%d")
    return pl.select(pl.when(good).then(text).when(~good).then(pl.lit("\x00"))).to_series()


def _frame(source: pq.ParquetFile, wanted: list[str]) -> pl.DataFrame:
    """Columns one by one to Polars; what has no plain form becomes a text that no column can be."""
    out = {}
    for name in wanted:
        column = source.read(columns=[name]).column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        kind = column.type
        nested = pa.types.is_nested(kind) and not (pa.types.is_list(kind) or pa.types.is_large_list(kind))
        odd = nested or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_time(kind)
        if odd or pa.types.is_fixed_size_binary(kind) or pa.types.is_duration(kind):
            there = pl.Series(column.is_valid().to_numpy(), dtype=pl.Boolean)
            out[name] = pl.select(pl.when(there).then(pl.lit("\x00"))).to_series()
        else:
            out[name] = _sane(pl.Series(name, pl.from_arrow(column)))
    if not out:  # rows without a column that is known are rows all the same
        out["_blank"] = pl.Series([None] * source.metadata.num_rows, dtype=pl.String)
    return pl.DataFrame(out)
