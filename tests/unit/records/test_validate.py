"""Rows are looked at in one pass before pandera is asked. Both must say the same of every field."""

from __future__ import annotations

import pandera.errors
import polars as pl
import pytest

from lamplighter.records.schema import POLARS_TYPES, TABLES, Field, Table
from lamplighter.records.validation.validate import _nothing_wrong, pandera_schema
from lamplighter.vocabulary.codes import code_set


def _right(f: Field, rows: int) -> pl.Series:
    """Values that hold, with one that is missing where it may be."""
    kind = POLARS_TYPES[f.kind]
    if f.codes and f.kind == "text":
        known = sorted(code_set(f.codes).codes)
        values = [known[n % len(known)] for n in range(rows)]
        made = pl.Series(f.name, values, dtype=pl.String)
    else:
        made = pl.Series(f.name, [1] * rows).cast(pl.Int64).cast(pl.String if kind == pl.String else pl.Int64)
        made = pl.Series(f.name, [[]] * rows, dtype=kind) if kind.is_nested() else made.cast(kind)
    return made if f.required else pl.concat([made[:-1], pl.Series(f.name, [None], dtype=made.dtype)])


def _frame(table: Table, **different: pl.Series) -> pl.DataFrame:
    return pl.DataFrame([different.get(f.name, _right(f, 3)).alias(f.name) for f in table.fields])


def _by_pandera(frame: pl.DataFrame, table: Table) -> bool:
    try:
        pandera_schema(table.name).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors:
        return False
    return True


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_the_quick_look_says_what_pandera_says(table: Table) -> None:
    good = _frame(table)
    assert _by_pandera(good, table)
    assert _nothing_wrong(good, table)
    for f in table.fields:
        kind = good[f.name].dtype
        damaged = {"missing": pl.concat([good[f.name][:2], pl.Series(f.name, [None], dtype=kind)])}
        damaged["all missing"] = pl.Series(f.name, [None] * 3, dtype=kind)
        if kind == pl.String:
            damaged["strange"] = pl.Series(f.name, [good[f.name][0], "no such code", None])
        for what, series in damaged.items():
            frame = _frame(table, **{f.name: series})
            assert _nothing_wrong(frame, table) == _by_pandera(frame, table), (f.name, what)
