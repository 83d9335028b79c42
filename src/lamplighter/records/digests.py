"""A digest of what a report says, so that 'the same again' can be told from 'corrected'."""

from __future__ import annotations

import hashlib

import polars as pl

from lamplighter.records.schema import TABLES, Bundle

#: Where a report stood in which file says nothing about what it says.
_NOT_CONTENT = {"source_file", "source_rows"}


def digest(bundle: Bundle) -> dict[str, str]:
    """``report_id`` to SHA-256 (hexadecimal) over every field of the report's rows in all tables.

    Independent of the order of rows and of the file that they came from.
    """
    frames = []
    for table in TABLES:
        rows = bundle[table.name]
        if table.name == "safe_contacts":
            rows = rows.join(bundle["people"].select("record_id", "report_id"), on="record_id", how="inner")
        columns = [c for c in table.columns if c not in _NOT_CONTENT]
        frames.append(
            rows.select(
                "report_id",
                (pl.lit(f"{table.name}\x1e") + pl.struct(columns).struct.json_encode()).alias("t"),
            )
        )
    lines = (
        pl.concat(frames)
        .sort("report_id", "t")
        .group_by("report_id", maintain_order=True)
        .agg(pl.col("t").str.join("\x1f"))
    )
    return {report: hashlib.sha256(text.encode("utf-8")).hexdigest() for report, text in lines.iter_rows()}
