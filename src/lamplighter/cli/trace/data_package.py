"""Every result of ``lamplighter trace`` for machines: CSV, with a Data Package that explains each column."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.cli.trace.page import MARKING
from lamplighter.cli.trace.sources import SourcesRead
from lamplighter.courses.results import CourseResult
from lamplighter.linkage import LinkResult
from lamplighter.linkage.explain import explanations
from lamplighter.records.formats.formula_injection import neutralise_formulae
from lamplighter.rule_files.reading import packaged as packaged_toml


@cache
def explained() -> Mapping[str, Any]:
    """Return what each file for machines holds, column by column, from files.toml."""
    return packaged_toml("lamplighter.cli.trace", "files.toml")


def tables(read: SourcesRead, linked: LinkResult, found: CourseResult) -> dict[str, pl.DataFrame]:
    """Return every table for machines by the name of its file. Rules that were not met are left out."""
    return {
        "courses": found.courses,
        "course_reports": found.report_groups(),
        "occasions": found.occasions,
        "findings": found.findings.filter("met").drop("met"),
        "suspect_unclear": found.unclear,
        "persons": linked.persons,
        "pairs_to_decide": _undecided(linked),
        "report_pairs": linked.report_pairs.drop("levels"),
        "rejects": read.rejects,
    }


def _undecided(linked: LinkResult) -> pl.DataFrame:
    pairs = linked.pairs.filter(pl.col("band") == "to_decide").sort(
        ["match_weight", "left_record", "right_record"], descending=[True, False, False]
    )
    reasons = [
        "" if row["levels"] is None else explanations.sentence(row) for row in pairs.iter_rows(named=True)
    ]
    return pairs.select("left_record", "right_record", "match_weight", "probability").with_columns(
        pl.Series("reasons", reasons, dtype=pl.String)
    )


def write_data(folder: Path, every: Mapping[str, pl.DataFrame]) -> None:
    """Write the tables as CSV, and what explains them."""
    folder.mkdir()
    for name, frame in every.items():
        write_csv(frame, folder / f"{name}.csv")
    package = json.dumps(_package(every), indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(package + "\n", "utf-8")


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write CSV that a spreadsheet opens safely: lists joined by '; ', no cell that can run as a formula."""
    flat = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("; ")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )
    neutralise_formulae(flat).write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S")


def _package(every: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": "lamplighter-trace",
        "title": "Who is who and what belongs together",
        "description": f"{MARKING}. model.json holds the fitted model of the linkage and no person's values.",
        "resources": [_resource(name, frame) for name, frame in every.items()],
    }


def _resource(name: str, frame: pl.DataFrame) -> dict[str, Any]:
    told = explained()[name]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "title": told["title"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": column, "description": told["columns"][column], **_type(kind)}
                for column, kind in frame.schema.items()
            ],
            "missingValues": [""],
        },
    }


def _type(kind: pl.DataType) -> dict[str, str]:
    if kind == pl.Boolean:
        return {"type": "boolean"}
    if isinstance(kind, pl.Datetime):
        return {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S"}
    if kind.is_integer():
        return {"type": "integer"}
    return {"type": "number"} if kind.is_float() else {"type": "string"}
