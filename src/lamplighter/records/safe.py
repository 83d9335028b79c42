"""What of a safe contact may be matched on: telephone numbers and e-mail addresses, for tokens only."""

from __future__ import annotations

import polars as pl

from lamplighter.records.canonical.phones import emails, phones

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
