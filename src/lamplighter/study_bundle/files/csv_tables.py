"""One table's CSV to numbered rows, through the reader of damaged lines.

Rows in are rows taken plus rows that could not be read; nothing is passed over without a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from lamplighter.records.formats.delimited import read_delimited
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.schema import Table

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


def unreadable(file: str, table: Table) -> Raw:
    """Return what is left of a file that cannot be read."""
    return Raw(no_rows(), [f.one("table_unreadable", file=file, table=table.name)], 0, frozenset())


def no_rows() -> pl.DataFrame:
    """A frame without rows and without columns of the schema."""
    return pl.DataFrame(schema={"_file": pl.String(), "_row": pl.Int64()})


def read_rows(path: Path, spec: FileSpec, table: str) -> Raw:
    """Delimited text with its columns as ``FileSpec`` names them (upper case). Raises ``RecordsError``."""
    frames, found, rejected = [], [], 0
    for part in _delimited(path, spec, table):
        frames.append(part.frame)
        rejected += part.rejected
        found += part.findings
    if not frames:
        return Raw(no_rows(), found, rejected, frozenset())
    return Raw(pl.concat(frames), found, rejected, part.columns)


def _delimited(path: Path, spec: FileSpec, table: str) -> Iterator[Raw]:
    for rows in read_delimited(path, spec):
        frame = rows.frame.drop("_extra").with_columns(pl.lit(path.name).alias("_file"))
        columns = frozenset(c for c in frame.columns if not c.startswith("_"))
        yield Raw(frame, as_found(rows.findings, table), rows.rejected, columns)


def as_found(findings: pl.DataFrame, table: str) -> list[pl.DataFrame]:
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
            pl.lit(None, pl.String).alias("force"),
        ).cast(f.FOUND)
    ]


def csv_spec(table: Table) -> FileSpec:
    """A table of the schema as delimited text."""
    return FileSpec(name=table.name, pattern="", columns=(), required=())


def read_csv(path: Path, table: Table) -> Raw:
    """Every row of a table's CSV. Raises ``RecordsError``: the file cannot be read."""
    raw = read_rows(path, csv_spec(table), table.name)
    unknown = unknown_columns([c for c in raw.columns if c not in _upper(table)], path.name, table.name)
    return _of_schema(raw, table)._replace(findings=[*raw.findings, *unknown])


def csv_parts(path: Path, table: Table) -> Iterator[Raw]:
    """The same rows and findings a part at a time. Raises ``RecordsError``: the file cannot be read on."""
    for i, raw in enumerate(_delimited(path, csv_spec(table), table.name)):
        strange = [c for c in raw.columns if c not in _upper(table)] if i == 0 else []
        unknown = unknown_columns(strange, path.name, table.name)
        yield _of_schema(raw, table)._replace(findings=[*raw.findings, *unknown])


def _upper(table: Table) -> dict[str, str]:
    return {c.upper(): c for c in table.columns}


def _of_schema(raw: Raw, table: Table) -> Raw:
    names = _upper(table)
    frame = raw.frame.select(
        *(pl.col(c).alias(names[c]) for c in raw.frame.columns if c in names), "_file", "_row"
    )
    return raw._replace(frame=frame, columns=frozenset(names[c] for c in raw.columns & names.keys()))


def unknown_columns(columns: list[str], file: str, table: str) -> list[pl.DataFrame]:
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
    """Tell whether a heading is that of a column that names people."""
    return bool(_IDENTIFIES.search(re.sub(r"[^0-9A-Za-z]+", "_", heading)))
