"""Name the records of a table: by the table's own ids, with their sources where these number alike, or by
their rows."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage.features.encoded_columns import all_different


def row_ids(records: int) -> pl.Series:
    """Numbers of rows, from 0, as texts that sort as the rows do."""
    rows = pl.int_range(records, dtype=pl.Int64(), eager=True).cast(pl.String()).str.zfill(9)
    return rows.alias("record_id")


def told_apart(ids: pl.Series, source: pl.Series | None) -> pl.Series:
    """Ids as texts; with the source of each ("clinic:17") where some are there twice. Whole numbers that were
    made into decimals, as pandas does beside a gap, are whole numbers again."""
    if ids.dtype.is_float() and (ids.drop_nulls().round() == ids.drop_nulls()).all():
        ids = ids.cast(pl.Int64(), strict=False)
    texts = ids.cast(pl.String())
    if source is None or all_different(texts):
        return texts
    both = pl.DataFrame({"s": source.cast(pl.String()).fill_null(""), "i": texts})
    return both.select(pl.concat_str("s", "i", separator=":").alias(ids.name))[ids.name]


def checked(ids: pl.Series, column: str) -> pl.Series:
    """``ids``, which the caller says that ``column`` has.

    Raises:
        ValueError: an id is there twice, or none is.
    """
    if not all_different(ids):
        wrong = ~ids.is_first_distinct() | ids.is_null()
        raise ValueError(
            f"Column {column!r} is to number the records: {int(wrong.sum())} of {len(ids)} have another's "
            f"number, or none, the first of them in row {int(wrong.arg_true()[0]) + 1}. Say a column that "
            "tells all of them apart, or none: the rows are then numbered."
        )
    return ids
