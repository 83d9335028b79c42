"""Whole rows: keys, references to other tables, and what a kind of event must say."""

from __future__ import annotations

import polars as pl

from lamplighter.records.mapping.mappings import plain_code
from lamplighter.study_bundle.checks.table_work import TableWork
from lamplighter.study_bundle.schema import codes_of, kinds


def hashed(keys: pl.Series) -> pl.Series:
    """A number for each key, the same for the same text."""
    return keys.hash(seed=7)


class Earlier:
    """Keys of the parts of a table that were checked before, of which another part may have the same.

    ``again`` has the hashes of all keys that the table has more than once: of the others nothing is kept.
    """

    def __init__(self, again: pl.Series) -> None:
        self.again = again
        self.rows: pl.DataFrame | None = None


def check_key(work: TableWork, earlier: Earlier | None = None) -> None:
    """Each key once: the same row again is one row; another row of the same key is left out.

    ``earlier`` is given, and added to, where ``work`` is a part of its table; its key is one text then.
    """
    columns, key = list(work.table.columns), work.table.key
    if not work.frame.height or not all(k in work.frame.columns for k in key):
        return
    standing = work.frame.with_row_index("_i").filter(~work.bad)
    if earlier is not None:
        standing = standing.filter(hashed(standing[key[0]]).is_in(earlier.again.implode()))
    if not standing.height:
        return
    content = pl.struct(columns).hash(seed=5).alias("_content")
    rows = standing.select(pl.col("_i").cast(pl.Int64), *key, content)
    before = earlier.rows if earlier is not None else None
    if before is not None:
        rows = pl.concat([before, rows])
    again = rows.filter(~pl.struct(key).is_first_distinct() & (pl.col("_i") >= 0))["_i"]
    repeat = rows.filter(~pl.col("_content").is_first_distinct() & (pl.col("_i") >= 0))["_i"]
    if earlier is not None:
        earlier.rows = rows.with_columns(pl.lit(-1, pl.Int64).alias("_i")).unique(maintain_order=True)
    if not len(again):
        return
    index = pl.Series(range(work.frame.height), dtype=pl.Int64)
    work.note(index.is_in(repeat.implode()), "duplicate_row", key[0])
    work.note(index.is_in(again.implode()), "duplicate_key", key[0])


def set_aside_what_is_not_held(work: TableWork, not_held: tuple[str, ...]) -> None:
    """Values of a table or column that the metadata declare as not held: nobody may count them."""
    if work.table.name in not_held:
        work.note(pl.lit(value=True), "not_held_but_filled_row")
    columns = work.table.columns.values()
    # How exactly a moment is known is read off the moment, whoever holds it.
    read_off = {column.precision for column in columns}
    for column in columns:
        declared = f"{work.table.name}.{column.name}" in not_held
        if declared and not column.required and column.name not in read_off:
            work.note(pl.col(column.name).is_not_null(), "not_held_but_filled", column.name)


def check_parent(work: TableWork, there: pl.Series) -> None:
    """Rows whose report is not ``there``, or was left out, are left out."""
    work.note(~there & work.frame["report_id"].is_not_null(), "orphan", "report_id")


def check_kinds(work: TableWork) -> None:
    """Columns that a kind of event uses hold codes of that kind; the ones that it needs are filled."""
    for column in ("code", "status"):
        _mend(work, column)
    for column in ("code", "status"):
        needing = [k.name for k in kinds().values() if column in k.uses and k.uses[column].required]
        # What was not done is of no sort and came to nothing.
        empty = (
            pl.col("kind").is_in(needing)
            & pl.col(column).is_null()
            & (pl.col("done") == "no").ne_missing(True)
        )
        work.note(empty, "kind_code_missing", column)
    _check_reasons(work)


def _mend(work: TableWork, column: str) -> None:
    """Values of the kind's code set, whatever their case and punctuation; others are set aside."""
    pairs = work.frame.filter(pl.col(column).is_not_null() & pl.col("kind").is_not_null())
    distinct = pairs.select("kind", column).unique(maintain_order=True)
    if not distinct.height:
        return
    said, needed = [], []
    for kind, value in distinct.iter_rows():
        use = kinds()[kind].uses.get(column)
        forms = _forms(use.codes) if use and use.codes else {}
        said.append(forms.get(plain_code(value[:200])))
        needed.append(bool(use and use.required))
    table = distinct.with_columns(
        pl.Series("_said", said, dtype=pl.String), pl.Series("_needed", needed, dtype=pl.Boolean)
    )
    joined = work.frame.select("kind", column).join(
        table, on=["kind", column], how="left", maintain_order="left"
    )
    lost = joined[column].is_not_null() & joined["kind"].is_not_null() & joined["_said"].is_null()
    needed_ = joined["_needed"].fill_null(False)
    work.note(lost & needed_, "kind_code_unknown_required", column)
    work.note(lost & ~needed_, "kind_code_unknown", column)
    value = pl.select(pl.when(joined["_said"].is_not_null()).then(joined["_said"])).to_series()
    work.frame = work.frame.with_columns(value.alias(column))


def _forms(name: str) -> dict[str, str]:
    return {plain_code(c): c for c in sorted(codes_of(name))}


def _check_reasons(work: TableWork) -> None:
    """Reasons that the kind's set does not have are taken out of the list, and said."""
    listed = (
        work.frame.with_row_index("_i")
        .filter(pl.col("reasons").is_not_null())
        .select("_i", "kind", "reasons")
        .explode("reasons")
        .drop_nulls("kind")
    )
    if not listed.height:
        return
    distinct = listed.select("kind", "reasons").unique(maintain_order=True)
    said = []
    for kind, value in distinct.iter_rows():
        use = kinds()[kind].uses.get("reasons")
        said.append(_forms(use.codes).get(plain_code((value or "")[:200])) if use and use.codes else None)
    table = distinct.with_columns(pl.Series("_said", said, dtype=pl.String))
    joined = listed.join(table, on=["kind", "reasons"], how="left", nulls_equal=True, maintain_order="left")
    lost = joined.filter(pl.col("_said").is_null())["_i"].unique()
    kept = joined.group_by("_i", maintain_order=True).agg(
        pl.col("_said").drop_nulls().unique(maintain_order=True)
    )
    kept = kept.with_columns(pl.when(pl.col("_said").list.len() > 0).then(pl.col("_said")).alias("_said"))
    index = work.frame.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_i"))
    value = index.join(
        kept.with_columns(pl.col("_i").cast(pl.UInt32)), on="_i", how="left", maintain_order="left"
    )
    work.frame = work.frame.with_columns(value["_said"].alias("reasons"))
    # What is left of the list stands; the finding must not empty it, so it is only said.
    work.note(index["_i"].is_in(lost.cast(pl.UInt32).implode()), "reason_unknown", "reasons")
