"""Pairs of reports: which of the four cells, with its weight and its reasons."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage.model import Model
from lamplighter.linkage.results import REPORT_PAIRS_SCHEMA

SAME = "same_victim_same_suspect"
OTHER_VICTIM = "same_suspect_other_victim"
OTHER_SUSPECT = "same_victim_other_suspect"
UNCLEAR = "same_victim_suspect_unclear"
COUNTER = "counter_report"
_LISTED = pl.col("levels").list.eval(pl.element().filter(pl.element().struct.field("weight") >= 1.0))


def report_pairs(
    pairs: pl.DataFrame,
    frame: pl.DataFrame,
    persons: pl.DataFrame,
    features: pl.DataFrame,
    model: Model,
    not_same: tuple[tuple[str, str], ...] = (),
) -> pl.DataFrame:
    """Every pair of reports that shares a victim or a suspect, with :data:`REPORT_PAIRS_SCHEMA`.

    ``pairs`` are the scored pairs with their bars, ``frame`` the same rows from
    :func:`dyads.pair_frame` (kind, rep_l, rep_r and the two records). The person that clusters
    and decisions made of two records outranks the belief about that pair alone.
    ``weight`` is in bits of log-odds that the relation holds.
    """
    who = dict(persons.iter_rows())
    names = dict(
        features.select(rep=pl.col("report_id").rank("dense").cast(pl.Int64), report_id="report_id")
        .drop_nulls().unique().iter_rows()
    )  # fmt: skip
    barred = pl.DataFrame(
        [sorted(p) for p in not_same],
        schema={"left_record": pl.String(), "right_record": pl.String()},
        orient="row",
    ).with_columns(barred=pl.lit(True))
    joined = (
        frame.filter(pl.col("kind").is_in(["victim", "suspect", "swapped"]))
        .join(pairs, on=["left_record", "right_record"])
        .join(barred, on=["left_record", "right_record"], how="left")
        .with_columns(
            one=pl.col("left_record").replace_strict(who, default=None)
            == pl.col("right_record").replace_strict(who, default=None)
        )
    )
    on = ["rep_l", "rep_r"]
    parts = {k: _best(joined, k, on) for k in ("victim", "suspect")}
    swapped = (
        joined.filter((pl.col("kind") == "swapped") & pl.col("one"))
        .group_by(on)
        .agg(both=pl.col("part_l").n_unique() == 2, swapped_weight=pl.col("match_weight").min())
        .filter("both")
    )
    table = parts["victim"].join(parts["suspect"], on=on, how="full", coalesce=True)
    table = table.join(swapped, on=on, how="full", coalesce=True).with_columns(
        victim_one=pl.col("victim_one").fill_null(False), suspect_one=pl.col("suspect_one").fill_null(False)
    )
    maybe = pl.col("suspect_weight").fill_null(0.0) >= float(
        np.log2(model.bands.decide_at / (1 - model.bands.decide_at))
    )
    unlisted = pl.col("suspect_weight").is_null()
    relation = (
        pl.when(pl.col("victim_one") & pl.col("suspect_one"))
        .then(pl.lit(SAME))
        .when(pl.col("both").fill_null(False))
        .then(pl.lit(COUNTER))
        .when(pl.col("suspect_one"))
        .then(pl.lit(OTHER_VICTIM))
        .when(pl.col("victim_one") & (unlisted | (maybe & ~pl.col("suspect_barred").fill_null(False))))
        .then(pl.lit(UNCLEAR))
        .when(pl.col("victim_one"))
        .then(pl.lit(OTHER_SUSPECT))
    )
    told = table.with_columns(relation=relation).drop_nulls("relation")
    a, b = pl.col("victim_weight").fill_null(0.0), pl.col("suspect_weight").fill_null(0.0)
    weight = (
        pl.when(pl.col("relation") == SAME)
        .then(_joint(a, b))
        .when(pl.col("relation") == COUNTER)
        .then("swapped_weight")
        .when(pl.col("relation") == OTHER_VICTIM)
        .then(_joint(b, -a))
        .when(pl.col("relation") == OTHER_SUSPECT)
        .then(_joint(a, -b))
        .otherwise(a)
    )
    told = told.with_columns(weight=weight).with_columns(
        probability=1 / (1 + (-pl.col("weight").clip(-500, 500) * float(np.log(2))).exp()),
        left_report=pl.col("rep_l").replace_strict(names, return_dtype=pl.String()),
        right_report=pl.col("rep_r").replace_strict(names, return_dtype=pl.String()),
        reasons=pl.concat_list(
            pl.col("victim_reasons").fill_null([]), pl.col("suspect_reasons").fill_null([])
        ),
        levels=pl.concat_list(pl.col("victim_levels").fill_null([]), pl.col("suspect_levels").fill_null([])),
    )
    turn = pl.col("left_report") > pl.col("right_report")
    return (
        told.with_columns(
            left_report=pl.when(turn).then("right_report").otherwise("left_report"),
            right_report=pl.when(turn).then("left_report").otherwise("right_report"),
        )
        .select([pl.col(n).cast(t) for n, t in REPORT_PAIRS_SCHEMA.items()])
        .sort("left_report", "right_report")
    )


def _best(joined: pl.DataFrame, kind: str, on: list[str]) -> pl.DataFrame:
    """The pair of one part that speaks most for the two reports having the same person."""
    first = joined.filter(kind=kind).sort(
        "rep_l", "rep_r", "one", "match_weight", "left_record", descending=[False, False, True, True, False]
    )
    best = first.unique(on, keep="first", maintain_order=True)
    title = pl.format(f"{kind}: {{}}", pl.element().struct.field("words"))
    reasons = _LISTED.list.eval(title.filter(~pl.element().struct.field("comparison").str.starts_with("_")))
    return best.select(
        *on,
        pl.col("one").alias(f"{kind}_one"),
        pl.col("barred").fill_null(False).alias(f"{kind}_barred"),
        pl.col("match_weight").alias(f"{kind}_weight"),
        reasons.alias(f"{kind}_reasons"),
        pl.col("levels").alias(f"{kind}_levels"),
    )


def _joint(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Bits of two things both holding: odds 1 / (2^-a + 2^-b + 2^-(a+b))."""

    def two(e: pl.Expr) -> pl.Expr:
        return (e.clip(-200, 200) * float(np.log(2))).exp()

    return -((two(-a) + two(-b) + two(-(a + b))).log(2))
