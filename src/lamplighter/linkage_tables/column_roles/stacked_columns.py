"""Put together columns of which each tells what another leaves out, as where a table is made of several that
had headings of their own."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lamplighter.linkage_tables.cleaning.clean_columns import clean
from lamplighter.linkage_tables.cleaning.dates import dated

_BOTH = 0.01
"""Of the rows that tell something in the sparser column, no more have something in the other too."""


def fill_each_other(one: pl.Series, other: pl.Series) -> bool:
    """Tell whether hardly any row has something in two columns."""
    told, also = (clean(values).is_not_null() for values in (one, other))
    fewer = min(int(told.sum()), int(also.sum()))
    return fewer > 0 and int((told & also).sum()) <= _BOTH * fewer


def folded_texts(values: pl.Series) -> pl.Series:
    """Clean texts without case."""
    return clean(values).cast(pl.String()).str.to_lowercase()


def tells_more(whole: pl.Series, parts: Sequence[pl.Series]) -> bool:
    """Tell whether a whole name stands in a row where none of its parts does, and is made of them where they
    do: an employer's is not."""
    frame = pl.DataFrame([clean(s).str.to_lowercase().alias(f"c{i}") for i, s in enumerate((whole, *parts))])
    own, others = pl.col("c0"), [pl.col(f"c{i + 1}") for i in range(len(parts))]
    alone = frame.filter(own.is_not_null(), *(o.is_null() for o in others))
    beside = frame.filter(own.is_not_null(), pl.any_horizontal(o.is_not_null() for o in others))
    within = pl.any_horizontal(own.str.contains(o, literal=True) for o in others)
    return alone.height > 0 and 2 * beside.filter(within).height >= beside.height


def put_together(columns: Sequence[pl.Series], field: str) -> pl.Series:
    """Clean columns of one field as one: what the first that tells something says. Dates are read before,
    each column having its own way to write them."""
    if len(columns) == 1:
        return columns[0]
    texts = [c.cast(pl.String()) for c in columns]
    if field == "birth_date":
        texts = [pl.select(d=pl.coalesce(dated(t), t))["d"] for t in texts]
    return pl.select(c=pl.coalesce(*texts))["c"].alias(columns[0].name)
