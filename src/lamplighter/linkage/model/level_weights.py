"""Write the weights that a fitted model gives to every comparison level, as a table that people can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from lamplighter.linkage.comparisons.comparison_levels import Comparison, Kind
from lamplighter.linkage.model.fellegi_sunter import SMALLEST, Levels, Mixture

SCHEMA = pl.Schema(
    {
        "comparison": pl.String(),
        "title": pl.String(),
        "level": pl.String(),
        "words": pl.String(),
        "same": pl.Float64(),
        "random": pl.Float64(),
        "weight": pl.Float64(),
    }
)


def level_weights(
    mixture: Mixture,
    table: Sequence[Comparison],
    kinds: Sequence[Kind],
    has: Callable[[str], bool],
    levels: Levels,
) -> pl.DataFrame:
    """Return every level that records with the columns ``has`` can be at (:data:`SCHEMA`), of what was
    compared in pairs with these ``levels`` (n, c).

    ``same`` and ``random`` are its shares among pairs of one person and of two people at random, ``weight``
    the bits that it is worth against two people at random, before the frequency of the very value.
    """
    of_one = [k for k in kinds if k.same]
    rows = []
    for i in np.flatnonzero((levels >= 0).any(axis=0)):
        comparison = table[int(i)]
        for level in comparison.levels:
            if not level.possible(has):
                continue
            same = sum(
                mixture.shares[k.name]
                * (mixture.random if k.is_random(comparison) else mixture.rates[k.name])[comparison.name][
                    level.name
                ]
                for k in of_one
            )
            random = mixture.random[comparison.name][level.name]
            weight = float(np.log2(max(same, SMALLEST)) - np.log2(max(random, SMALLEST)))
            rows.append((comparison.name, comparison.title, level.name, level.title, same, random, weight))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
