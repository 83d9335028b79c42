"""A digest of what a report says, so that 'the same again' can be told from 'corrected'."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

import polars as pl
import pyarrow as pa

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
        # One JSON object a row, which says its table and where it ends.
        content = pl.struct(pl.lit(table.name).alias("table"), *columns).struct.json_encode()
        frames.append(rows.select("report_id", content.alias("content")))
    lines = pl.concat(frames).sort("report_id", "content")
    if lines.is_empty():
        return {}
    # The rows of a report lie next to each other in one buffer of text: each
    # report is hashed where it lies, without a string of its own.
    text = lines["content"].rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = text.buffers()
    starts_of_rows = pl.Series(
        pa.Array.from_buffers(pa.int64(), len(text) + 1, [None, offsets], offset=text.offset)
    )
    first = lines["report_id"].rle_id().diff().fill_null(1).cast(pl.Boolean).arg_true()
    starts = starts_of_rows.gather(first).to_list()
    ends = [*starts[1:], starts_of_rows[-1]]
    reports = lines["report_id"].gather(first).to_list()
    held = memoryview(data)
    return {
        report: hashlib.sha256(held[start:end]).hexdigest()
        for report, start, end in zip(reports, starts, ends, strict=True)
    }


def digest_of_rows(rows: dict[str, list[dict[str, Any]]]) -> str:
    """Return the digest of the one report whose rows these are: what :func:`digest` gives for them as frames.

    Times are of whole seconds, as :mod:`lamplighter.records.reading.plain_rows` gives them.
    """
    lines = sorted(_content(table.name, table.columns, row) for table in TABLES for row in rows[table.name])
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _content(name: str, columns: Iterable[str], row: dict[str, Any]) -> str:
    told = {"table": name} | {c: row[c] for c in columns if c not in _NOT_CONTENT}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_moment)


def _moment(value: dt.date) -> str:
    return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
