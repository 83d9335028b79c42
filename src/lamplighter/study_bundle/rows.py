"""Whole rows: keys, references to other tables, and what a kind of event must say."""

from __future__ import annotations

import polars as pl

from lamplighter.records.mapping import plain_code
from lamplighter.study_bundle.schema import codes_of, kinds
from lamplighter.study_bundle.work import TableWork


def check_key(work: TableWork) -> None:
    """Each key once: the same row again is one row; another row of the same key is left out."""
    columns = list(work.table.columns)
    if not work.frame.height or not all(k in work.frame.columns for k in work.table.key):
        return
    standing = work.frame.with_row_index("_i").filter(~work.bad)
    if not standing.height:
        return
    again = standing.filter(~pl.struct(work.table.key).is_first_distinct())["_i"]
    if not len(again):
        return
    content = standing.select("_i", pl.struct(columns).hash(seed=5).alias("h"))
    repeat = content.filter(~pl.col("h").is_first_distinct())["_i"]
    index = pl.Series(range(work.frame.height), dtype=pl.UInt32)
    work.note(index.is_in(repeat.cast(pl.UInt32).implode()), "duplicate_row", work.table.key[0])
    work.note(index.is_in(again.cast(pl.UInt32).implode()), "duplicate_key", work.table.key[0])


def check_parent(work: TableWork, reports: pl.DataFrame) -> None:
    """Rows whose report is not there, or was left out, are left out."""
    known = reports.select("report_id")
    there = work.frame.select("report_id").join(
        known.with_columns(pl.lit(True).alias("there")), on="report_id", how="left", maintain_order="left"
    )
    work.note(there["there"].is_null() & there["report_id"].is_not_null(), "orphan", "report_id")


def check_kinds(work: TableWork) -> None:
    """Columns that a kind of event uses hold codes of that kind; the ones that it needs are filled."""
    for column in ("code", "status"):
        _mend(work, column)
    for column in ("code", "status"):
        needing = [k.name for k in kinds().values() if column in k.uses and k.uses[column].required]
        empty = pl.col("kind").is_in(needing) & pl.col(column).is_null()
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
