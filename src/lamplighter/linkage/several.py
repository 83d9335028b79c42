"""Several tables of people as one, each row with the name of the table that it is from.

Each may have headings, and a way of writing dates, of its own: a column that holds what a column of the first
table holds goes by its heading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from lamplighter.linkage.dates import dated
from lamplighter.linkage.given import frame_of
from lamplighter.linkage.guessing import KINDS, guessed
from lamplighter.linkage.headings import document

SOURCE = "source"


def tables_of(given: Any) -> Mapping[str, Any] | None:
    """Tables by their names: those of a mapping, or of a list, which are numbered; None for anything else."""
    if isinstance(given, (list, tuple)):
        given = {str(number): table for number, table in enumerate(given, start=1)}
    if not isinstance(given, Mapping) or len(given) < 2:
        return None
    return (
        given
        if all(hasattr(t, "columns") or hasattr(t, "__arrow_c_stream__") for t in given.values())
        else None
    )


def one_table(tables: Mapping[str, Any], *, as_they_are: bool = False) -> pl.DataFrame:
    """Every row of some tables.

    Args:
        as_they_are: headings are those that the caller speaks of: none is changed.

    Raises:
        TypeError: something among them that is no table.
    """
    frames = {str(name): frame_of(table) for name, table in tables.items()}
    fields = {name: guessed(frame, {}) for name, frame in frames.items()}
    several = document()["several"]["fields"]
    headings: dict[str, str] = {}
    for name in frames:
        for column, field in fields[name].items():
            if field is not None and field not in several and field not in KINDS:
                headings.setdefault(field, column)
    made = [
        _in_one_way(frame, fields[name], {} if as_they_are else headings) for name, frame in frames.items()
    ]
    if not any(SOURCE in f.values() for f in fields.values()):
        made = [f.with_columns(pl.lit(name).alias(SOURCE)) for name, f in zip(frames, made, strict=True)]
    unlike = {c for f in made for c, t in f.schema.items() for g in made if g.schema.get(c, t) != t}
    return pl.concat(
        [f.with_columns(pl.col(c).cast(pl.String()) for c in f.columns if c in unlike) for f in made],
        how="diagonal",
    )


def _in_one_way(
    frame: pl.DataFrame, fields: Mapping[str, str | None], headings: Mapping[str, str]
) -> pl.DataFrame:
    """One of the tables, with the headings of the first, and births as 'YYYY-MM-DD' where they are days."""
    births = [c for c, f in fields.items() if f == "birth_date"]
    frame = frame.with_columns(
        pl.coalesce(dated(frame[c]), pl.col(c).cast(pl.String())).alias(c) for c in births
    )
    called = {c: headings.get(f) for c, f in fields.items() if f is not None}
    return frame.rename({c: h for c, h in called.items() if h is not None and h not in frame.columns})
