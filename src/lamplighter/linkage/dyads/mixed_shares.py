"""Estimate shares as those of a mixture: how many of some pairs of reports are of one sort, where each fits
that sort so many times as well as the other. Drawn towards where they start, as labels are none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.dyads import dyad_frames
from lamplighter.linkage.model.parameters import STARTING_RELATED, STARTING_UNNAMED, Model, rounded

Bits = npt.NDArray[np.float64]
AS_MANY_PAIRS = 30.0
"""What was thought before counts as so many pairs."""
ROUNDS = 50


def related(cells: pl.DataFrame, cell: str, near: str, share: float) -> float:
    """Return the share of those who have something to do with each other among two people of one ``cell`` of
    :func:`dyad_frames.report_cells`, of whom ``near`` is how much better they fit two such than any two.

    ``share`` is that by which the cells were worked out. Found as the share of a mixture is, drawn towards
    the start.
    """
    told = cells.filter("suspects", pl.col("v").is_not_null(), pl.col("s").is_not_null())
    ratio, p = told[near].to_numpy(), told[cell].to_numpy()
    # What the cells would be if none of these two had anything to do with each other.
    plain = p / (1 - share + share * ratio)
    rest, found = 1 - p, share
    for _ in range(ROUNDS):
        mixed = plain * (1 - found + found * ratio)
        of = mixed / (mixed + rest)
        kin = of * found * ratio / (1 - found + found * ratio)
        found = (float(kin.sum()) + AS_MANY_PAIRS * STARTING_RELATED) / (float(of.sum()) + AS_MANY_PAIRS)
    return rounded(found)


def unnamed(frame: pl.DataFrame, posterior: Bits, model: Model, share: float) -> float:
    """Tell how many times as often two reports by one victim concern one suspect where nothing names the
    suspect.

    Sex, age, what the reports are about and when they were made go together more often in one suspect than
    in two; from that the share of one suspect follows as the share of a mixture does, drawn towards the
    start. ``share`` is that of reports that name one.
    """
    on = ["rep_l", "rep_r"]
    victims = frame.with_columns(v=posterior).filter(kind="victim").group_by(on).agg(pl.col("v").max())
    told = (
        frame.filter(dyad_frames.unnamed_pairs(frame))
        .join(victims, on=on)
        .select("v", "ev", said=dyad_frames.beside_the_words(model))
    )
    v, ratio = told["v"].to_numpy(), np.exp2(told["ev"].to_numpy()) * told["said"].to_numpy()
    begun = found = STARTING_UNNAMED * share
    for _ in range(ROUNDS):
        odds = ratio * found / (1 - found)
        found = (float(v @ (odds / (1 + odds))) + AS_MANY_PAIRS * begun) / (float(v.sum()) + AS_MANY_PAIRS)
    return rounded(min(found / share, 1.0))
