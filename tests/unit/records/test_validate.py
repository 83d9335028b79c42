"""Rows are looked at in one pass before pandera is asked. Both must say the same of every field."""

from __future__ import annotations

import pandera.errors
import polars as pl
import pytest

from lamplighter.records.schema import POLARS_TYPES, TABLES, TABLES_BY_NAME, Field, Table, empty_bundle
from lamplighter.records.validation.validate import _nothing_wrong, pandera_schema, validate
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


def _one(table: str, **values: object) -> pl.DataFrame:
    return pl.DataFrame([values], schema_overrides=TABLES_BY_NAME[table].polars_schema)


@pytest.mark.parametrize("number", [-1, 2**31, 2**62])
def test_a_number_that_no_table_holds_leaves_its_row_out_with_a_reason(number: int) -> None:
    bundle = empty_bundle()
    bundle["reports"] = _one("reports", report_id="A:1", source="A", agency="force-a", source_ref="1")
    bundle["occasions"] = _one("occasions", report_id="A:1", occasion_seq=number)
    checked, rejects = validate(bundle)
    assert checked["reports"].height == 1
    assert checked["occasions"].height == 0
    assert rejects["value_class"].to_list() == ["number below 0 or above 2147483647"]


@pytest.mark.parametrize(("low", "high"), [(151, None), (None, 151), (10**9, None), (-1, None), (40, 30)])
def test_an_age_that_cannot_be_right_is_emptied_though_the_other_is_not_known(
    low: int | None, high: int | None
) -> None:
    bundle = empty_bundle()
    bundle["reports"] = _one("reports", report_id="A:1", source="A", agency="force-a", source_ref="1")
    bundle["people"] = _one(
        "people", report_id="A:1", record_id="A:1/1", role="victim", age_from=low, age_to=high
    )
    checked, rejects = validate(bundle)
    assert checked["people"].select("age_from", "age_to").row(0) == (None, None)
    assert "age above 120" in rejects["value_class"].to_list()
