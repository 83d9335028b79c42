"""What titles tell of whoever bears them."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage.features import compact_records
from lamplighter.linkage.features.encoded_columns import Texts
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.features.titles import before_names
from lamplighter.linkage_tables.column_roles.columns import understood

NAMES = [
    "Mr J Quarle",
    "Mrs. J Quarle",
    "Dr Frau Ann Dray",
    "DRAY, Miss Cara",
    "Ann Moss",
    "Mr & Mrs B Lott",
    "Ms E Moss",
]


def sexes(table: pl.DataFrame) -> list[str | None]:
    """The sexes that are compared."""
    column = prepare(understood(table).people).columns.by_name["sex"]
    assert isinstance(column, Texts)
    return [column.of(i) for i in range(table.height)]


def test_titles_before_names_tell_the_sex_where_nothing_else_does() -> None:
    told = ["male", "female", "female", "female", None, None, "female"]
    assert sexes(pl.DataFrame({"customer name": NAMES})) == told
    known = pl.DataFrame({"customer name": NAMES, "sex": ["F"] * len(NAMES)})
    assert sexes(known) == ["female"] * len(NAMES)


def test_a_sex_is_the_same_in_the_batch_and_at_the_form() -> None:
    written = ["F", " Mr. ", "Mrs", "Dr", None]
    rows = [{"record_id": str(n), "report_id": "a", "sex": sex} for n, sex in enumerate(written)]
    batch = prepare(pl.DataFrame(rows)).columns.by_name["sex"]
    assert isinstance(batch, Texts)
    told = [c.values[compact_records.AT["sex"]] for c in compact_records.of_report({}, rows)]
    assert told == [batch.of(n) for n in range(len(rows))] == ["female", "male", "female", None, None]


def test_a_few_words_that_look_like_titles_are_no_habit() -> None:
    assert before_names(pl.Series(["Lady Quarle", *["Ann Moss"] * 200])) is None
