"""Tell of each pair of reports which of the four cells it is in, with its weight and its reasons."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.comparisons.weight_bars import REPORT_PAIRS_SCHEMA, UNNAMED
from lamplighter.linkage.dyads import dyad_frames, report_pair_bars
from lamplighter.linkage.dyads.report_pair_bars import (
    BESIDE,
    COUNTER,
    OTHER_SUSPECT,
    OTHER_VICTIM,
    PARTIES,
    SAME,
    SIGNS,
    UNCLEAR,
    joint,
)
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.parameters import Model

_AT_ONCE = 50_000
_SLOTS = {"VV": "V", "SS": "S", "VS": "VS", "SV": "SV"}
SLOT = pl.Enum(["S", "SV", "V", "VS"])
_ON = ["rep_l", "rep_r"]


def report_pairs(
    pairs: pl.DataFrame,
    frame: pl.DataFrame,
    persons: pl.DataFrame,
    features: Features,
    model: Model,
    not_same: tuple[tuple[str, str], ...] = (),
) -> pl.DataFrame:
    """Return every pair of reports that shares a victim or a suspect, with ``REPORT_PAIRS_SCHEMA``.

    ``pairs`` are the scored pairs with their bars, in order, ``frame`` the same pairs, row by row, from
    :func:`pair_context.pair_frame` with ``groups``, the bits of the two records'
    groups (:func:`agglomeration.between`), ``agreed``, what the others of a group add
    to two of it (:func:`join_weights.agreed`), and ``rivals``, what others who fit as well take from them
    (:func:`ambiguous_suspects.competing`). The persons that clusters and
    decisions made outrank the belief about a single pair. ``weight`` is in bits of log-odds that
    the relation holds (for 'same_victim_suspect_unclear': that the suspect is the same after all),
    and ``levels`` are the bars that sum to it.
    """
    told = _related(_slots(pairs, frame, persons, not_same), model)
    told = _by_party(told, model)
    bars = [report_pair_bars.explained(some, pairs["levels"]) for some in told.iter_slices(_AT_ONCE)]
    told = told.hstack(
        pl.concat(bars, rechunk=False) if bars else report_pair_bars.explained(told, pairs["levels"])
    ).with_columns(
        probability=1 / (1 + (-pl.col("weight").clip(-500, 500) * float(np.log(2))).exp()),
        both_weight=joint(pl.col("a"), pl.col("b")),
    )
    names = dict(
        features.facts.select(pl.col("report_id").rank("dense").cast(pl.Int32).alias("rep"), "report_id")
        .drop_nulls()
        .unique()
        .iter_rows()
    )
    told = told.with_columns(
        left_report=pl.col("rep_l").replace_strict(names, return_dtype=pl.String()),
        right_report=pl.col("rep_r").replace_strict(names, return_dtype=pl.String()),
    )
    return told.select([pl.col(n).cast(t) for n, t in REPORT_PAIRS_SCHEMA.items()]).sort(
        "left_report", "right_report"
    )


def _related(table: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return the pairs of reports that have a ``relation``, numbered by ``at``."""
    decide = bits_of(model.bands.decide_at)
    maybe = pl.col("s_weight").is_null() | ((pl.col("s_weight") >= decide) & ~pl.col("s_barred"))
    relation = (
        pl.when(pl.col("v_one") & pl.col("s_one"))
        .then(pl.lit(SAME))
        .when(pl.col("vs_one") & pl.col("sv_one"))
        .then(pl.lit(COUNTER))
        .when(pl.col("s_one"))
        .then(pl.lit(OTHER_VICTIM))
        .when(pl.col("v_one") & maybe)
        .then(pl.lit(UNCLEAR))
        .when(pl.col("v_one"))
        .then(pl.lit(OTHER_SUSPECT))
    )
    return table.with_columns(relation=relation).drop_nulls("relation").sort(_ON).with_row_index("at")


def _by_party(told: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return what :func:`report_pair_bars.explained` asks of each party: ``a``, the victims (of a counter
    report who is the victim of one and the suspect of the other), and ``b``, the suspects (the other way
    round)."""
    # A victim pair that nothing proposed is as unlikely as two victims taken at random.
    unasked = {"a": pl.lit(bits_of(model.priors.victim)), "b": _unlisted(model)}
    counter = pl.col("relation") == COUNTER
    wanted: list[pl.Expr] = []
    for which, (party, slot, swapped) in enumerate((("a", "v", "vs"), ("b", "s", "sv"))):
        signs = {relation: float(sign[which]) for relation, sign in SIGNS.items()}
        straight = pl.col(f"{slot}_weight").fill_null(unasked[party])
        wanted += [
            pl.when(counter).then(f"{swapped}_weight").otherwise(straight).alias(party),
            pl.when(counter).then(0.0).otherwise(_parted(slot)).alias(f"{party}_parted"),
            *(
                pl.when(counter).then(f"{swapped}_{what}").otherwise(f"{slot}_{what}").fill_null(0.0)
                .alias(f"{party}_{what}")
                for what in ("agreed", "rivals")
            ),
            pl.when(counter).then(f"{swapped}_row").otherwise(f"{slot}_row").alias(f"{party}_row"),
            pl.col("relation").replace_strict(signs, return_dtype=pl.Float64).alias(f"{party}_sign"),
        ]  # fmt: skip
    return told.with_columns(wanted).with_columns(
        pl.sum_horizontal(party, *(f"{party}_{what}" for what in BESIDE)).alias(party) for party in PARTIES
    )


def _slots(
    pairs: pl.DataFrame, frame: pl.DataFrame, persons: pl.DataFrame, not_same: tuple[tuple[str, str], ...]
) -> pl.DataFrame:
    """One row a pair of reports; for victims (v), suspects (s) and both swaps (vs, sv) the pair
    of records that speaks most for one person: its weight, its bars, whether it is one person."""
    parted = (
        frame.select(
            *_ON, "kind", "groups", "agreed", "rivals",
            slot=pl.concat_str("part_l", "part_r").replace_strict(_SLOTS, default=None, return_dtype=SLOT),
        )
        .hstack(pairs.select("match_weight", unnamed=(pl.col("hold") == UNNAMED).fill_null(False)))
        .hstack(_people(pairs, persons, not_same))
        .with_row_index("row")
        .filter(pl.col("kind").is_in(["victim", "suspect", "swapped"]))
        .sort(
            *_ON, "slot", "one", "match_weight", "row",
            descending=[False, False, False, True, True, False],
        )
        .unique([*_ON, "slot"], keep="first", maintain_order=True)
    )  # fmt: skip
    table = frame.filter(kind="victim").select(*_ON, "matter", "apart").unique(_ON)
    table = parted.select(_ON).unique().join(table, on=_ON, how="left")
    for slot in ("V", "S", "VS", "SV"):
        name = slot.lower()
        part = parted.filter(slot=slot).select(
            *_ON,
            pl.col("one").alias(f"{name}_one"),
            pl.col("barred").alias(f"{name}_barred"),
            pl.col("unnamed").alias(f"{name}_unnamed"),
            pl.col("match_weight").alias(f"{name}_weight"),
            pl.col("groups").alias(f"{name}_groups"),
            pl.when("one").then("agreed").otherwise(0.0).alias(f"{name}_agreed"),
            pl.col("rivals").alias(f"{name}_rivals"),
            pl.col("row").alias(f"{name}_row"),
        )
        table = table.join(part, on=_ON, how="left")
    return table.with_columns(pl.col("^.*_(one|barred|unnamed)$").fill_null(False))


def _people(
    pairs: pl.DataFrame, persons: pl.DataFrame, not_same: tuple[tuple[str, str], ...]
) -> pl.DataFrame:
    """Of each pair whether it is of ``one`` person, and whether somebody said that it is not: ``barred``."""
    on = ["left_record", "right_record"]
    numbered = persons.select("record_id", person=pl.col("person_id").rank("dense"))
    sides = [
        pairs.select(record_id=side).join(numbered, on="record_id", how="left", maintain_order="left")[
            "person"
        ]
        for side in on
    ]
    said = pl.DataFrame([sorted(p) for p in not_same], schema=dict.fromkeys(on, pl.String()), orient="row")
    barred = pairs.select(on).join(
        said.unique().with_columns(barred=pl.lit(True)), on=on, how="left", maintain_order="left"
    )["barred"]
    return pl.DataFrame({"one": (sides[0] == sides[1]).fill_null(False), "barred": barred.fill_null(False)})


def _unlisted(model: Model) -> pl.Expr:
    """Bits that the suspect is the same where a report lists none: by the matter and the time between."""
    p = model.priors
    share = p.unnamed * p.both / (p.both + p.victim_only)
    return dyad_frames.beside_the_words(model).log(2).fill_null(0.0) + bits_of(share)


def _parted(slot: str) -> pl.Expr:
    """Bits against two records being of one person, of whom all records together were held to be of two.

    What two of the records say by themselves does not outweigh that. Where nothing names the suspect, the two
    are kept apart whatever their records say, so that this tells nothing.
    """
    weight, groups = pl.col(f"{slot}_weight"), pl.col(f"{slot}_groups")
    apart = ~pl.col(f"{slot}_one") & ~pl.col(f"{slot}_unnamed") & weight.is_not_null()
    return pl.when(apart).then(pl.min_horizontal(groups - weight, 0.0)).otherwise(0.0)
