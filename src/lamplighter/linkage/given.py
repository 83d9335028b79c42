"""A table as it is handed in, of whatever library, as polars has it with columns that can be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

_WANTED = "A table of people is needed (polars, pandas, Arrow; a file is read first)"
UNNAMED = "row_id"
"""What the labels of rows are called that pandas has without a name, and each once."""


def is_table(given: Any) -> bool:
    """Whether something is a table of some library, and not one column."""
    if isinstance(given, (pl.DataFrame, pl.LazyFrame)) or hasattr(given, "columns"):
        return True
    return hasattr(given, "__arrow_c_stream__") and not _is_column(given)


def is_rows(given: Any) -> bool:
    """Whether something is rows, each a mapping of columns to values, as JSON has them."""
    return isinstance(given, Sequence) and bool(given) and all(isinstance(row, Mapping) for row in given)


def frame_of(table: Any) -> pl.DataFrame:
    """A table as polars has it: one of pandas, Arrow or DuckDB will do, and so will rows as mappings, or
    columns of values by their names. Columns of mixed things become texts, and so do lists of one thing or
    none a record. What pandas has as index is a column, unless it only numbers the rows.

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
        frame = pl.from_dicts(list(table), infer_schema_length=None, strict=False)
    elif isinstance(table, Mapping) and table and all(_is_column(v) for v in table.values()):
        frame = pl.DataFrame([_column(str(n), v) for n, v in table.items()])
    elif is_table(table):
        frame = _converted(_with_index(table) if hasattr(table, "iloc") else table)
    else:
        raise TypeError(f"{_WANTED}, not {type(table).__name__}.")
    odd = [s for s in frame.get_columns() if s.dtype == pl.Object or s.dtype == pl.Duration]
    return frame.with_columns(_texts(s.name, s.to_list()) for s in odd)


def _is_column(values: Any) -> bool:
    """Whether something is a column of values: a list of them, an array or a series."""
    listed = isinstance(values, (list, tuple, pl.Series)) or getattr(values, "ndim", None) == 1
    return listed and not (isinstance(values, (list, tuple)) and any(isinstance(v, Mapping) for v in values))


def _column(name: str, values: Any) -> pl.Series:
    try:
        return pl.Series(name, values)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        return _texts(name, list(values))


def _with_index(table: Any) -> Any:
    """A table of pandas with its index as columns: levels that have a name, and labels that tell the rows
    apart and do more than number them from 0."""
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


def _converted(table: Any) -> pl.DataFrame:
    names = [str(c) for c in getattr(table, "column_names", getattr(table, "columns", []))]
    if again := sorted(name for name, times in Counter(names).items() if times > 1):
        raise TypeError(f"{_WANTED}, each column with a name of its own: {again[0]!r} is there twice.")
    try:
        return pl.DataFrame(table)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        # A column of pandas may hold texts beside numbers.
        if not hasattr(table, "iloc"):
            raise TypeError(f"{_WANTED} that can be read: {error}") from error
        return pl.DataFrame([_texts(n, table.iloc[:, i].tolist()) for i, n in enumerate(names)])


def _texts(name: str, values: list[Any]) -> pl.Series:
    """What is not nothing as text."""
    told = [None if _is_nothing(v) else str(v) for v in values]
    return pl.Series(name, told, dtype=pl.String())


def _is_nothing(value: Any) -> bool:
    """None, nan, NaT (what is not itself), and NA of pandas, of which nobody can say that."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def free_name(name: str, held: Sequence[str]) -> str:
    """A name that no column of a table has: ``name``, or that with a number."""
    taken, number, wanted = {str(c).lower() for c in held}, 1, name
    while wanted in taken:
        number += 1
        wanted = f"{name}_{number}"
    return wanted


def with_columns(table: Any, new: Mapping[str, pl.Series]) -> Any:
    """A table of polars, pandas or Arrow with more columns at its end: its own rows in their order, with the
    labels they have. Any other comes back as polars has it.

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
