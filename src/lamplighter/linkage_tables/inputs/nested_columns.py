"""Unpack columns that hold more than a value a row: structures, lists of lists, and what only one library
knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl


def unpacked(frame: pl.DataFrame, free_name: Callable[[str, list[str]], str]) -> pl.DataFrame:
    """``frame`` with texts, numbers, days, and lists of texts; as it is where it has nothing else.

    Of a structure each part is a column of its own (``name`` with ``first`` and ``last`` is ``name_first``
    and ``name_last``), of a list of structures a list. Bytes are texts, or else their digits.

    Args:
        free_name: a name that no column has, from one that is wanted and those that there are.
    """
    odd = {s.name for s in frame.get_columns() if not _is_plain(s.dtype)}
    if not odd:
        return frame
    held, made = [c for c in frame.columns if c not in odd], []
    for column in frame.get_columns():
        if column.name not in odd:
            made.append(column)
            continue
        for part in _parts(column):
            name = part.name if part.name == column.name else free_name(part.name, held)
            held.append(name)
            made.append(part.alias(name))
    return pl.DataFrame(made)


def _is_plain(held: pl.DataType) -> bool:
    if isinstance(held, pl.List):
        return held.inner == pl.String()
    odd = (pl.Object, pl.Duration, pl.Binary, pl.BaseExtension)
    return not (held.is_nested() or isinstance(held, odd))


def _parts(column: pl.Series) -> Iterator[pl.Series]:
    """Yield a column as columns that are plain."""
    held, name = column.dtype, column.name
    if isinstance(held, pl.Struct):
        for field in held.fields:
            yield from _parts(column.struct.field(field.name).alias(f"{name}_{field.name}"))
    elif isinstance(held, pl.Array):
        yield from _parts(column.arr.to_list())
    elif isinstance(held, pl.List) and isinstance(held.inner, pl.Struct):
        for field in held.inner.fields:
            part = column.list.eval(pl.element().struct.field(field.name))
            yield from _parts(part.alias(f"{name}_{field.name}"))
    elif isinstance(held, pl.List) and isinstance(held.inner, (pl.List, pl.Array)):
        yield from _parts(column.list.eval(pl.element().explode()))
    else:
        yield column if _is_plain(held) else _told(column)


def _told(column: pl.Series) -> pl.Series:
    """Return what is left, as texts or lists of texts."""
    held = column.dtype
    if isinstance(held, pl.Binary):
        try:
            return column.cast(pl.String())
        except pl.exceptions.PolarsError:
            return column.bin.encode("hex")
    if not isinstance(held, pl.List):
        return texts(column.name, column.to_list())
    if isinstance(held.inner, (pl.Object, pl.Duration, pl.Binary, pl.BaseExtension, pl.Map)):
        rows = [None if row is None else texts("", row).to_list() for row in column.to_list()]
        return pl.Series(column.name, rows, dtype=pl.List(pl.String()))
    return column.cast(pl.List(pl.String()))


def texts(name: str, values: list[Any]) -> pl.Series:
    """Return what is not nothing as text."""
    told = [None if _is_nothing(v) else v.hex() if isinstance(v, bytes) else str(v) for v in values]
    return pl.Series(name, told, dtype=pl.String())


def _is_nothing(value: Any) -> bool:
    """None, nan, NaT (what is not itself), and NA of pandas, of which nobody can say that."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"
