"""Bundles as Data Packages: ``datapackage.json`` beside one CSV, Parquet or JSON Lines file a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import polars as pl

from lamplighter.records.formats.formula_injection import neutralise_formulae
from lamplighter.records.schema import TABLES, Bundle, Field, Table
from lamplighter.vocabulary.codes import code_set

Form = Literal["csv", "parquet", "jsonl"]

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "date": {"type": "date"},
    "datetime": {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "texts": {"type": "array"},
    "integers": {"type": "array"},
    "json": {"type": "string"},
}


def table_schema(table: Table) -> dict[str, Any]:
    """Return the Table Schema of one table: fields with types, meanings, codes, and the keys."""
    return {
        "fields": [_field(f) for f in table.fields],
        "primaryKey": list(table.key),
        "foreignKeys": [
            {"fields": [column], "reference": {"resource": parent, "fields": [key]}}
            for column, (parent, key) in table.parents.items()
        ],
        "missingValues": [""],
    }


def _field(f: Field) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if f.required:
        constraints["required"] = True
    if f.codes and f.kind == "text":
        constraints["enum"] = sorted(code_set(f.codes).codes)
    return (
        {"name": f.name, "description": f.meaning}
        | _TYPES[f.kind]
        | ({"constraints": constraints} if constraints else {})
    )


def descriptor(
    form: Form, *, name: str = "lamplighter-bundle", title: str = "Reports as received"
) -> dict[str, Any]:
    """Return the content of ``datapackage.json`` for a bundle in one form."""
    media = {"csv": "text/csv", "parquet": "application/parquet", "jsonl": "application/jsonl"}
    return {
        "profile": "tabular-data-package" if form == "csv" else "data-package",
        "name": name,
        "title": title,
        "resources": [
            {
                "name": t.name,
                "path": f"{t.name}.{form}",
                "title": t.meaning,
                "format": form,
                "mediatype": media[form],
                "encoding": "utf-8",
                "schema": table_schema(t),
            }
            | ({"profile": "tabular-data-resource"} if form == "csv" else {})
            for t in TABLES
        ],
    }


def write_bundle(
    bundle: Bundle,
    folder: str | Path,
    form: Form = "parquet",
    *,
    for_people: bool = False,
    safe_contacts: bool = False,
) -> Path:
    """Write a bundle and its ``datapackage.json``; return the path of the latter.

    Safe contacts are left out (an empty table is written) unless
    ``safe_contacts`` is true: they never leave the address vault. With
    ``for_people`` cells of CSV that a spreadsheet would run as a formula are
    neutralised; such a file is for reading, and does not read back the same.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        frame = bundle[table.name].select(table.columns)
        if table.name == "safe_contacts" and not safe_contacts:
            frame = frame.clear()
        path = folder / f"{table.name}.{form}"
        if form == "parquet":
            frame.write_parquet(path, row_group_size=100_000)
        elif form == "jsonl":
            frame.write_ndjson(path)
        else:
            flat = as_csv_text(frame)
            (neutralise_formulae(flat) if for_people else flat).write_csv(path)
    package = folder / "datapackage.json"
    package.write_text(json.dumps(descriptor(form), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return package


def as_csv_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns as the text that CSV holds: lists as JSON, date-times to the second in ISO 8601."""
    out = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.List):
            wrapped = pl.struct(pl.col(name).alias("v")).struct.json_encode()
            text = wrapped.str.slice(len('{"v":')).str.strip_suffix("}")
            out.append(pl.when(pl.col(name).is_null()).then(None).otherwise(text).alias(name))
        elif isinstance(dtype, pl.Datetime):
            out.append(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S").alias(name))
        else:
            out.append(pl.col(name))
    return frame.select(out)
