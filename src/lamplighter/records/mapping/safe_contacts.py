"""Safe contacts: set apart from everything else, and of them telephone numbers and e-mail addresses for
tokens only.
"""

from __future__ import annotations

import json

import polars as pl

from lamplighter.records.canonical.phones import emails, phones
from lamplighter.records.mapping.mappings import FileSpec

_NUMBER = r"\+?[0-9(][0-9 ()\-.]{7,}[0-9]"


def contact_points(details: pl.Series) -> pl.Series:
    """Safe-contact details (JSON or plain words) to lists of canonical contact details; null where
    there are none.

    The lists are for :func:`match_tokens` and go nowhere else.
    """
    frame = pl.DataFrame({"t": details.cast(pl.String)}).with_row_index("i")
    numbers = frame.select("i", pl.col("t").str.extract_all(_NUMBER).alias("v")).explode("v").drop_nulls("v")
    read = numbers.select("i").with_columns(phones(numbers["v"]).value.alias("v")).explode("v")
    mails = frame.select("i").with_columns(emails(frame["t"]).value.alias("v")).explode("v")
    points = (
        pl.concat([read, mails]).drop_nulls("v").group_by("i").agg(pl.col("v").unique(maintain_order=True))
    )
    return frame.select("i").join(points, on="i", how="left", maintain_order="left")["v"]


def set_apart(rows: pl.DataFrame, spec: FileSpec) -> pl.DataFrame:
    """Take the columns of safe contacts out of rows, into ``_safe`` as one JSON object a row; and columns
    that are not stored, away.
    """
    safe = [c for c in spec.safe if c in rows.columns]
    if safe:
        cells = rows.select(
            pl.when(pl.col(c).str.strip_chars() != "").then(pl.col(c).str.strip_chars()).alias(c)
            for c in safe
        )
        told = [
            json.dumps({c: v for c, v in row.items() if v is not None}, ensure_ascii=False)
            if any(v is not None for v in row.values())
            else None
            for row in cells.iter_rows(named=True)
        ]
        rows = rows.with_columns(pl.Series("_safe", told, dtype=pl.String))
    return rows.drop([*safe, *(c for c in spec.left_out if c in rows.columns)])
