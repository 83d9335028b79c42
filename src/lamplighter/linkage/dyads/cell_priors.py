"""Estimate, without labels, how common each of the four cells is among all pairs of reports.

Hardly any pair of reports is ever looked at, and which are depends on the cell. Two reports of one victim
and one suspect are found by either; two that have the suspect alone in common by the suspect alone, of whom
there is seldom much to go by. To count what was found made such pairs three to nine times rarer than they
are, and whoever had a suspect in common was too surely one victim. So each cell is counted among what the
keys of its own party propose, and divided by how much of it these propose: of the pairs of one victim and
one suspect that the other party's keys propose, the share that they propose as well (capture and
recapture).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import rounded
from lamplighter.linkage.arrays.pair_ids import pairs_of
from lamplighter.linkage.dyads import dyad_frames
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.parameters import STARTING_RELATED, STARTING_UNNAMED, Model, Priors

Bits = npt.NDArray[np.float64]
RAREST_CELL = 0.03
FOUND_BY_VICTIMS, FOUND_BY_SUSPECTS = 0.8, 0.5
"""How many pairs of reports of one victim, and of one suspect, their keys propose, before any are seen."""
AS_MANY_PAIRS, MIXED_PAIRS = 20.0, 30.0
"""What was thought before counts as so many pairs: of what keys propose, and of the share of a mixture."""
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
        found = (float(kin.sum()) + MIXED_PAIRS * STARTING_RELATED) / (float(of.sum()) + MIXED_PAIRS)
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
        found = (float(v @ (odds / (1 + odds))) + MIXED_PAIRS * begun) / (float(v.sum()) + MIXED_PAIRS)
    return rounded(min(found / share, 1.0))


@dataclass(frozen=True, slots=True)
class Counted:
    """Of all pairs of reports, how many are of one victim; of these, the share that are of one suspect as
    well; and how many are of one suspect and two victims."""

    of_one_victim: float
    share_of_one_suspect: float
    suspect_only: float


def learned(
    features: Features, frame: pl.DataFrame, posterior: Bits, model: Model, references: pl.DataFrame
) -> Priors:
    """Return the priors from what is believed of the pairs of ``frame``, each drawn a little towards its
    start.

    ``frame`` is that of :func:`pair_context.pair_frame` with ``keyed``: whether the keys propose the pair;
    ``posterior`` (n,) is the belief in each. ``references``: see :func:`dyad_frames.contexts`.
    """
    reports = features.facts["report_id"].n_unique()
    of_reports = pairs_of(reports)
    kinds = frame["kind"].to_numpy()
    expected = {
        k: float(posterior[kinds == k].sum()) for k in ("victim", "suspect", "other", "within", "swapped")
    }
    cells = dyad_frames.report_cells(frame, model, references)
    seen = counted(with_keys(cells, frame))
    share, v = seen.share_of_one_suspect, seen.of_one_victim / of_reports
    within_pairs = max(float((kinds == "within").sum()), 1.0)
    other = (sum(expected.values()) + 1.0) / pairs_of(len(features))
    # None seen in a small set does not show that there are none: a floor beside the commonest cell.
    rare = v * share * RAREST_CELL
    return Priors(
        other=_share(other),
        within_report=_share((expected["within"] + 3) / (within_pairs + 20), 0.01, 0.6),
        both=_share(v * share),
        victim_only=_share(v * (1 - share)),
        swapped=_share((expected["swapped"] + 0.5) / (2 * of_reports), rare),
        suspect_only=_share(seen.suspect_only / of_reports, rare),
        unnamed=unnamed(frame, posterior, model, share),
        related_victims=related(cells, "p01", "V_near", model.priors.related_victims),
        related_suspects=related(cells, "p10", "S_near", model.priors.related_suspects),
    )


def with_keys(cells: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """``cells`` (:func:`dyad_frames.report_cells`) with ``by_victim`` and ``by_suspect``: whether the keys
    propose two victims of the two reports, and two suspects."""
    on = ["rep_l", "rep_r"]
    proposed = [
        (pl.col("keyed") & (pl.col("kind") == party)).any().alias(f"by_{party}")
        for party in ("victim", "suspect")
    ]
    found = frame.group_by(on).agg(proposed)
    return cells.join(found, on=on, how="left", maintain_order="left").with_columns(
        pl.col("by_victim", "by_suspect").fill_null(False)
    )


def counted(cells: pl.DataFrame) -> Counted:
    """Tell how many pairs of reports each cell has, those included that nothing proposed.

    ``cells``: ``p11``, ``p10``, ``p01`` of every pair of reports, and by which keys it is proposed
    (:func:`with_keys`); ``suspects``: whether both reports say something of theirs.
    """
    p11, p10, p01 = (cells[c].to_numpy() for c in ("p11", "p10", "p01"))
    by_victim, by_suspect = (cells[c].to_numpy() for c in ("by_victim", "by_suspect"))
    twice = float(p11[by_victim & by_suspect].sum())
    of_victims = _drawn(twice, float(p11[by_suspect].sum()), FOUND_BY_VICTIMS)
    of_suspects = _drawn(twice, float(p11[by_victim].sum()), FOUND_BY_SUSPECTS)
    # Reports that list no suspect say nothing about how often the suspect is the same.
    told = by_victim & cells["suspects"].to_numpy()
    both, victim = float(p11[told].sum()), float(p10[told].sum())
    return Counted(
        float((p11 + p10)[by_victim].sum()) / of_victims + 1.0,
        (both + 3.0) / (both + victim + 5.0),
        float(p01[by_suspect].sum()) / of_suspects + 0.5,
    )


def _drawn(found: float, of: float, start: float) -> float:
    return (found + AS_MANY_PAIRS * start) / (of + AS_MANY_PAIRS)


def _share(value: float, least: float = 1e-12, most: float = 0.05) -> float:
    return rounded(min(max(value, least), most))
