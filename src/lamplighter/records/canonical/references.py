"""Agencies' own references, found in words and brought to one form."""

from __future__ import annotations

import re

import polars as pl

from lamplighter.records.canonical.outcome import Outcome
from lamplighter.vocabulary.agencies import reference_shapes


def tidy_references(text: pl.Series) -> Outcome:
    """Trimmed, upper case, zero padding as the agency writes it: '4a/00148/22' to '4A/000148/22'."""
    frame = pl.DataFrame({"r": text.cast(pl.String).str.strip_chars().str.to_uppercase()})
    for shape in reference_shapes():
        pattern = rf"^{shape.pattern}$"
        if shape.pad:
            head, number, tail = (pl.col("r").str.extract(pattern, i) for i in (1, 2, 3))
            trimmed = number.str.replace(r"^0+", "").str.zfill(shape.pad)
            frame = frame.with_columns(pl.coalesce(head + trimmed + tail, pl.col("r")).alias("r"))
    found = frame.select(pl.when(pl.col("r") == "").then(None).otherwise("r").alias("r"))
    return Outcome(found["r"])


def references_in(text: pl.Series) -> Outcome:
    """Return every agency reference that a cell names, in order, each once; null when it names none."""
    alternatives = "|".join(re.sub(r"\((?!\?)", "(?:", s.pattern) for s in reference_shapes())
    pattern = rf"(?i)\b(?:{alternatives})\b"
    frame = pl.DataFrame({"t": text.cast(pl.String)}).with_row_index("i")
    hits = frame.select("i", pl.col("t").str.extract_all(pattern).alias("r")).filter(
        pl.col("r").list.len() > 0
    )
    if hits.is_empty():
        return Outcome(pl.Series([None] * len(text), dtype=pl.List(pl.String)))
    long = hits.explode("r")
    long = long.with_columns(tidy_references(long["r"]).value.alias("r"))
    lists = long.group_by("i", maintain_order=True).agg(pl.col("r").unique(maintain_order=True))
    return Outcome(frame.select("i").join(lists, on="i", how="left", maintain_order="left")["r"])
