"""Explain why two records are held to be about the same two people: the bars of a pair."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage.comparisons.weight_bars import (
    BAR,
    CONTEXT_WORDS,
    LAST,
    PRIOR,
    TOGETHER,
    TOLD,
    WORD,
    with_bars,
)
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage_tables.two_party.cell_model import Bits, CellModel, bars, prior
from lamplighter.linkage_tables.two_party.record_pairs import BOTH, FIRST, SECOND, Pairs, Scene

PARTIES = {FIRST: "First party", SECOND: "Second party", BOTH: "Both"}
_BEFORE = ("Before looking", "two records taken at random")


def explained(
    scene: Scene,
    pairs: Pairs,
    shared: tuple[Shared, Shared],
    model: CellModel,
    together: Bits,
    *,
    asked: bool | None = None,
) -> pl.Series:
    """Return the bars of each pair (:data:`comparisons.weight_bars.BAR`), none for too many pairs unless they
    are ``asked`` for. ``together`` (n,): what the records that the two belong with add."""
    if not len(pairs) or not with_bars(len(pairs), asked):
        return pl.Series([None], dtype=pl.List(BAR)).new_from_index(0, len(pairs))
    levels, bits = bars(scene, pairs, shared, model)
    every = np.arange(len(pairs))
    parts = [_bars(every, 0, (PRIOR, _BEFORE[0], "prior", _BEFORE[1]), prior(pairs, model))]
    for i, c in enumerate(scene.table):
        mark = next(m for m in PARTIES if c.name.startswith(m))
        for v in c.levels:
            hit = np.flatnonzero(levels[:, i] == v.value)
            if len(hit):
                words = (c.name, f"{PARTIES[mark]}: {c.title}", v.name, v.title)
                parts.append(_bars(hit, i + 1, words, bits[hit, i]))
    for said, sign in zip(TOLD[TOGETHER], (1, -1), strict=True):
        at = np.flatnonzero(np.sign(together) == sign)
        if len(at):
            words = (TOGETHER, CONTEXT_WORDS[TOGETHER][0], "context", said)
            parts.append(_bars(at, LAST, words, together[at]))
    return (
        pl.concat(parts)
        .sort("pair", "order")
        .group_by("pair", maintain_order=True)
        .agg(levels=pl.struct("comparison", "title", "level", "words", "weight"))["levels"]
    )


def _bars(
    pair: np.ndarray[tuple[int], np.dtype[np.int64]],
    order: int,
    words: tuple[str, str, str, str],
    weight: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> pl.DataFrame:
    named = dict(zip(("comparison", "title", "level", "words"), words, strict=True))
    return pl.DataFrame({"pair": pair.astype(np.int64), "weight": weight}).with_columns(
        order=pl.lit(order), **{k: pl.lit(v, dtype=WORD) for k, v in named.items()}
    )
