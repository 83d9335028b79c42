"""Say the few things that DuckDB and Spark call differently, for statements that both run."""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Dialect:
    """``name``: as sqlglot knows it; ``hashed``: the function that makes 64 bits of values; ``each``: the one
    that gives a row for each value of a list; ``listed``: how a list is written; ``rarest``: the least of
    ``{bits}`` of those texts of the list ``{left}``, in the same order, that ``{right}`` holds too."""

    name: str
    hashed: str
    each: str
    listed: str
    rarest: str


DUCKDB = Dialect(
    "duckdb",
    "hash",
    "unnest",
    "[{}]",
    "list_min(list_transform(generate_series(1, len({left})),"
    " lambda i: case when list_contains({right}, {left}[i]) then {bits}[i] end))",
)
SPARK = Dialect(
    "spark",
    "xxhash64",
    "explode",
    "array({})",
    "array_min(transform(sequence(1, size({left})),"
    " i -> case when array_contains({right}, element_at({left}, i)) then element_at({bits}, i) end))",
)


def translated(sql: str, dialect: Dialect) -> str:
    """Return a condition of the table of levels, which is written for DuckDB, in the words of an engine."""
    if dialect is DUCKDB:
        return sql
    return sqlglot.parse_one(sql, dialect=DUCKDB.name).transform(_renamed).sql(dialect=dialect.name)


def _renamed(node: exp.Expr) -> exp.Expr:
    """Return a function as Spark has it, and Splink's library for Spark."""
    if isinstance(node, exp.JarowinklerSimilarity):
        return exp.Anonymous(this="jaro_winkler", expressions=[node.this, node.expression])
    if isinstance(node, exp.ArrayOverlaps):
        return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
    return node
