"""Read a table of whatever library as polars has it, with columns that can be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from lamplighter.linkage_tables.inputs.nested_columns import texts, unpacked

_WANTED = "A table of people is needed (polars, pandas, Arrow; a file is read first), or rows as dictionaries"
UNNAMED = "row_id"
"""What the labels of rows are called that pandas has without a name, and each once."""


def is_table(given: Any) -> bool:
    """Tell whether something is a table of some library, and not one column."""
    if isinstance(given, (pl.DataFrame, pl.LazyFrame)) or hasattr(given, "columns"):
        return True
    return hasattr(given, "__arrow_c_stream__") and not _is_column(given)


def is_rows(given: Any) -> bool:
    """Tell whether something is rows, each a mapping of columns to values, as JSON has them, or with names
    for them, as rows of a database have."""
    return isinstance(given, Sequence) and bool(given) and all(map(_is_row, given))


def _is_row(row: Any) -> bool:
    return isinstance(row, Mapping) or hasattr(row, "_asdict") or hasattr(row, "keys")


def _row(row: Any) -> Mapping[str, Any]:
    return {
        str(name): value for name, value in dict(row._asdict() if hasattr(row, "_asdict") else row).items()
    }


def frame_of(table: Any) -> pl.DataFrame:
    """Return a table as polars has it: one of pandas, Arrow or DuckDB will do, and so will rows as mappings,
    or columns of values by their names. Columns of mixed things become texts, and each part of a
    structure a column (:mod:`nested_columns`). What pandas has as index is a column, unless it only
    numbers the rows.

    Raises:
        TypeError: something that is no table.
    """
    if isinstance(table, pl.LazyFrame):
        table = table.collect()
    elif hasattr(table, "to_frame"):
        # A series is a table of one column.
        table = table.to_frame()
    if isinstance(table, pl.DataFrame):
        frame = table
    elif is_rows(table):
        frame = pl.from_dicts([_row(row) for row in table], infer_schema_length=None, strict=False)
    elif isinstance(table, Mapping) and table and all(_is_column(v) for v in table.values()):
        frame = _of_columns([_column(str(n), v) for n, v in table.items()])
    elif is_table(table):
        frame = _converted(_with_index(table) if hasattr(table, "iloc") else table)
    else:
        raise TypeError(f"{_WANTED}, not {type(table).__name__}.")
    return unpacked(frame, free_name)


def _is_column(values: Any) -> bool:
    """Tell whether something is a column of values: a list of them, an array or a series."""
    listed = isinstance(values, (list, tuple, pl.Series, pa.Array, pa.ChunkedArray))
    listed = listed or getattr(values, "ndim", None) == 1
    return listed and not (isinstance(values, (list, tuple)) and any(isinstance(v, Mapping) for v in values))


def _of_columns(columns: Sequence[pl.Series]) -> pl.DataFrame:
    first, *others = columns
    for other in others:
        if len(other) != len(first):
            raise TypeError(
                f"{_WANTED}, its columns of one length: {first.name!r} has {len(first)} values and "
                f"{other.name!r} {len(other)}."
            )
    return pl.DataFrame(columns)


def _column(name: str, values: Any) -> pl.Series:
    try:
        return pl.Series(name, values)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        return texts(name, list(values))


def _with_index(table: Any) -> Any:
    """Return a table of pandas with its index as columns: levels that have a name, and labels that tell the
    rows apart and do more than number them from 0.
    """
    index = getattr(table, "index", None)
    if index is None or not hasattr(table, "reset_index"):
        return table
    held = set(table.columns)
    named = [n for n in index.names if n is not None and n not in held]
    if named:
        return table.reset_index(level=named)
    if index.nlevels > 1 or not index.is_unique or None not in index.names or UNNAMED in held:
        return table
    numbered = index.is_monotonic_increasing and [*index[:1], *index[-1:]] == [0, len(index) - 1]
    return table if numbered or not len(index) else table.assign(**{UNNAMED: list(index)})


# What Polars and Arrow raise for columns of which they can make nothing: each has errors of its own, Polars
# lets those of Python through, and a number of more than 64 bits is an overflow.
_UNREAD = (TypeError, ValueError, OverflowError, pa.ArrowException, pl.exceptions.PolarsError)


def _converted(table: Any) -> pl.DataFrame:
    names = [str(c) for c in getattr(table, "column_names", getattr(table, "columns", []))]
    if again := sorted(name for name, times in Counter(names).items() if times > 1):
        raise TypeError(f"{_WANTED}, each column with a name of its own: {again[0]!r} is there twice.")
    if not hasattr(table, "iloc"):
        try:
            return _of_arrow(table)
        except _UNREAD as error:
            raise TypeError(f"{_WANTED} that can be read: {error}") from error
    try:
        frame = pl.DataFrame(table)
    except _UNREAD:
        # A column of pandas may hold texts beside numbers, or numbers that are too long.
        return pl.DataFrame([texts(n, table.iloc[:, i].tolist()) for i, n in enumerate(names)])
    # A period or an interval of pandas is a number to anybody else.
    own = {n: i for i, n in enumerate(frame.columns) if isinstance(frame.schema[n], pl.BaseExtension)}
    return frame.with_columns(texts(n, table.iloc[:, i].tolist()) for n, i in own.items())


def _of_arrow(table: Any) -> pl.DataFrame:
    """Return a table of Arrow, or of whoever hands it on so. Polars has no place for some of its types."""
    if not hasattr(table, "__arrow_c_stream__"):
        return pl.DataFrame(table)
    arrow = pa.table(table)
    unread = (pa.types.is_interval, pa.types.is_decimal256, pa.types.is_union)
    columns = zip(arrow.column_names, arrow.columns, strict=True)
    return pl.DataFrame(
        [
            texts(n, c.to_pylist()) if any(kind(c.type) for kind in unread) else pl.Series(n, c)
            for n, c in columns
        ]
    )


def free_name(name: str, held: Sequence[str]) -> str:
    """Return a name that no column of a table has: ``name``, or that with a number."""
    taken, number, wanted = {str(c).lower() for c in held}, 1, name
    while wanted in taken:
        number += 1
        wanted = f"{name}_{number}"
    return wanted


def with_columns(table: Any, new: Mapping[str, pl.Series]) -> Any:
    """Return a table of polars, pandas or Arrow with more columns at its end: its own rows in their order,
    with the labels they have. Any other comes back as polars has it.

    Raises:
        ValueError: it has another number of rows than the columns.
    """
    if isinstance(table, pl.LazyFrame):
        return with_columns(table.collect(), new).lazy()
    if hasattr(table, "to_frame"):
        table = table.to_frame()
    if not isinstance(table, pl.DataFrame) and not hasattr(table, "iloc"):
        table = table if hasattr(table, "append_column") else frame_of(table)
    for name, values in new.items():
        if len(values) != len(table):
            raise ValueError(
                f"{len(values)} rows were linked and these are {len(table)}: give the table that was linked, "
                "its rows in the same order."
            )
        free = free_name(name, getattr(table, "column_names", table.columns))
        if isinstance(table, pl.DataFrame):
            table = table.with_columns(values.alias(free))
        elif hasattr(table, "iloc"):
            table = table.assign(**{free: values.to_list()})
        else:
            table = table.append_column(free, values.to_arrow())
    return table
