"""Find the candidate pairs that only two reports together propose.

A suspect of whom only "Dave" is known shares no rare key with anybody. But when
two reports may have the same victim, their suspects are compared with each
other, whatever is known of them; and when they may have the same suspect, their
victims are. Within one report everybody is compared, since people are listed
twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.features import record_features
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.parameters import Model

Pairs = npt.NDArray[np.int64]
WORTH_ASKING = 0.02
MOST_PEOPLE_A_REPORT = 30


def report_pairs(frame: pl.DataFrame, model: Model, references: pl.DataFrame) -> pl.DataFrame:
    """Pairs of reports that may share a person in any part: rep_l, rep_r."""
    needed = pl.col("kind").replace_strict(bars(model), default=np.inf)
    asked = frame.filter((pl.col("ev") >= needed) & (pl.col("rep_l") < pl.col("rep_r")))
    return (
        pl.concat([asked.select("rep_l", "rep_r"), references.select("rep_l", "rep_r")])
        .unique()
        .sort("rep_l", "rep_r")
    )


def bars(model: Model) -> dict[str, float]:
    """Return the evidence, by kind of pair, from which two reports may share a person."""
    p = model.priors
    return {
        "victim": bits_of(WORTH_ASKING) - bits_of(p.victim),
        "suspect": bits_of(WORTH_ASKING) - bits_of(p.suspect),
        "swapped": bits_of(WORTH_ASKING) - bits_of(p.other),
    }


def completed(features: Features, asked: pl.DataFrame) -> Pairs:
    """Return every pair of people of the same part in each pair of reports, and every pair within a
    report.
    """
    people = features.facts.select(
        row=pl.int_range(pl.len(), dtype=pl.Int64),
        rep=pl.col("report_id").rank("dense").cast(pl.Int32),
        part=record_features.part_of(features.facts),
    ).drop_nulls("rep")
    few = people.filter(pl.len().over("rep") <= MOST_PEOPLE_A_REPORT)
    main = few.filter(pl.col("part") != "O")
    across = (
        asked.join(main, left_on="rep_l", right_on="rep")
        .join(main, left_on="rep_r", right_on="rep", suffix="_2")
        .select("row", "row_2")
    )
    inside = (
        few.join(few, on="rep", suffix="_2").filter(pl.col("row") < pl.col("row_2")).select("row", "row_2")
    )
    both = pl.concat([across, inside]).select(
        l=pl.min_horizontal("row", "row_2"), r=pl.max_horizontal("row", "row_2")
    )
    return both.filter(pl.col("l") < pl.col("r")).unique().sort("l", "r").to_numpy().astype(np.int64)


def references(features: Features, reports: pl.DataFrame | None) -> pl.DataFrame:
    """Pairs of reports of which one names the other's reference: rep_l, rep_r.

    References are compared without case, spaces and leading noughts of their
    number ('4A/00148/22' names '4A/000148/22'); one that names no report here
    is passed over.
    """
    empty = pl.DataFrame(schema={"rep_l": pl.Int32(), "rep_r": pl.Int32()})
    if reports is None or not {"report_id", "source_ref", "related_refs"} <= set(reports.columns):
        return empty
    ranks = features.facts.select("report_id", rep=pl.col("report_id").rank("dense").cast(pl.Int32)).unique()
    known = reports.select("report_id", ref=_plain(pl.col("source_ref"))).join(ranks, on="report_id")
    named = (
        reports.select("report_id", ref=pl.col("related_refs"))
        .explode("ref")
        .drop_nulls()
        .join(ranks, on="report_id")
        .with_columns(ref=_plain(pl.col("ref")))
    )
    joined = named.join(known, on="ref", suffix="_2").filter(pl.col("rep") != pl.col("rep_2"))
    return (
        joined.select(rep_l=pl.min_horizontal("rep", "rep_2"), rep_r=pl.max_horizontal("rep", "rep_2"))
        .unique()
        .sort("rep_l", "rep_r")
    )


def _plain(reference: pl.Expr) -> pl.Expr:
    shut = reference.str.to_uppercase().str.replace_all(r"\s", "")
    return shut.str.replace_all(r"(^|[^0-9])0+(\d)", "${1}${2}")
