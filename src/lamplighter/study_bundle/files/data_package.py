"""Bundles as Data Packages on disk: finding the files, and writing. What is read is checked elsewhere."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyarrow.parquet as pq

from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.errors import PackageNotValid
from lamplighter.study_bundle.metadata import as_json
from lamplighter.study_bundle.schema import POLARS_TYPES, Column, Table, tables

Form = Literal["csv", "parquet"]
SUFFIXES = (".parquet", ".csv")
_GROUP = 200_000  # rows of a group of a Parquet file
_OLDEST = pl.CompatLevel.oldest()
_MOST_JSON = 4_000_000  # bytes of a datapackage.json

_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "code": {"type": "string"},
    "codes": {"type": "string"},
    "moment": {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S"},
    "date": {"type": "date"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
}


@dataclass(frozen=True, slots=True)
class Package:
    """Contents of a folder as it states them: the metadata as read from JSON, and a file for each table."""

    name: str
    title: str
    study: Any
    files: Mapping[str, Path]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]

    def digest(self) -> str:
        """SHA-256 over the names and bytes of the tables and the metadata."""
        whole = hashlib.sha256(json.dumps(self.study, sort_keys=True, default=str).encode())
        for name in sorted(self.files):
            whole.update(name.encode())
            with self.files[name].open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        return whole.hexdigest()


def digest_of(paths: list[Path]) -> str:
    """SHA-256 over the names and bytes of files, in the order given."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.name.encode())
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def find(path: str | Path) -> Package:
    """The package in a folder, or of a ``datapackage.json``.

    Raises:
        PackageNotValid: it is not there, is no JSON object, or names a file outside its folder.
    """
    path = Path(path)
    file = path / "datapackage.json" if path.is_dir() else path
    if file.name != "datapackage.json" or not file.is_file():
        raise PackageNotValid(
            "There is no datapackage.json.",
            file=path.name,
            remedy="Give the folder of a bundle, or a spreadsheet's file with --mapping.",
        )
    body = _json(file)
    resources = body.get("resources")
    if not isinstance(resources, list):
        raise _invalid(file, "It lists no resources.")
    files: dict[str, Path] = {}
    absent, unknown = [], []
    for resource in resources:
        if not isinstance(resource, dict):
            raise _invalid(file, "A resource is no object.")
        name, where = resource.get("name"), resource.get("path")
        if not isinstance(name, str) or not isinstance(where, str) or "\x00" in where or not where:
            raise _invalid(file, "A resource has no name or no path.")
        if name not in tables():
            unknown.append(name)
            continue
        if name in files:
            raise _invalid(file, f"The table {name} is there twice.")
        inside = _inside(file, where)
        if inside.suffix not in SUFFIXES:
            raise _invalid(file, f"The table {name} is neither CSV nor Parquet.")
        if inside.is_file():
            files[name] = inside
        else:
            absent.append(name)
    title = body.get("title")
    return Package(
        file.parent.name,
        title[:300] if isinstance(title, str) else "",
        body.get("study"),
        files,
        tuple(sorted(set(absent))),
        tuple(unknown),
    )


def _json(file: Path) -> dict[str, Any]:
    if file.stat().st_size > _MOST_JSON:
        raise _invalid(file, "It is too large.")
    try:
        body = json.loads(file.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _invalid(file, "It is no JSON.") from error
    if not isinstance(body, dict):
        raise _invalid(file, "It is no JSON object.")
    return body


def _inside(package: Path, where: str) -> Path:
    try:
        file = (package.parent / where).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise _invalid(package, "A path cannot be read.") from error
    if not file.is_relative_to(package.parent.resolve()):
        raise _invalid(package, "It names a file outside its folder.")
    return file


def _invalid(file: Path, what: str) -> PackageNotValid:
    return PackageNotValid(what, file=file.name, remedy="Write it as `lamplighter bundle template` does.")


def table_schema(table: Table) -> dict[str, Any]:
    """The Table Schema of one table, as the Data Package standard has it."""
    keys = [
        {"fields": [c.name], "reference": dict(zip(("resource", "fields"), _parent(c), strict=True))}
        for c in table.columns.values()
        if c.parent
    ]
    return {
        "fields": [_field(c) for c in table.columns.values()],
        "primaryKey": list(table.key),
        "foreignKeys": keys,
        "missingValues": [""],
    }


def _parent(column: Column) -> tuple[str, list[str]]:
    table, _, key = (column.parent or "").partition(".")
    return table, [key]


def _field(column: Column) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if column.required:
        limits["required"] = True
    if column.codes and column.kind == "code":
        limits["enum"] = sorted(column.allowed)
    if column.least is not None:
        limits |= {"minimum": column.least, "maximum": column.most}
    out = {"name": column.name, "description": column.meaning, **_TYPES[column.kind]}
    return out | ({"constraints": limits} if limits else {})


def descriptor(metadata: Metadata | None, names: list[str], form: Form) -> dict[str, Any]:
    """The content of ``datapackage.json``. Without metadata (a template) its values are left to fill in."""
    study = as_json(metadata) if metadata is not None else {}
    return {
        "profile": "tabular-data-package" if form == "csv" else "data-package",
        "name": "lamplighter-study-bundle",
        "title": metadata.title if metadata is not None and metadata.title else "Study bundle",
        "study": study,
        "resources": [
            {
                "name": name,
                "path": f"{name}.{form}",
                "title": tables()[name].meaning,
                "format": form,
                "mediatype": "text/csv" if form == "csv" else "application/parquet",
                "encoding": "utf-8",
                "schema": table_schema(tables()[name]),
            }
            | ({"profile": "tabular-data-resource"} if form == "csv" else {})
            for name in names
        ],
    }


def write(
    metadata: Metadata, frames: Mapping[str, pl.DataFrame], folder: str | Path, form: Form = "parquet"
) -> Path:
    """Write a bundle; return the path of its ``datapackage.json``. The same input gives the same bytes.

    Args:
        metadata: as checked.
        frames: table name to rows; columns that are not there are left out, and so are not held.
        folder: made if it is not there.
        form: CSV is for people and spreadsheets, Parquet for size and speed.

    Raises:
        KeyError: a table or a column that the schema does not have.
    """
    from lamplighter.study_bundle.files.durations import without_moments

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    frames = without_moments(metadata, frames)
    names = [name for name in tables() if name in frames]
    if unknown := set(frames) - set(tables()):
        raise KeyError(f"There is no table {sorted(unknown)[0]}")
    for name in names:
        cast = _typed(name, frames[name])
        if form == "parquet":
            cast.write_parquet(folder / f"{name}.parquet", row_group_size=_GROUP)
        else:
            _as_csv(cast).write_csv(folder / f"{name}.csv")
    return _described(metadata, {name: frames[name].columns for name in names}, folder, form)


def write_in_parts(
    metadata: Metadata,
    frames: Mapping[str, pl.DataFrame],
    name: str,
    parts: Iterable[pl.DataFrame],
    folder: Path,
) -> Path:
    """Write a bundle as Parquet of which one table is too large to be held at once.

    Args:
        metadata, frames: as :func:`write`; times as moments.
        name: the table that comes in parts. parts: its rows in order, each part with the columns it fills.
        folder: made if it is not there.

    A table of one part has the bytes that :func:`write` gives it.
    """
    waiting = iter(parts)
    first = next(waiting)
    second = next(waiting, None)
    if second is None:
        return write(metadata, {**frames, name: first}, folder)
    write(metadata, frames, folder)
    schema = pl.DataFrame(schema=tables()[name].polars_schema)
    held: set[str] = set()
    with pq.ParquetWriter(
        folder / f"{name}.parquet", schema.to_arrow(compat_level=_OLDEST).schema, compression="zstd"
    ) as out:
        for part in itertools.chain((first, second), waiting):
            held.update(part.columns)
            rows = pl.concat([schema, _typed(name, part)], how="diagonal")
            out.write_table(rows.to_arrow(compat_level=_OLDEST), row_group_size=_GROUP)
    columns = {table: frame.columns for table, frame in frames.items()} | {name: list(held)}
    return _described(metadata, columns, folder, "parquet")


def _typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns in the order of the schema, in its types. Raises ``KeyError`` for one it does not have."""
    columns = tables()[name].columns
    ordered = [c for c in columns if c in frame.columns]
    if len(ordered) < len(frame.columns):
        raise KeyError(f"{name} has a column that the schema does not have")
    return frame.select(pl.col(c).cast(POLARS_TYPES[columns[c].kind]) for c in ordered)


def _described(metadata: Metadata, held: Mapping[str, list[str]], folder: Path, form: Form) -> Path:
    package = folder / "datapackage.json"
    body = descriptor(metadata, [name for name in tables() if name in held], form)
    for resource in body["resources"]:
        own = held[resource["name"]]
        resource["schema"]["fields"] = [x for x in resource["schema"]["fields"] if x["name"] in own]
    package.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return package


def _as_csv(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists parted by semicolons; times to the second, a midnight known to the day as the day alone."""
    out = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.List):
            out.append(pl.col(name).list.join(";").alias(name))
        elif isinstance(dtype, pl.Datetime):
            out.append(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S").alias(name))
        else:
            out.append(pl.col(name))
    return frame.select(out)
