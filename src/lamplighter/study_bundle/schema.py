"""The schema of a study bundle, read once from ``schema.toml``.

A bundle is what a study reads: a Data Package of pseudonymised tables. Its shape is data, and everything that
needs to know it (reading, checking, writing, the dictionary, made-up bundles, the hub's exporter) asks here.

Three things are kept apart: a recorded "no", an empty cell (not recorded), and what a force does not hold at
all (a table, a column or a kind of event).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias, cast

import polars as pl

from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.vocabulary.codes import code_set

ColumnKind: TypeAlias = Literal["text", "code", "codes", "moment", "date", "integer", "number"]
#: Between two needs of which one will do.
OR = " or "
KINDS_SET = "kinds"

POLARS_TYPES: Mapping[ColumnKind, pl.DataType] = {
    "text": pl.String(),
    "code": pl.String(),
    "codes": pl.List(pl.String()),
    "moment": pl.Datetime("us"),
    "date": pl.Date(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``title`` says in plain words what it holds, as part of a sentence about the row; ``codes``
    names a code set; ``parent`` is the ``table.column`` it points to.

    ``identity`` columns hold pseudonyms, whose values no message shows.
    """

    name: str
    title: str
    kind: ColumnKind
    meaning: str
    required: bool = False
    identity: bool = False
    codes: str | None = None
    parent: str | None = None
    precision: str | None = None
    least: int | None = None
    most: int | None = None

    @property
    def allowed(self) -> frozenset[str]:
        """The codes that a cell may hold; empty for a column that is not coded."""
        return codes_of(self.codes) if self.codes else frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its key and its columns, in order. ``title`` is what one row is, in plain words."""

    name: str
    title: str
    meaning: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    required: bool = False

    @property
    def polars_schema(self) -> pl.Schema:
        return pl.Schema({c.name: POLARS_TYPES[c.kind] for c in self.columns.values()})


@dataclass(frozen=True, slots=True)
class Use:
    """Use of a column by a kind of event: a code set, or a meaning in words."""

    codes: str | None
    meaning: str
    required: bool


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event and the columns it uses, besides when it was and which report it belongs to."""

    name: str
    title: str
    meaning: str
    uses: Mapping[str, Use] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MetadataField:
    """One field of the metadata."""

    name: str
    kind: str
    meaning: str
    required: bool
    codes: str | None = None


#: Columns of `events` that every kind has.
COMMON = ("event_id", "report_id", "kind", "done", "at", "at_precision", "late", "in_period", "working_days")
#: Of a kind's columns, those whose value in the schema names a code set.
_CODED = ("code", "status", "reasons")


@cache
def _body() -> dict[str, Any]:
    return packaged_toml("lamplighter.study_bundle", "schema.toml")


def schema_version() -> str:
    """The version that a bundle's metadata must name."""
    return cast(str, _body()["version"])


@cache
def tables() -> Mapping[str, Table]:
    """Every table by name, parents before children."""
    return {
        name: Table(
            name,
            body["title"],
            body["meaning"],
            tuple(body["key"]),
            {column: Column(column, **spec) for column, spec in body["columns"].items()},
            body.get("required", False),
        )
        for name, body in _body()["tables"].items()
    }


@cache
def kinds() -> Mapping[str, EventKind]:
    """Every kind of event by name."""
    return {name: _kind(name, dict(body)) for name, body in _body()["kinds"].items()}


def _kind(name: str, body: dict[str, str]) -> EventKind:
    title, meaning = body.pop("title"), body.pop("meaning")
    columns = tables()["events"].columns
    uses = {}
    for column, said in body.items():
        if column in _CODED:
            uses[column] = Use(said.rstrip("!"), "", said.endswith("!"))
        else:
            uses[column] = Use(columns[column].codes, said, False)
    return EventKind(name, title, meaning, uses)


@cache
def metadata_fields() -> Mapping[str, MetadataField]:
    """Every field of the metadata by name."""
    return {name: MetadataField(name, **body) for name, body in _body()["metadata"].items()}


@cache
def codes_of(name: str) -> frozenset[str]:
    """The codes of a set of the vocabulary, or the kinds of events for ``kinds``.

    Raises:
        KeyError: there is no such set.
    """
    if name == KINDS_SET:
        return frozenset(kinds())
    return frozenset(code_set(name).codes)


def empty(table: str) -> pl.DataFrame:
    """A table without rows, with every column. Raises ``KeyError`` for an unknown table."""
    return pl.DataFrame(schema=tables()[table].polars_schema)
