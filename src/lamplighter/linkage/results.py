"""The frames that linkage hands on: pairs with their bars, persons, pairs of reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.dyads import Context
from lamplighter.linkage.model import Bands, Model
from lamplighter.linkage.weighing import Weighed

BAR = pl.Struct(
    {
        "comparison": pl.String(),
        "title": pl.String(),
        "level": pl.String(),
        "words": pl.String(),
        "weight": pl.Float64(),
    }
)
PAIRS_SCHEMA = pl.Schema(
    {
        "left_record": pl.String(),
        "right_record": pl.String(),
        "match_weight": pl.Float64(),
        "probability": pl.Float64(),
        "band": pl.String(),
        "hold": pl.String(),
        "levels": pl.List(BAR),
        "model": pl.String(),
    }
)
BARRED, UNNAMED, KEPT = "barred", "unnamed", "kept"
"""Why a pair is not linked as its weight says. It cannot be one person (the victim and the suspect of one
report), or nothing tells who it is: the model may not link it, and a person's decision lifts either. Or it
was linked under the model before, and is kept although a new one would not quite link it."""
HOLDS = (None, BARRED, UNNAMED, KEPT)
"""Why a pair is held, by the number that arrays have for it."""
HELD = {why: number for number, why in enumerate(HOLDS)}
REPORT_PAIRS_SCHEMA = pl.Schema(
    {
        "left_report": pl.String(),
        "right_report": pl.String(),
        "relation": pl.String(),
        "weight": pl.Float64(),
        "probability": pl.Float64(),
        "both_weight": pl.Float64(),
        "reasons": pl.List(pl.String()),
        "levels": pl.List(BAR),
    }
)
"""``weight`` and ``probability`` are of the relation that is told; ``both_weight`` (bits of log-odds) is of
the same two people, whichever that is."""
PRIOR, SHARED, DESCRIBED, MATTER, TOGETHER = "_prior", "_shared", "_described", "_matter", "_together"
CONTEXT_WORDS = {
    PRIOR: ("Before looking", "two records taken at random"),
    SHARED: ("The other person in the two reports", ""),
    DESCRIBED: ("How the suspect is described", ""),
    MATTER: ("What the two reports are about", ""),
    TOGETHER: ("The records that the two belong with", ""),
}
PRIOR_WORDS = {
    "within": "two entries of one report",
    "victim": "two victims taken at random",
    "suspect": "two suspects taken at random",
}
"""What was known before a pair was looked at, by its kind."""
OTHERWISE = "two records taken at random"
TOLD = {
    DESCRIBED: (
        "the suspect is described alike each time",
        "the suspect is described differently, or not at all",
    ),
    MATTER: ("both reports are of contact, or alike", "one report is of another kind of matter"),
    TOGETHER: ("the other records agree better", "the other records agree less"),
}
"""What speaks for and against a pair besides its two records."""
TOLD_WHOLE = frozenset({SHARED, *TOLD})
"""Bars whose words are a sentence by themselves."""
LAST = 1_000
"""Where the bar stands that comes after all that was compared."""
OTHER_PARTY = {"victim": "suspect", "suspect": "victim"}
ANYBODY = "other person"
SAME_OTHER, ANOTHER_OTHER = "the two reports have the same {}", "the two reports differ in the {}"


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What :func:`lamplighter.linkage.link` gives. See :data:`PAIRS_SCHEMA` and its neighbours.

    ``persons``: record_id, person_id. ``person_changes``: kind, person_id, other_id.
    ``memory``: hand it in as ``previous_ids`` the next time. ``conflicts``: ids of decisions that
    newer ones contradict. ``notes``: figures about the run, such as the expected false links.
    ``taken_for``: what each column of a table was taken for.
    """

    model: Model
    pairs: pl.DataFrame
    persons: pl.DataFrame
    person_changes: pl.DataFrame
    report_pairs: pl.DataFrame
    memory: pl.DataFrame
    conflicts: tuple[str, ...]
    notes: dict[str, Any]
    taken_for: Mapping[str, str | None]


def band_of(probability: npt.NDArray[np.float64], bands: Bands) -> pl.Series:
    """'linked', 'to_decide' or 'not_linked' for each probability."""
    names = np.where(
        probability >= bands.link_at,
        "linked",
        np.where(probability >= bands.decide_at, "to_decide", "not_linked"),
    )
    return pl.Series("band", names, dtype=pl.String())


def pairs_frame(
    ids: pl.Series,
    weighed: Weighed,
    context: Context,
    kinds: pl.Series,
    hold: pl.Series,
    model: Model,
    keep: npt.NDArray[np.bool_],
    *,
    explained: bool = True,
) -> pl.DataFrame:
    """The pairs under ``keep``; the bars of a pair sum to its ``match_weight``.

    ``kinds`` says what each pair is of (see :func:`pairing.pair_frame`); ``hold`` why the model may not
    link it, if so. A held pair is never in the band 'linked'. Without ``explained`` there are no bars.
    """
    at = np.flatnonzero(keep)
    weight = weighed.evidence[at] + context.total[at]
    levels = (
        _every_bar(at, weighed, context, kinds, model)
        if explained
        else pl.Series([None], dtype=pl.List(BAR)).new_from_index(0, len(at))
    )
    probability = 1 / (1 + np.exp2(-np.clip(weight, -500, 500)))
    left, right = ids.gather(weighed.left[at]), ids.gather(weighed.right[at])
    frame = pl.DataFrame(
        {
            "left_record": left, "right_record": right, "match_weight": weight, "probability": probability,
            "band": band_of(probability, model.bands), "hold": hold.gather(at), "levels": levels,
        }
    ).with_columns(
        model=pl.lit(model.version),
        band=pl.when(pl.col("hold") == KEPT)
        .then(pl.lit("linked"))
        .when((pl.col("band") == "linked") & pl.col("hold").is_not_null())
        .then(pl.when(pl.col("hold") == UNNAMED).then(pl.lit("to_decide")).otherwise(pl.lit("not_linked")))
        .otherwise("band"),
    )  # fmt: skip
    turn = pl.col("left_record") > pl.col("right_record")
    return frame.with_columns(
        left_record=pl.when(turn).then("right_record").otherwise("left_record"),
        right_record=pl.when(turn).then("left_record").otherwise("right_record"),
    ).select([pl.col(n).cast(t) for n, t in PAIRS_SCHEMA.items()])


def _every_bar(
    at: npt.NDArray[np.int64], weighed: Weighed, context: Context, kinds: pl.Series, model: Model
) -> pl.Series:
    """The bars of some pairs: what was known before, then each thing compared, in the order of the table."""
    bars = _context_bars(at, context, kinds)
    levels = weighed.levels[at]
    bits = model.arrays.bars(levels, weighed.frequencies[at])
    for i, c in enumerate(model.table):
        for v in c.levels:
            hit = np.flatnonzero(levels[:, i] == v.value)
            if len(hit):
                bars.append(_bars(hit, i + 4, c.name, c.title, v.name, v.title, bits[hit, i]))
    return (
        pl.concat(bars)
        .sort("pair", "order")
        .group_by("pair", maintain_order=True)
        .agg(levels=pl.struct("comparison", "title", "level", "words", "weight"))["levels"]
    )


def _bars(
    pair: npt.NDArray[np.int64],
    order: int,
    comparison: str,
    title: str,
    level: str | pl.Series,
    words: str | pl.Series,
    weight: npt.NDArray[np.float64],
) -> pl.DataFrame:
    return pl.DataFrame({"pair": pair.astype(np.int64), "weight": weight}).with_columns(
        order=pl.lit(order),
        comparison=pl.lit(comparison),
        title=pl.lit(title),
        level=level if isinstance(level, pl.Series) else pl.lit(level),
        words=words if isinstance(words, pl.Series) else pl.lit(words),
    )


def _context_bars(at: npt.NDArray[np.int64], context: Context, kinds: pl.Series) -> list[pl.DataFrame]:
    every = np.arange(len(at))
    kind = kinds.gather(at)
    words = kind.replace_strict(PRIOR_WORDS, default=OTHERWISE)
    level = pl.Series(np.where(kind == "within", "within", "prior"), dtype=pl.String())
    bars = [_bars(every, 0, PRIOR, CONTEXT_WORDS[PRIOR][0], level, words, context.prior[at])]
    for order, name, value in (
        (1, SHARED, context.shared),
        (2, DESCRIBED, context.described),
        (3, MATTER, context.matter),
        (LAST, TOGETHER, context.together),
    ):
        if value is None:
            continue
        part = value[at]
        some = np.flatnonzero(part != 0)
        if len(some):
            told = _context_words(name, part[some], kind.gather(some))
            bars.append(_bars(some, order, name, CONTEXT_WORDS[name][0], "context", told, part[some]))
    return bars


def _context_words(name: str, bits: npt.NDArray[np.float64], kind: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"bits": bits, "kind": kind})
    told = TOLD.get(name)
    if told:
        return frame.select(w=pl.when(pl.col("bits") > 0).then(pl.lit(told[0])).otherwise(pl.lit(told[1])))[
            "w"
        ]
    other = pl.col("kind").replace_strict(OTHER_PARTY, default=ANYBODY)
    up, down = pl.format(SAME_OTHER, other), pl.format(ANOTHER_OTHER, other)
    return frame.select(pl.when(pl.col("bits") > 0).then(up).otherwise(down).alias("words"))["words"]
