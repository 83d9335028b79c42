"""How well a grouping agrees with the truth: pairwise and B-cubed.

Pairwise figures count pairs of items placed together: a pair that the truth
holds and the grouping does not is a miss, whether blocking or scoring lost it.
B-cubed averages over items (Bagga and Baldwin, 1998), so that one large group
cannot decide the figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean; ``truth`` is how many true pairs (or items) there were."""

    precision: float
    recall: float
    truth: int

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def cells(self) -> list[str]:
        return [f"{self.precision:.3f}", f"{self.recall:.3f}", f"{self.f1:.3f}"]


def _pairs_within(groups: pl.DataFrame, *keys: str) -> int:
    """Number of unordered pairs inside the groups that ``keys`` make."""
    sizes = groups.group_by(*keys).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def pairwise(found: pl.DataFrame, truth: pl.DataFrame, on: str, group: str) -> Score:
    """Pairwise score of two groupings of the same items.

    Both frames have one row an item: the item in column ``on``, its group in
    column ``group``, null when the item stands alone. Items of ``truth`` only
    are scored; one that ``found`` does not hold stands alone.
    """
    both = truth.select(on, pl.col(group).alias("true")).join(
        found.select(on, pl.col(group).alias("ours")).unique(on), on=on, how="left"
    )
    true_pairs = _pairs_within(both.filter(pl.col("true").is_not_null()), "true")
    our_pairs = _pairs_within(both.filter(pl.col("ours").is_not_null()), "ours")
    right = _pairs_within(
        both.filter(pl.col("true").is_not_null() & pl.col("ours").is_not_null()), "true", "ours"
    )
    return Score(
        right / our_pairs if our_pairs else 1.0, right / true_pairs if true_pairs else 1.0, true_pairs
    )


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


def b_cubed(found: pl.DataFrame, truth: pl.DataFrame, on: str, group: str) -> Score:
    """B-cubed score; the frames are as for :func:`pairwise`, an item with a null group stands alone."""
    alone = pl.lit("alone ") + pl.col(on)
    both = truth.select(on, pl.coalesce(pl.col(group), alone).alias("true")).join(
        found.select(on, pl.col(group).alias("ours")).unique(on), on=on, how="left"
    )
    both = both.with_columns(pl.coalesce(pl.col("ours"), alone).alias("ours"))
    sized = both.with_columns(
        pl.len().over("true").alias("n_true"),
        pl.len().over("ours").alias("n_ours"),
        pl.len().over("true", "ours").alias("n_both"),
    )
    if sized.is_empty():
        return Score(1.0, 1.0, 0)
    precision = sized.select((pl.col("n_both") / pl.col("n_ours")).mean()).item()
    recall = sized.select((pl.col("n_both") / pl.col("n_true")).mean()).item()
    return Score(precision, recall, sized.height)


def wholly_found(found: pl.DataFrame, truth: pl.DataFrame, on: str, group: str) -> tuple[int, int]:
    """How many true groups of two or more are found exactly, item for item, and how many there are."""
    true = truth.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    true = true.filter(pl.col("items").list.len() > 1)
    ours = found.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    exact = true.join(ours.select("items").unique(), on="items", how="inner").height
    return exact, true.height
