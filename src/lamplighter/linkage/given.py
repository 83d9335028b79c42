"""A table as it is handed in, of whatever library, as polars has it with columns that can be looked at."""

from __future__ import annotations

from typing import Any

import polars as pl

_WANTED = "A table of people is needed (polars, pandas, Arrow; a file is read first)"


def frame_of(table: Any) -> pl.DataFrame:
    """A table as polars has it: one of pandas, Arrow or DuckDB will do. Columns of mixed things become texts,
    and so do lists of one thing or none a record.

    Raises:
        TypeError: something that is no table.
    """
    if isinstance(table, pl.LazyFrame):
        table = table.collect()
    if isinstance(table, pl.DataFrame):
        frame = table
    else:
        if not (hasattr(table, "columns") or hasattr(table, "__arrow_c_stream__")):
            raise TypeError(f"{_WANTED}, not {type(table).__name__}.")
        frame = _converted(table)
    odd = [s for s in frame.get_columns() if s.dtype == pl.Object or s.dtype == pl.Duration]
    return frame.with_columns(_texts(s.name, s.to_list()) for s in odd)


def _converted(table: Any) -> pl.DataFrame:
    try:
        return pl.DataFrame(table)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        # A column of pandas may hold texts beside numbers.
        names = [str(c) for c in table.columns]
        if not hasattr(table, "iloc") or len(set(names)) < len(names):
            raise TypeError(
                f"{_WANTED} that can be read, each column with a name of its own: {error}"
            ) from error
        return pl.DataFrame([_texts(n, table.iloc[:, i].tolist()) for i, n in enumerate(names)])


def _texts(name: str, values: list[Any]) -> pl.Series:
    """What is not nothing (None, nan, NaT: what is not itself) as text."""
    told = [None if v is None or v != v else str(v) for v in values]
    return pl.Series(name, told, dtype=pl.String())
