"""Say how well forces were linked: expected false and missed links, by pair of forces, sex, age and
ethnicity.

Of every pair that is linked it is believed how likely it is wrong, and of every pair that is not how likely
it is right; the sums are the false and the missed links to be expected. Beside these stand the links that
nothing proposed (:mod:`unseen`). Within a force pairs of records are counted, across forces pairs of persons
of forces.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.linkage.thresholds import LEAST_BELIEF
from lamplighter.national.linking.unseen import Unseen
from lamplighter.vocabulary.ages import AGE_BANDS, band_words

SCHEMA = pl.Schema(
    {
        "scope": pl.String(), "by": pl.String(), "group": pl.String(), "links": pl.Int64(),
        "false_links": pl.Float64(), "missed_links": pl.Float64(), "never_looked_at": pl.Float64(),
        "never_looked_at_most": pl.Float64(), "precision": pl.Float64(), "recall": pl.Float64(),
        "recall_least": pl.Float64(),
    }
)  # fmt: skip
"""``scope``: "within" one force or "across" two; ``by``: "all", "force_pair", "sex", "age_band",
"ethnicity"."""
NOT_KNOWN = "not known"


def persons_told(people: pl.DataFrame) -> pl.DataFrame:
    """Return what is told of each person of a force: person, sex, age_band, ethnicity (its group letter).

    ``people``: person, sex, ethnicity, birth_date, age_from and reported_at. What most of the records say.
    """
    years = (pl.col("reported_at") - pl.col("birth_date")).dt.total_days() // dt.timedelta(days=365.25).days
    found = people.select(
        "person", "sex", ethnicity=pl.col("ethnicity").replace("NS", None).str.slice(0, 1),
        age=pl.coalesce(years, pl.col("age_from")),
    )  # fmt: skip
    found = found.group_by("person").agg(
        pl.col("sex").drop_nulls().mode().sort().first(),
        pl.col("ethnicity").drop_nulls().mode().sort().first(),
        pl.col("age").median(),
    )
    band = pl.lit(NOT_KNOWN)
    for low, high in AGE_BANDS:
        told = pl.lit(band_words(low, high))
        band = pl.when(pl.col("age").is_between(low, high + 0.99)).then(told).otherwise(band)
    return found.select(
        "person", pl.col("sex").fill_null(NOT_KNOWN), band.alias("age_band"),
        pl.col("ethnicity").fill_null(NOT_KNOWN),
    ).sort("person")  # fmt: skip


def pairs_within(pairs: pl.DataFrame, records: pl.DataFrame, group: Rows, force: str) -> pl.DataFrame:
    """Return the pairs of one force as :func:`figures` takes them. ``records``: record_id, person and
    role."""
    placed = pairs.join(records, left_on="left_record", right_on="record_id").join(
        records, left_on="right_record", right_on="record_id", suffix="_2"
    )
    linked = group[placed["person"].to_numpy()] == group[placed["person_2"].to_numpy()]
    suspects = (pl.col("role") == "suspect") & (pl.col("role_2") == "suspect")
    told = placed.select(
        "person", "person_2", p="probability", linked=pl.Series(linked),
        part=pl.when(suspects).then(pl.lit("suspect")).otherwise(pl.lit("victim")),
    )  # fmt: skip
    # Two persons have many pairs of records; every figure is a sum, so one row will do for them.
    by = ["person", "person_2", "linked", "part"]
    summed = told.group_by(by, maintain_order=True).agg(pl.col("p").sum(), n=pl.len().cast(pl.Int64))
    return summed.select("person", "person_2", "p", "n", "linked", "part", pair=pl.lit(force))


def pairs_across(
    left: Rows, right: Rows, bits: np.ndarray, kind: np.ndarray, group: Rows, force_of: np.ndarray
) -> pl.DataFrame:
    """Return the pairs of two forces in the same form."""
    a, b = force_of[left], force_of[right]
    frame = pl.DataFrame(
        {
            "person": left, "person_2": right, "p": probability_of(bits), "a": a.astype(str),
            "b": b.astype(str), "linked": group[left] == group[right], "kind": kind,
        }
    ).filter(pl.col("a") != pl.col("b"))  # fmt: skip
    low, high = pl.min_horizontal("a", "b"), pl.max_horizontal("a", "b")
    kept = frame.filter((pl.col("p") >= LEAST_BELIEF) | pl.col("linked"))
    return kept.select(
        "person", "person_2", "p", pl.concat_str(low, high, separator="|").alias("pair"), "linked",
        n=pl.lit(1, pl.Int64),
        part=pl.when(pl.col("kind") == KINDS["suspect"]).then(pl.lit("suspect")).otherwise(pl.lit("victim")),
    )  # fmt: skip


def figures(scope: str, pairs: pl.DataFrame, persons: pl.DataFrame, unseen: Unseen) -> pl.DataFrame:
    """Return the figures of a scope (:data:`SCHEMA`).

    ``pairs``: person, person_2, ``n`` pairs of records and p, the sum of what is believed of them, ``pair``
    of forces, ``linked`` and ``part``; ``persons``: see :func:`persons_told`. A pair of two who are told
    differently counts half for each.
    """
    more = {party: unseen.more(party) for party in ("victim", "suspect")}
    for at, name in ((0, "seen"), (1, "least")):
        told = {party: both[at] for party, both in more.items()}
        pairs = pairs.with_columns(
            (pl.col("p") * pl.col("part").replace_strict(told, return_dtype=pl.Float64())).alias(name)
        )
    parts = [_counted(pairs.with_columns(group=pl.lit("all"), weight=pl.lit(1.0)), scope, "all")]
    parts.append(_counted(pairs.with_columns(group="pair", weight=pl.lit(1.0)), scope, "force_pair"))
    for by in ("sex", "age_band", "ethnicity"):
        own = persons.select("person", group=by)
        halves = [
            pairs.join(own.rename({"person": side}), on=side).with_columns(weight=pl.lit(0.5))
            for side in ("person", "person_2")
        ]
        parts.append(_counted(pl.concat(halves, how="diagonal"), scope, by))
    return pl.concat(parts)


def _counted(pairs: pl.DataFrame, scope: str, by: str) -> pl.DataFrame:
    p, w, linked, n = pl.col("p"), pl.col("weight"), pl.col("linked"), pl.col("n")
    found = pairs.group_by("group").agg(
        links=(w * n).filter(linked).sum().round(0), false_links=(w * (n - p)).filter(linked).sum(),
        missed_links=(w * p).filter(~linked).sum(), never_looked_at=(w * pl.col("seen")).sum(),
        never_looked_at_most=(w * pl.col("least")).sum(),
    )  # fmt: skip
    right = pl.col("links") - pl.col("false_links")
    every = right + pl.col("missed_links") + pl.col("never_looked_at")
    most = right + pl.col("missed_links") + pl.col("never_looked_at_most")
    return (
        found.with_columns(
            precision=pl.when(pl.col("links") > 0).then(right / pl.col("links")),
            recall=pl.when(every > 0).then(right / every), recall_least=pl.when(most > 0).then(right / most),
            scope=pl.lit(scope), by=pl.lit(by),
        )
        .with_columns(pl.col(pl.Float64).round(4))
        .select([pl.col(n).cast(t) for n, t in SCHEMA.items()])
        .sort("group")
    )  # fmt: skip
