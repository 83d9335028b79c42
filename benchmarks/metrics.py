"""How well a grouping agrees with the truth; the scores themselves are the library's."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage.explain.accuracy import Score, b_cubed, pairwise

__all__ = ["Score", "b_cubed", "pairwise", "pairwise_sets", "wholly_found"]


def pairwise_sets(found: pl.DataFrame, truth: pl.DataFrame) -> Score:
    """Pairwise score of two lists of unordered pairs, columns ``left`` < ``right``, without repeats."""
    right = (
        found.select("left", "right")
        .unique()
        .join(truth.select("left", "right").unique(), on=["left", "right"])
        .height
    )
    ours, true = found.select("left", "right").unique().height, truth.select("left", "right").unique().height
    return Score(right / ours if ours else 1.0, right / true if true else 1.0, true)


def wholly_found(found: pl.DataFrame, truth: pl.DataFrame, on: str, group: str) -> tuple[int, int]:
    """How many true groups of two or more are found exactly, item for item, and how many there are."""
    true = truth.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    true = true.filter(pl.col("items").list.len() > 1)
    ours = found.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    exact = true.join(ours.select("items").unique(), on="items", how="inner").height
    return exact, true.height
