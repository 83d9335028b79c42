"""Make the bars of each pair, which sum to its match weight: as numbers, and in the words of a frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.reasons import Reason, Told
from lamplighter.linkage.comparisons.weight_bars import BAR, KEPT, NOTHING, PAIRS_SCHEMA, UNDECIDED, WORD
from lamplighter.linkage.dyads.dyad_evidence import KINDS, Context
from lamplighter.linkage.model.agreement_patterns import Weighed, taken
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Bands

Bits = npt.NDArray[np.float64]
_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of n pairs: ``sizes`` (n,) says how many each has; of all, one after the other, ``reasons``
    has the number among those of a :class:`reasons.Told`, and ``bits`` what it is worth."""

    sizes: Rows
    reasons: Rows
    bits: Bits


def bars_of(
    told: Told, kind: npt.NDArray[np.int8], context: Context, levels: npt.NDArray[np.int8], own: Bits
) -> Bars:
    """Return the prior, what the reports say, each thing compared, in the order of the table, and
    what the records that the two belong with add. ``own`` (n, c) is what the comparisons are worth."""
    beside = np.column_stack(
        [context.shared, context.described, context.matter, context.apart, context.related]
    )
    together = np.zeros(len(kind)) if context.together is None else context.together
    every = np.arange(beside.shape[1])
    bits = np.column_stack([context.prior, beside, own, together])
    told_beside, told_together = np.abs(beside) > NOTHING, np.abs(together) > NOTHING
    said = np.column_stack([np.ones(len(kind), dtype=bool), told_beside, levels >= 0, told_together])
    reasons = np.column_stack(
        [
            told.before[kind],
            told.beside[every, (beside > 0).astype(np.intp), kind[:, None]],
            told.levels[np.arange(levels.shape[1]), np.maximum(levels, 0)],
            told.beside[-1, (together > 0).astype(np.intp), kind],
        ]
    )
    return Bars(said.sum(axis=1), reasons[said], bits[said])


def pairs_frame(
    weigher: Weigher,
    weighed: Weighed,
    context: Context,
    kind: npt.NDArray[np.int8],
    hold: pl.Series,
    *,
    explained: bool = True,
) -> pl.DataFrame:
    """Weighed pairs, in their order; the bars of a pair sum to its ``match_weight``.

    ``kind`` (n,) says what each pair is of, a number of :data:`dyad_evidence.KINDS`; ``hold`` (n,) why the
    model may not link it, if so. A held pair is never in the band 'linked'. Without ``explained`` there are
    no bars.
    """
    ids, model = weigher.features.record_ids, weigher.model
    weight = weighed.evidence + context.total
    probability = probability_of(weight)
    frame = pl.DataFrame(
        {
            "a": ids.gather(weighed.left), "b": ids.gather(weighed.right), "match_weight": weight,
            "probability": probability, "band": band_of(probability, model.bands), "hold": hold,
        }
    )  # fmt: skip
    frame = frame.select(
        pl.min_horizontal("a", "b").alias("left_record"),
        pl.max_horizontal("a", "b").alias("right_record"),
        "match_weight",
        "probability",
        pl.when(pl.col("hold") == KEPT)
        .then(pl.lit("linked"))
        .when((pl.col("band") == "linked") & pl.col("hold").is_not_null())
        .then(
            pl.when(pl.col("hold").is_in(UNDECIDED)).then(pl.lit("to_decide")).otherwise(pl.lit("not_linked"))
        )
        .otherwise("band")
        .alias("band"),
        pl.col("hold").cast(pl.String),
        model=pl.lit(model.version),
    )
    levels = pl.Series([None], dtype=pl.List(BAR)).new_from_index(0, len(weighed))
    if explained:
        levels = _levels(weigher, weighed, context, kind)
    return frame.with_columns(levels=levels).select(PAIRS_SCHEMA.names())


def _levels(weigher: Weigher, weighed: Weighed, context: Context, kind: npt.NDArray[np.int8]) -> pl.Series:
    """Return the bars of pairs in words, worked out a part at a time."""
    told = Told(weigher.model.table, list(KINDS))
    words = pl.DataFrame(told.every, schema=dict.fromkeys(Reason._fields, WORD), orient="row")
    parts = [pl.Series("levels", [], dtype=pl.List(BAR))]
    for start in range(0, len(weighed), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(weighed)))
        some = taken(weighed, rows)
        bars = bars_of(told, kind[rows], context.of(rows), some.levels, weigher.bars(some))
        parts.append(in_words(bars, words))
    return pl.concat(parts, rechunk=False)


def in_words(bars: Bars, words: pl.DataFrame) -> pl.Series:
    """Bars as lists of :data:`weight_bars.BAR`; ``words`` has every reason, by its number."""
    pair = pl.Series("pair", np.repeat(np.arange(len(bars.sizes)), bars.sizes)).set_sorted()
    return (
        words[bars.reasons]
        .with_columns(pair, weight=pl.Series(bars.bits))
        .group_by("pair", maintain_order=True)
        .agg(levels=pl.struct(field.name for field in BAR.fields))["levels"]
    )


def band_of(probability: Bits, bands: Bands) -> pl.Series:
    """'linked', 'to_decide' or 'not_linked' for each probability."""
    at = pl.Series(probability)
    return pl.select(
        band=pl.when(at >= bands.link_at)
        .then(pl.lit("linked"))
        .when(at >= bands.decide_at)
        .then(pl.lit("to_decide"))
        .otherwise(pl.lit("not_linked"))
    )["band"]
