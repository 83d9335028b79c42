"""Problems as rows: where, what kind of value, why, and what to do. Never the value itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from lamplighter.rule_files.reading import packaged as packaged_toml

REJECTS_SCHEMA = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "column": pl.String(),
        "value_class": pl.String(),
        "reason": pl.String(),
        "remedy": pl.String(),
        "severity": pl.String(),
        "report_ref": pl.String(),
    }
)
FOUND_SCHEMA = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "column": pl.String(),
        "problem": pl.String(),
        "length": pl.Int64(),
        "report_ref": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem, in plain words."""

    name: str
    value_class: str
    reason: str
    remedy: str
    severity: str


@cache
def problems() -> Mapping[str, Problem]:
    """Return every kind of problem by name, from problems.toml."""
    body = packaged_toml("lamplighter.records.validation", "problems.toml")
    return {name: Problem(name, **row) for name, row in body.items()}


@cache
def no_problems() -> pl.DataFrame:
    """No findings. One frame for all: frames do not change."""
    return pl.DataFrame(schema=FOUND_SCHEMA)


def found(
    file: str,
    rows: Iterable[int | None],
    problem: str,
    *,
    column: str | None = None,
    refs: Iterable[str | None] | None = None,
) -> pl.DataFrame:
    """Findings of one kind in one file."""
    rows = list(rows)
    if not rows:
        return no_problems()
    return pl.DataFrame(
        {
            "file": [file] * len(rows),
            "row": rows,
            "column": [column] * len(rows),
            "problem": [problem] * len(rows),
            "length": [None] * len(rows),
            "report_ref": list(refs) if refs is not None else [None] * len(rows),
        },
        schema=FOUND_SCHEMA,
    )


def as_rejects(findings: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return the rejects table: one row a finding, in order of file and row. Raises ``KeyError`` for an
    unknown problem.
    """
    frames = [f for f in findings if f.height]
    if not frames:
        return pl.DataFrame(schema=REJECTS_SCHEMA)
    every = pl.concat(frames, how="vertical")
    known = problems()
    names = every["problem"].unique().to_list()
    table = pl.DataFrame(
        {
            "problem": names,
            "value_class": [known[n].value_class for n in names],
            "reason": [known[n].reason for n in names],
            "remedy": [known[n].remedy for n in names],
            "severity": [known[n].severity for n in names],
        },
        schema=dict.fromkeys(("problem", "value_class", "reason", "remedy", "severity"), pl.String),
    )
    out = every.join(table, on="problem", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("length").is_not_null())
        .then(pl.col("value_class") + pl.lit(", ") + pl.col("length").cast(pl.String) + pl.lit(" characters"))
        .otherwise("value_class")
        .alias("value_class")
    )
    return out.select(list(REJECTS_SCHEMA)).sort(
        "file", "row", "severity", nulls_last=True, maintain_order=True
    )
