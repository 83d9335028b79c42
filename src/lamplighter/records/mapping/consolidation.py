"""Lines of one report that say different things: the value given most often, else first; all kept in
the raw values.
"""

from __future__ import annotations

import polars as pl


def consolidated(flat: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per ``_ref`` from one or more variants (``_n`` lines each, ``_first`` the position of
    the first).

    Returns the rows in order of first appearance, and (``_ref``, ``column``) for each field whose
    variants disagree.
    """
    nothing = pl.DataFrame(schema={"_ref": pl.String, "column": pl.String})
    repeated = flat["_ref"].is_duplicated()
    if not repeated.any():
        return flat, nothing
    single, several = flat.filter(~repeated), flat.filter(repeated)
    order = several.group_by("_ref", maintain_order=True).agg(pl.col("_first").first(), pl.col("_n").sum())
    out, disagreements = order, []
    for column in several.columns:
        if column in {"_ref", "_n", "_first", "raw"}:
            continue
        votes = several.select("_ref", "_n", "_first", pl.col(column).alias("v")).filter(
            pl.col("v").is_not_null()
        )
        key = pl.col("v").list.join("\x1f") if votes["v"].dtype == pl.List(pl.String) else pl.col("v")
        counted = (
            votes.with_columns(key.alias("k"))
            .group_by("_ref", "k", maintain_order=True)
            .agg(pl.col("v").first(), pl.col("_n").sum(), pl.col("_first").min())
            .sort(["_n", "_first"], descending=[True, False])
        )
        best = counted.group_by("_ref", maintain_order=True).agg(
            pl.col("v").first().alias(column), pl.len().alias("kinds")
        )
        disagreements.append(
            best.filter(pl.col("kinds") > 1).select("_ref", pl.lit(column.split(".")[-1]).alias("column"))
        )
        out = out.join(best.drop("kinds"), on="_ref", how="left", maintain_order="left")
    raws = several.group_by("_ref", maintain_order=True).agg(
        pl.col("raw").unique(maintain_order=True).alias("raws")
    )
    first, others = pl.col("raws").list.first(), pl.col("raws").list.slice(1)
    kept = raws.select(
        "_ref",
        pl.when(others.list.len() == 0)
        .then(first)
        .otherwise(
            first.str.strip_suffix("}")
            + pl.when(first == "{}").then(pl.lit("")).otherwise(pl.lit(","))
            + pl.lit('"other_lines":[')
            + others.list.join(",")
            + pl.lit("]}")
        )
        .alias("raw"),
    )
    out = out.join(kept, on="_ref", how="left", maintain_order="left").select(flat.columns)
    every = pl.concat(disagreements) if disagreements else nothing
    return pl.concat([single, out], how="vertical_relaxed").sort("_first"), every.unique(maintain_order=True)
