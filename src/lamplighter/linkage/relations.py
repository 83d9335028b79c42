"""Pairs of reports: which of the four cells, with its weight and its reasons."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage import dyad_frames
from lamplighter.linkage.features import Features
from lamplighter.linkage.model import Model
from lamplighter.linkage.results import (
    BAR,
    CONTEXT_WORDS,
    REPORT_PAIRS_SCHEMA,
    TOGETHER,
    TOLD,
    UNNAMED,
    WORD,
)

SAME = "same_victim_same_suspect"
OTHER_VICTIM = "same_suspect_other_victim"
OTHER_SUSPECT = "same_victim_other_suspect"
UNCLEAR = "same_victim_suspect_unclear"
COUNTER = "counter_report"
LEAST_REASON = 1.0
_AT_ONCE = 50_000
_SLOTS = {"VV": "V", "SS": "S", "VS": "VS", "SV": "SV"}
SLOT = pl.Enum(["S", "SV", "V", "VS"])
_ON = ["rep_l", "rep_r"]
# Which slot speaks for (+) or against (-) the relation: (first, second).
_SIGNS = {SAME: (1, 1), COUNTER: (1, 1), OTHER_VICTIM: (-1, 1), OTHER_SUSPECT: (1, -1), UNCLEAR: (1, 1)}
_PARTIES = {COUNTER: ("Victim of one, suspect of the other", "Suspect of one, victim of the other")}
_USUAL = ("Victim", "Suspect")


def report_pairs(
    pairs: pl.DataFrame,
    frame: pl.DataFrame,
    persons: pl.DataFrame,
    features: Features,
    model: Model,
    not_same: tuple[tuple[str, str], ...] = (),
) -> pl.DataFrame:
    """Every pair of reports that shares a victim or a suspect, with ``REPORT_PAIRS_SCHEMA``.

    ``pairs`` are the scored pairs with their bars, in order, ``frame`` the same pairs, row by row, from
    :func:`pairing.pair_frame` with ``groups``, the bits of the two records'
    groups (:func:`grouping.between`), ``agreed``, what the others of a group add
    to two of it (:func:`joins.agreed`), and ``rivals``, what others who fit as well take from them
    (:func:`ambiguous.competing`). The persons that clusters and
    decisions made outrank the belief about a single pair. ``weight`` is in bits of log-odds that
    the relation holds (for 'same_victim_suspect_unclear': that the suspect is the same after all),
    and ``levels`` are the bars that sum to it.
    """
    table = _slots(pairs, frame, persons, not_same)
    decide = float(np.log2(model.bands.decide_at) - np.log2(1 - model.bands.decide_at))
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
    told = table.with_columns(relation=relation).drop_nulls("relation").sort(_ON).with_row_index("at")
    counter = pl.col("relation") == COUNTER
    # A victim pair that nothing proposed is as unlikely as two victims taken at random.
    unasked = float(np.log2(model.priors.victim) - np.log2(1 - model.priors.victim))
    told = told.with_columns(
        a=pl.when(counter).then("vs_weight").otherwise(pl.col("v_weight").fill_null(unasked)),
        b=pl.when(counter).then("sv_weight").otherwise(pl.col("s_weight").fill_null(_unlisted(model))),
        a_parted=pl.when(counter).then(0.0).otherwise(_parted("v")),
        b_parted=pl.when(counter).then(0.0).otherwise(_parted("s")),
        a_agreed=pl.when(counter).then("vs_agreed").otherwise("v_agreed").fill_null(0.0),
        b_agreed=pl.when(counter).then("sv_agreed").otherwise("s_agreed").fill_null(0.0),
        a_rivals=pl.when(counter).then("vs_rivals").otherwise("v_rivals").fill_null(0.0),
        b_rivals=pl.when(counter).then("sv_rivals").otherwise("s_rivals").fill_null(0.0),
        a_row=pl.when(counter).then("vs_row").otherwise("v_row"),
        b_row=pl.when(counter).then("sv_row").otherwise("s_row"),
        sa=pl.col("relation").replace_strict({k: s[0] for k, s in _SIGNS.items()}, return_dtype=pl.Float64),
        sb=pl.col("relation").replace_strict({k: s[1] for k, s in _SIGNS.items()}, return_dtype=pl.Float64),
    )
    told = told.with_columns(
        a=pl.sum_horizontal("a", "a_parted", "a_agreed", "a_rivals"),
        b=pl.sum_horizontal("b", "b_parted", "b_agreed", "b_rivals"),
    )
    bars = [_bars(some, pairs["levels"]) for some in told.iter_slices(_AT_ONCE)]
    told = told.hstack(pl.concat(bars, rechunk=False) if bars else _bars(told, pairs["levels"])).with_columns(
        probability=1 / (1 + (-pl.col("weight").clip(-500, 500) * float(np.log(2))).exp()),
        both_weight=_joint(pl.col("a"), pl.col("b")),
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


def _bars(told: pl.DataFrame, levels: pl.Series) -> pl.DataFrame:
    """Bars, weight and reasons of each row: both parties' bars, signed, and a last bar for the two
    having to hold together, odds 1 / (2^-a + 2^-b + 2^-(a+b)). ``levels``: the bars of pairs of records."""
    parts = []
    told = told.with_columns(a_levels=levels.gather(told["a_row"]), b_levels=levels.gather(told["b_row"]))
    for slot, sign, column, which in (("a", "sa", "a_levels", 0), ("b", "sb", "b_levels", 1)):
        party = pl.col("relation").replace_strict(
            {k: _PARTIES.get(k, _USUAL)[which] for k in _SIGNS}, return_dtype=pl.String()
        )
        kept = told.filter(pl.col(sign) != 0)
        parts.append(
            kept.filter(pl.col(column).is_not_null())
            .select("at", sign, column, party=party)
            .explode(column)
            .unnest(column)
            .with_columns(weight=pl.col("weight") * pl.col(sign), order=pl.lit(which))
            .drop(sign)
        )
        parts.append(
            kept.filter(pl.col(column).is_null()).select(
                "at",
                party=party,
                comparison=_word("_prior"),
                title=_word("Before looking"),
                level=_word("not_compared"),
                words=_word("no pair of records to compare"),
                weight=pl.col(slot) * pl.col(sign),
                order=pl.lit(which),
            )
        )
        who = f"{_USUAL[which].lower()}s'"
        beside = (
            (
                "parted",
                "_group",
                f"The {who} other records",
                f"the {who} other records do not fit",
                pl.lit(_USUAL[which]),
            ),
            ("agreed", TOGETHER, CONTEXT_WORDS[TOGETHER][0], TOLD[TOGETHER][0], party),
            ("rivals", "_rivals", "Others who fit", "somebody else fits as well", party),
        )
        parts += [
            kept.filter(pl.col(f"{slot}_{level}") != 0).select(
                "at",
                party=whose,
                comparison=_word(comparison),
                title=_word(title),
                level=_word(level),
                words=_word(words),
                weight=pl.col(f"{slot}_{level}") * pl.col(sign),
                order=pl.lit(which),
            )
            for level, comparison, title, words, whose in beside
        ]
    columns = ["at", "order", "party", "comparison", "title", "level", "words", "weight"]
    both = told.select(
        "at",
        order=pl.lit(2),
        party=pl.lit("Both"),
        comparison=_word("_joint"),
        title=_word("Both must hold"),
        level=_word("joint"),
        words=_word("a pair of reports needs both answers to be right"),
        weight=_joint(pl.col("a") * pl.col("sa"), pl.col("b") * pl.col("sb"))
        - pl.col("a") * pl.col("sa")
        - pl.col("b") * pl.col("sb"),
    )
    bars = pl.concat([p.select(columns) for p in (*parts, both)]).sort("at", "order", maintain_order=True)
    titled = bars.with_columns(
        title=pl.format("{}: {}", "party", "title").cast(WORD),
        words_party=pl.format("{}: {}", pl.col("party").str.to_lowercase(), "words").cast(WORD),
    )
    reason = (pl.col("weight") >= LEAST_REASON) & ~pl.col("comparison").cat.starts_with("_")
    return (
        titled.group_by("at", maintain_order=True)
        .agg(
            levels=pl.struct([pl.col(f.name) for f in BAR.fields]),
            weight=pl.col("weight").sum(),
            reasons=pl.col("words_party").filter(reason),
        )
        .drop("at")
    )


def _word(text: str) -> pl.Expr:
    return pl.lit(text, dtype=WORD)


def _unlisted(model: Model) -> pl.Expr:
    """Bits that the suspect is the same where a report lists none: by the matter and the time between."""
    p = model.priors
    share = p.unnamed * p.both / (p.both + p.victim_only)
    begun = float(np.log2(share) - np.log2(1 - share))
    return dyad_frames.beside_the_words(model).log(2).fill_null(0.0) + begun


def _parted(slot: str) -> pl.Expr:
    """Bits against two records being of one person, of whom all records together were held to be of two.

    What two of the records say by themselves does not outweigh that. Where nothing names the suspect, the two
    are kept apart whatever their records say, so that this tells nothing.
    """
    weight, groups = pl.col(f"{slot}_weight"), pl.col(f"{slot}_groups")
    apart = ~pl.col(f"{slot}_one") & ~pl.col(f"{slot}_unnamed") & weight.is_not_null()
    return pl.when(apart).then(pl.min_horizontal(groups - weight, 0.0)).otherwise(0.0)


def _joint(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Bits of two things both holding."""

    def two(e: pl.Expr) -> pl.Expr:
        return (e.clip(-200, 200) * float(np.log(2))).exp()

    return -((two(-a) + two(-b) + two(-(a + b))).log(2))
