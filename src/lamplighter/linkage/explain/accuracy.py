"""Measure how well persons and probabilities agree with a truth that is known: pairwise, B-cubed, and
calibration.

Pairwise figures count pairs of items placed together: a pair that the truth
holds and the grouping does not is a miss, whether blocking or scoring lost it.
B-cubed averages over items (Bagga and Baldwin, 1998), so that one large group
cannot decide the figure.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.thresholds import LEAST_BELIEF, SURE

Bits = npt.NDArray[np.float64]
BINS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
WIDTHS = 20
DRAWS, SEED = 100, 20261128


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


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs that were believed between ``low`` and ``high``: how many, the mean belief, the share that is
    true, and a 95% interval of that share (Wilson, 1927)."""

    low: float
    high: float
    pairs: int
    believed: float
    true: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Hold how well the probabilities of pairs agree with the truth.

    ``at_bar`` and ``best``: the pairwise F1 at the bar that was chosen, and at the best one; ``recall_sure``:
    recall where 99 of 100 pairs are right; ``proposed``: the share of true pairs that was looked at and kept;
    ``calibration_error``: the expected calibration error over twenty bins of equal width, of pairs
    believed at :data:`LEAST_BELIEF` or more (Naeini et al., 2015); ``by_chance``: what it would be on the
    average if every belief were right.
    """

    at_bar: float
    best: float
    recall_sure: float
    proposed: float
    calibration_error: float
    by_chance: float
    bins: Sequence[Bin]


def beliefs(
    pairs: pl.DataFrame, truth: pl.DataFrame, *, probability: str, bar: float, on: str, group: str
) -> Beliefs:
    """``pairs`` (left_record, right_record, ``probability``) beside ``truth`` (``on``, ``group``)."""
    known = truth.select(pl.col(on).cast(pl.String()), pl.col(group).alias("t"))
    placed = pairs.join(known, left_on="left_record", right_on=on, how="inner").join(
        known, left_on="right_record", right_on=on, how="inner", suffix="_2"
    )
    p = placed[probability].to_numpy()
    right = (placed["t"] == placed["t_2"]).fill_null(False).to_numpy()
    every = max(_pairs_within(known.filter(pl.col("t").is_not_null()), "t"), 1)
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(right[order])
    # A bar stands between two beliefs, never within a group of equal ones.
    ends = np.flatnonzero(np.r_[np.diff(p[order]) < 0, True]) if len(p) else np.empty(0, dtype=np.int64)
    found, precision = hits[ends] / every, hits[ends] / (ends + 1)
    f1 = 2 * hits[ends] / (ends + 1 + every)
    top = int(f1.argmax()) if len(f1) else -1
    own = int((p >= bar).sum())
    return Beliefs(
        at_bar=2 * float(right[p >= bar].sum()) / (own + every),
        best=float(f1[top]) if top >= 0 else 0.0,
        recall_sure=float(found[precision >= SURE].max(initial=0.0)),
        proposed=float(right.sum()) / every,
        calibration_error=calibration_error(p, right),
        by_chance=error_by_chance(p),
        bins=[b for low, high in itertools.pairwise(BINS) if (b := _bin(p, right, low, high))],
    )


def calibration_error(p: Bits, right: npt.NDArray[np.bool_]) -> float:
    """Return the mean distance of belief and truth, over bins of belief of equal width."""
    some = p >= LEAST_BELIEF
    if not some.any():
        return 0.0
    where = np.minimum((p[some] * WIDTHS).astype(np.int64), WIDTHS - 1)
    believed = np.bincount(where, weights=p[some], minlength=WIDTHS)
    true = np.bincount(where, weights=right[some], minlength=WIDTHS)
    return float(np.abs(believed - true).sum() / some.sum())


def error_by_chance(p: Bits) -> float:
    """Return the calibration error of beliefs ``p`` (n,) that are all right: the mean over outcomes drawn
    from them.

    Each pair is drawn by itself. Pairs of the same persons stand or fall together, so that chance makes more
    than this where persons have many records.
    """
    some = p[p >= LEAST_BELIEF]
    draw = np.random.default_rng(SEED)
    return float(np.mean([calibration_error(some, draw.random(len(some)) < some) for _ in range(DRAWS)]))


def _bin(p: Bits, right: npt.NDArray[np.bool_], low: float, high: float) -> Bin | None:
    some = (p >= low) & ((p < high) | (high == 1.0))
    n = int(some.sum())
    if not n:
        return None
    share = float(right[some].mean())
    z = 1.96
    middle, half = share + z * z / (2 * n), z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    below, above = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return Bin(low, high, n, float(p[some].mean()), share, (max(below, 0.0), min(above, 1.0)))
