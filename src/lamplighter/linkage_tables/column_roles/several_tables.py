"""Make one table of several tables of people, each row with the name of the table that it is from.

Each may have headings, and a way of writing dates, of its own: a column that holds what a column of the first
table holds goes by its heading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from lamplighter.linkage_tables.cleaning.dates import dated
from lamplighter.linkage_tables.column_roles.guessing import KINDS, guessed
from lamplighter.linkage_tables.inputs.any_library import frame_of, is_rows, is_table, with_columns

SOURCE = "source"


def tables_of(given: Any) -> Mapping[str, Any] | None:
    """Tables by their names: those of a mapping, or of a list, which are numbered; None for anything else."""
    if isinstance(given, (list, tuple)):
        given = {str(number): table for number, table in enumerate(given, start=1)}
    if not isinstance(given, Mapping) or not any(is_table(t) or is_rows(t) for t in given.values()):
        return None
    return given


def rows_of(given: Any, new: Mapping[str, pl.Series]) -> Any:
    """Return a table, or several as :func:`tables_of` takes them, with more columns at the end: see
    :func:`any_library.with_columns`. ``new``: of the rows of all, one after the other."""
    tables = tables_of(given)
    if tables is None:
        return with_columns(given, new)
    heights = [frame_of(table).height for table in tables.values()]
    starts = np.cumsum([0, *heights[:-1]])
    if any(len(values) != sum(heights) for values in new.values()):
        raise ValueError("Other tables were linked: give the same, their rows in the same order.")
    made = [
        with_columns(table, {name: values.slice(start, height) for name, values in new.items()})
        for table, start, height in zip(tables.values(), starts, heights, strict=True)
    ]
    return dict(zip(given, made, strict=True)) if isinstance(given, Mapping) else made


Told = Mapping[str, tuple[str, str | None]]
"""What columns hold: column -> the party that it is of ('' where there is none), and its field."""


def of_people(frame: pl.DataFrame) -> Told:
    """Return what the columns of a table of people hold."""
    return {column: ("", field) for column, field in guessed(frame, {}).items()}


def one_table(
    tables: Mapping[str, Any], *, as_they_are: bool = False, told: Callable[[pl.DataFrame], Told] = of_people
) -> pl.DataFrame:
    """Return every row of some tables.

    Args:
        as_they_are: headings are those that the caller speaks of: none is changed.
        told: what the columns of one of them hold.

    Raises:
        TypeError: something among them that is no table.
    """
    frames = {str(name): _frame(name, table) for name, table in tables.items()}
    fields = {name: told(frame) for name, frame in frames.items()}
    headings: dict[tuple[str, str | None], str] = {}
    for name in frames:
        for own, column in _once(fields[name]).items():
            headings.setdefault(own, column)
    made = [
        _in_one_way(frame, fields[name], {} if as_they_are else headings) for name, frame in frames.items()
    ]
    known = {field for own in fields.values() for _, field in own.values()}
    if SOURCE not in known and not any(SOURCE in frame.columns for frame in made):
        made = [f.with_columns(pl.lit(name).alias(SOURCE)) for name, f in zip(frames, made, strict=True)]
    unlike = {c for f in made for c, t in f.schema.items() for g in made if g.schema.get(c, t) != t}
    return pl.concat(
        [f.with_columns(pl.col(c).cast(pl.String()) for c in f.columns if c in unlike) for f in made],
        how="diagonal",
    )


def _frame(name: Any, table: Any) -> pl.DataFrame:
    try:
        return frame_of(table)
    except TypeError as error:
        raise TypeError(f"Of several tables, {name!r}: {error}") from error


def _once(told: Told) -> Mapping[tuple[str, str | None], str]:
    """Return the column of what one column holds, and no other."""
    times = Counter(told.values())
    return {own: c for c, own in told.items() if times[own] == 1 and own[1] not in (None, *KINDS)}


def _in_one_way(
    frame: pl.DataFrame, fields: Told, headings: Mapping[tuple[str, str | None], str]
) -> pl.DataFrame:
    """One of the tables, with the headings of the first, and births as 'YYYY-MM-DD' where they are days."""
    births = [c for c, (_, field) in fields.items() if field == "birth_date"]
    frame = frame.with_columns(
        pl.coalesce(dated(frame[c]), pl.col(c).cast(pl.String())).alias(c) for c in births
    )
    called = {column: headings.get(own) for own, column in _once(fields).items()}
    return frame.rename({c: h for c, h in called.items() if h is not None and h not in frame.columns})
