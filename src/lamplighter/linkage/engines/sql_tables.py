"""Write features as a plain table, which an engine that knows SQL can hold."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features.encoded_columns import Column, Lists, Numbers, Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.model.parameters import Model

PROFILE, SOURCE = "profile", "source_number"
LIFT = "whole_name_bits"
"""Bits by which a profile's whole name is commoner than both names say (:mod:`name_dependence`)."""


def bits_column(name: str) -> str:
    """Return the name of the column with the bits of how many people have each value of a column."""
    return f"{name}_bits"


def features_frame(features: Features, columns: Iterable[str]) -> pl.DataFrame:
    """Return some columns as texts, lists of texts and numbers, and ``profile``, the number of the row."""
    made = {name: as_series(features.columns.by_name[name]) for name in sorted(columns)}
    return pl.DataFrame({PROFILE: np.arange(len(features)), **made})


def with_frequencies(frame: pl.DataFrame, features: Features, model: Model) -> pl.DataFrame:
    """Return the frame with the bits of the frequency of each value that a level stands for, lists of them
    beside lists of texts, and with those of the whole name."""
    for name in sorted(shaded(features, model)):
        column = features.columns.by_name[name]
        assert isinstance(column, (Texts, Lists))
        bits = pl.Series(model.frequencies.bits_of(name, column.values), dtype=pl.Float64())
        frame = frame.with_columns(_of_codes(column, bits).alias(bits_column(name)))
    if model.frequencies.communities is None:
        return frame
    names = frame.select(name_dependence.FIRST, name_dependence.SURNAME).unique().drop_nulls()
    lift = model.frequencies.lift(names[name_dependence.FIRST], names[name_dependence.SURNAME])
    whole = names.with_columns(pl.Series(LIFT, lift, dtype=pl.Float64()))
    return frame.join(whole, on=names.columns, how="left", maintain_order="left")


def shaded(features: Features, model: Model) -> set[str]:
    """Return the columns of which the frequency of a value counts."""
    return {v.tf for c in model.table for v in c.levels if v.tf and features.has(v.tf)}


def as_series(column: Column) -> pl.Series:
    """Return what each record has in a column; null where it has nothing."""
    if isinstance(column, Numbers):
        whole = pl.DataFrame({"n": column.numbers, "known": column.known})
        return whole.select(pl.when("known").then("n"))["n"]
    return _of_codes(column, column.values)


def _of_codes(column: Texts | Lists, values: pl.Series) -> pl.Series:
    """Return what stands for each value of a column, for every record."""
    some = np.flatnonzero(column.codes >= 0)
    if isinstance(column, Lists):
        inner = values.gather(pl.Series(column.elements)).to_arrow()
        lists = pa.LargeListArray.from_arrays(pa.array(column.starts), inner)
        values = pl.Series(pl.from_arrow(lists))
    codes = pl.Series(column.codes).cast(pl.Int64()).scatter(_others(some, len(column)), None)
    return values.gather(codes)


def _others(some: Rows, n: int) -> npt.NDArray[np.int64]:
    rest = np.ones(n, dtype=bool)
    rest[some] = False
    return np.flatnonzero(rest)


def pairs_frame(left: Rows, right: Rows) -> pl.DataFrame:
    """Return pairs of rows as a table: ``pair``, their number, ``l`` and ``r``."""
    return pl.DataFrame({"pair": np.arange(len(left)), "l": left, "r": right})
