"""Faults of a bundle, as rows: file, row, column, class of value, reason, remedy, cost. No value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from lamplighter.records.validation.problems import Problem
from lamplighter.records.validation.problems import problems as records_problems
from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.study_bundle.needs import needs, users_of
from lamplighter.vocabulary.forces import force_named

FOUND = pl.Schema(
    {
        "file": pl.String(),
        "table": pl.String(),
        "row": pl.Int64(),
        "column": pl.String(),
        "about": pl.String(),
        "problem": pl.String(),
        "force": pl.String(),
    }
)
REJECTS = pl.Schema(
    {
        "file": pl.String(),
        "table": pl.String(),
        "row": pl.Int64(),
        "column": pl.String(),
        "force": pl.String(),
        "reason_code": pl.String(),
        "value_class": pl.String(),
        "reason": pl.String(),
        "remedy": pl.String(),
        "fate": pl.String(),
        "cost": pl.String(),
    }
)
#: What becomes of the row, by severity.
FATES = {
    "bundle": "the bundle is refused",
    "row": "the row is left out",
    "cell": "the value is set aside, the row is taken in",
    "flag": "taken in",
}


@cache
def problems() -> Mapping[str, Problem]:
    """Every kind of problem: those of this room, and those of reading lines, which `records` knows."""
    body = packaged_toml("lamplighter.study_bundle.checks", "problems.toml")
    lines = {
        name: Problem(name, p.value_class, p.reason, p.remedy, "row" if p.severity == "reject" else "flag")
        for name, p in records_problems().items()
    }
    return lines | {name: Problem(name, **row) for name, row in body.items()}


def nothing() -> pl.DataFrame:
    """No findings."""
    return pl.DataFrame(schema=FOUND)


def one(
    problem: str,
    *,
    file: str,
    table: str = "",
    row: int | None = None,
    column: str = "",
    about: str = "",
    force: str | None = None,
) -> pl.DataFrame:
    """One finding about a file, a table or a cell."""
    return pl.DataFrame(
        {
            "file": [file],
            "table": [table],
            "row": [row],
            "column": [column],
            "about": [about or table],
            "problem": [problem],
            "force": [force_title(force)],
        },
        schema=FOUND,
    )


def of_rows(frame: pl.DataFrame, table: str, problem: str, column: str = "") -> pl.DataFrame:
    """A finding for every row of ``frame`` (with ``_file`` and ``_row``), about one column or the row.

    Raises:
        KeyError: there is no such problem.
    """
    named = problems()[problem]
    if not frame.height:
        return nothing()
    about = pl.lit(f"{table}.{column}" if column else table)
    if table == "events" and "kind" in frame.columns:
        kind = pl.lit("events:") + pl.col("kind").fill_null("")
        about = kind + pl.lit(f".{column}") if column and named.severity != "row" else kind
    elif named.severity == "row":
        about = pl.lit(table)
    return frame.select(
        pl.col("_file").alias("file"),
        pl.lit(table).alias("table"),
        pl.col("_row").cast(pl.Int64).alias("row"),
        pl.lit(column).alias("column"),
        about.alias("about"),
        pl.lit(problem).alias("problem"),
        _forces(frame, table).alias("force"),
    ).cast(FOUND)


def force_title(force: str | None) -> str | None:
    """Return the title of a force in the list of forces; anything else that a cell holds is not repeated."""
    found = force_named(force) if force else None
    return None if found is None else found.title


def _forces(frame: pl.DataFrame, table: str) -> pl.Expr:
    """Return the force of each row of totals by its name: a table of totals holds nobody."""
    if table != "totals" or "force" not in frame.columns:
        return pl.lit(None, pl.String)
    titles = {name: force_title(name) for name in frame["force"].drop_nulls().unique().to_list()}
    return pl.col("force").replace_strict(titles, default=None, return_dtype=pl.String)


def severity(problem: str) -> str:
    """The severity of a problem. Raises ``KeyError`` for an unknown one."""
    return problems()[problem].severity


def as_rejects(findings: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The table that an analyst reads: one row a finding, in order of table, file and row."""
    frames = [f for f in findings if f.height]
    if not frames:
        return pl.DataFrame(schema=REJECTS)
    return _in_words(pl.concat(frames)).select(list(REJECTS))


def in_short(findings: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The same, one row for findings that differ in nothing but the row: the first, and ``n``, how many."""
    alike = ["file", "table", "column", "force", "about", "problem"]
    counted = [f.group_by(alike).agg(pl.col("row").min(), n=pl.len()) for f in findings if f.height]
    if not counted:
        return pl.DataFrame(schema={**REJECTS, "n": pl.UInt32()})
    every = pl.concat(counted).group_by(alike).agg(pl.col("row").min(), pl.col("n").sum())
    return _in_words(every).select([*REJECTS, "n"])


def _in_words(every: pl.DataFrame) -> pl.DataFrame:
    named = problems()
    distinct = every.select("problem", "about").unique(maintain_order=True)
    said = [(*row, named[row[0]]) for row in distinct.iter_rows()]
    words = pl.DataFrame(
        {
            "problem": [name for name, _, _ in said],
            "about": [about for _, about, _ in said],
            "value_class": [p.value_class for *_, p in said],
            "reason": [p.reason for *_, p in said],
            "remedy": [p.remedy for *_, p in said],
            "fate": [FATES[p.severity] for *_, p in said],
            "cost": [_cost(about, p.severity) for _, about, p in said],
        },
        schema_overrides={"about": pl.String},
    )
    return (
        every.join(words, on=["problem", "about"], how="left", nulls_equal=True, maintain_order="left")
        .rename({"problem": "reason_code"})
        .sort("table", "file", "row", "reason_code", "column", "force", nulls_last=True, maintain_order=True)
    )


@cache
def _cost(about: str, severity_: str) -> str:
    if severity_ == "bundle":
        return "No analysis can be made."
    if about == "reports" and severity_ == "row":
        return "Every analysis loses this report."
    users = [n.label for n in users_of(about)] if about else []
    if not users:
        return "No analysis uses it." if about and severity_ != "flag" else "No row is lost."
    loses = {"row": "lose this row", "cell": "count it as not recorded", "flag": "use it as it stands"}
    shown = _short(users)
    return f"{shown} {loses[severity_]}."


def _short(labels: list[str]) -> str:
    analyses = [x.removeprefix("analysis ") for x in labels if x.startswith("analysis")]
    rows = [x.removeprefix("indicator ") for x in labels if x.startswith("indicator")]
    parts = [
        f"analyses {', '.join(analyses)}" if analyses else "",
        f"indicators {', '.join(rows)}" if rows else "",
    ]
    text = " and ".join(p for p in parts if p)
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of findings to one analysis or indicator: rows left out, and values counted as not recorded."""

    name: str
    title: str
    rows: int
    values: int


def costs(findings: Iterable[pl.DataFrame]) -> list[Cost]:
    """For every analysis and indicator that loses something: how many rows and how many values."""
    frames = [f for f in findings if f.height]
    if not frames:
        return []
    named = problems()
    counted = pl.concat(frames).group_by("about", "problem").agg(pl.len().alias("n")).sort("about", "problem")
    rows: dict[str, int] = {}
    values: dict[str, int] = {}
    for about, problem, n in counted.iter_rows():
        fate = named[problem].severity
        if fate not in ("row", "cell"):
            continue
        whole = about == "reports" and fate == "row"
        users = [n for n in needs() if n != "totals"] if whole else [x.name for x in users_of(about)]
        for name in users:
            into = rows if fate == "row" else values
            into[name] = into.get(name, 0) + n
    return [
        Cost(name, need.title, rows.get(name, 0), values.get(name, 0))
        for name, need in needs().items()
        if name in rows or name in values
    ]
