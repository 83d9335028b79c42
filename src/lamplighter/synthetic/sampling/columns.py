"""Fast ways from Python lists and number arrays to Polars columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import polars as pl
import pyarrow as pa

from lamplighter.synthetic.sampling.draws import Bools, Ints


def texts(values: Sequence[str | None]) -> pl.Series:
    """Return a text column."""
    return pl.Series(values, dtype=pl.String)


def lists(rows: Sequence[Sequence[str]]) -> pl.Series:
    """Return a column of lists of text. Arrow builds it from one flat list, fifty times faster than row by
    row.
    """
    offsets = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(map(len, rows), dtype=np.int32, count=len(rows)), out=offsets[1:])
    flat = pa.array(list(chain.from_iterable(rows)), type=pa.large_string())
    made = pl.from_arrow(pa.ListArray.from_arrays(pa.array(offsets), flat))
    assert isinstance(made, pl.Series)
    return made.cast(pl.List(pl.String))


def gathered(*parts: pl.Series) -> pl.Series:
    """Return a column of lists from columns of single values: what is not null, in the order of
    the columns.
    """
    n = len(parts[0])
    woven = np.arange(n * len(parts)).reshape(len(parts), n).T.ravel()
    flat = pl.concat(list(parts)).gather(woven)
    held = flat.is_not_null()
    offsets = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(held.to_numpy().reshape(n, len(parts)).sum(axis=1), out=offsets[1:])
    made = pl.from_arrow(pa.ListArray.from_arrays(pa.array(offsets), flat.filter(held).to_arrow()))
    assert isinstance(made, pl.Series)
    return made.cast(pl.List(pl.String))


def lookup(names: Sequence[str | None], index: Ints) -> pl.Series:
    """Return the named value of each index; -1 is null."""
    safe = np.where(index < 0, len(names), index)
    return pl.Series([*names, None], dtype=pl.String).gather(safe)


def without_empty_lists(frame: pl.DataFrame) -> pl.DataFrame:
    """Nothing recorded is null, as it is in what the importer makes, never an empty list."""
    listed = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.when(pl.col(c).list.len() > 0).then(pl.col(c)).alias(c) for c in listed)


def where(mask: Bools, values: pl.Series) -> pl.Series:
    """Return the values where the mask holds, null elsewhere."""
    return values.to_frame("x").select(pl.when(pl.Series(mask)).then("x"))["x"]


def moments(minutes: Ints) -> pl.Series:
    """Minutes since 1970 as local times."""
    return pl.Series(minutes * 60_000_000).cast(pl.Datetime("us"))


def dates(days: Ints) -> pl.Series:
    """Days since 1970 as dates."""
    return pl.Series(days).cast(pl.Int32).cast(pl.Date)
