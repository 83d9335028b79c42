"""What of a safe contact may be matched on: telephone numbers and e-mail addresses, for tokens only."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from lamplighter.records.canonical.phones import emails, phones


def contact_points(details: pl.Series) -> pl.Series:
    """Safe-contact details (JSON) to lists of canonical contact details; null where there are none.

    The lists are for :func:`match_tokens` and go nowhere else.
    """
    texts = details.to_list()
    pieces = [(i, piece) for i, text in enumerate(texts) if text for piece in _strings(_loaded(text))]
    if not pieces:
        return pl.Series([None] * len(texts), dtype=pl.List(pl.String))
    frame = pl.DataFrame(pieces, schema={"i": pl.UInt32, "p": pl.String}, orient="row")
    digits = frame["p"].str.count_matches(r"\d") >= 9
    number = pl.select(pl.when(digits).then(frame["p"])).to_series()
    found = frame.select("i").with_columns(phones(number).value.alias("a"), emails(frame["p"]).value.alias("b"))
    points = found.select("i", pl.concat_list(pl.col("a").fill_null([]), pl.col("b").fill_null([])).alias("v"))
    listed = points.explode("v").drop_nulls("v").group_by("i").agg(pl.col("v").unique(maintain_order=True))
    index = pl.DataFrame({"i": pl.Series(range(len(texts)), dtype=pl.UInt32)})
    return index.join(listed, on="i", how="left", maintain_order="left")["v"]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for inner in value.values() for s in _strings(inner)]
    if isinstance(value, list):
        return [s for inner in value for s in _strings(inner)]
    if isinstance(value, bool) or value is None:
        return []
    return [str(value)]
