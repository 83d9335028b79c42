"""Frames to PostgreSQL and back by ``COPY``, which is the fastest door it has."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import polars as pl
from django.db import connection
from psycopg import sql

from lamplighter.hub.access.wall.identity import loading
from lamplighter.hub.site.postgresql import binary_copy
from lamplighter.records import schema

_CHUNK = 1 << 20


def array_literal(name: str) -> pl.Expr:
    """A list column as PostgreSQL writes an array: ``{"a","b"}``; nothing stays nothing."""
    column = pl.col(name)
    quoted = pl.concat_str(
        pl.lit('"'), pl.element().cast(pl.String).str.replace_all(r'(["\\])', r"\$1"), pl.lit('"')
    )
    inside = column.list.eval(quoted).list.join(",")
    return (
        pl.when(column.is_null())
        .then(None)
        .otherwise(pl.concat_str(pl.lit("{"), inside, pl.lit("}")))
        .alias(name)
    )


def to_csv(frame: pl.DataFrame) -> memoryview:
    """CSV as ``COPY`` reads it: an empty field is NULL, a quoted empty field is an empty text."""
    arrays = [
        # Most lists of most sources are empty throughout, and then there is nothing to write out.
        pl.lit(None, pl.String).alias(n) if frame[n].null_count() == frame.height else array_literal(n)
        for n, t in frame.schema.items()
        if isinstance(t, pl.List)
    ]
    flat = frame.with_columns(arrays)
    data = _written(flat)
    if b"\x00" in data:
        # PostgreSQL's text cannot hold a NUL character; nothing is lost that anybody could read.
        data = _written(flat.with_columns(pl.col(pl.String).str.replace_all("\x00", "", literal=True)))
    return memoryview(data)


def _written(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_csv(out, include_header=False)
    return out.getvalue()


def copy_in(table: str, frame: pl.DataFrame, cursor: Any, *, fresh: bool = False) -> None:
    """Append a frame's rows to a table; columns are matched by name.

    A ``fresh`` table was emptied in this transaction: its rows are written as old ones at once, which no
    vacuum need visit again, and are answered for by an index alone.
    """
    if frame.is_empty():
        return
    # Whole numbers take the server a third of the time that it needs to read them from text.
    binary = all(t in binary_copy.KINDS for t in frame.dtypes) and not any(frame.null_count().row(0))
    data = binary_copy.rows(frame) if binary else to_csv(frame)
    _send(table, frame.columns, data, cursor, "binary" if binary else "csv", fresh=fresh)


def copy_in_turn(tables: Sequence[tuple[str, Callable[[], pl.DataFrame]]], cursor: Any) -> None:
    """Append rows to several tables, one after the other.

    The rows of the next table are made and written out in a thread of their own while PostgreSQL takes in
    those before, so they must be made without the database.
    """

    def made(make: Callable[[], pl.DataFrame]) -> tuple[list[str], memoryview | None]:
        frame = make()
        return frame.columns, None if frame.is_empty() else to_csv(frame)

    with ThreadPoolExecutor(1, thread_name_prefix="copy-text") as thread:
        coming = [(table, thread.submit(made, make)) for table, make in tables]
        # Taken out of the list one by one, so that what has been sent is let go.
        while coming:
            table, text = coming.pop(0)
            columns, data = text.result()
            if data is not None:
                _send(table, columns, data, cursor, "csv")


def _send(
    table: str, columns: Sequence[str], data: memoryview, cursor: Any, form: str, *, fresh: bool = False
) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    how = sql.SQL(f"FORMAT {form}, FREEZE" if fresh else f"FORMAT {form}")
    statement = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(sql.Identifier(table), names, how)
    with loading(cursor), cursor.copy(statement) as copy:
        for start in range(0, len(data), _CHUNK):
            copy.write(data[start : start + _CHUNK])


def _selected(field: schema.Field, prefix: str) -> sql.Composable:
    name = sql.SQL("{}.{}").format(sql.SQL(prefix), sql.Identifier(field.name))
    # Lists travel as JSON, which Polars reads back in one pass.
    return sql.SQL("array_to_json({})").format(name) if field.kind in {"texts", "integers"} else name


@cache
def _every_selected(fields: tuple[schema.Field, ...], prefix: str) -> sql.Composable:
    return sql.SQL(", ").join(_selected(f, prefix) for f in fields)


def copy_out(fields: Iterable[schema.Field], rest: sql.Composable, prefix: str = "t") -> pl.DataFrame:
    """The rows of ``SELECT <fields> <rest>`` as a frame with the schema's types."""
    fields = list(fields)
    columns = _every_selected(tuple(fields), prefix)
    statement = sql.SQL("COPY (SELECT {} {}) TO STDOUT (FORMAT csv)").format(columns, rest)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        data = b"".join(copy)
    types = pl.Schema({f.name: schema.POLARS_TYPES[f.kind] for f in fields})
    if not data:
        return pl.DataFrame(schema=types)
    text = pl.read_csv(
        data,
        has_header=False,
        new_columns=types.names(),
        schema_overrides=[pl.String()] * len(fields),
        infer_schema=False,
    )
    return text.with_columns(_typed(f) for f in fields)


def _typed(field: schema.Field) -> pl.Expr:
    column = pl.col(field.name)
    match field.kind:
        case "date":
            return column.str.to_date("%Y-%m-%d")
        case "datetime":
            return column.str.to_datetime(time_unit="us", strict=True)
        case "integer":
            return column.cast(pl.Int64)
        case "boolean":
            return column == "t"
        case "texts" | "integers":
            return column.str.json_decode(schema.POLARS_TYPES[field.kind])
        case _:
            return column
