"""The tables of a report as CSV files: one a table, UTF-8, a header row and nothing above it."""

from __future__ import annotations

import csv
import io

from lamplighter.reporting.document import Report, Table


def csv_text(table: Table) -> str:
    """Return the table as CSV (RFC 4180). Numbers are plain; a cell without a number holds its mark, as
    ``[c]``.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.title for column in table.columns)
    for row in table.rows:
        writer.writerow(
            safe(column.plain(value)) if not column.numeric else column.plain(value)
            for column, value in zip(table.columns, row, strict=True)
        )
    return out.getvalue()


def csv_files(report: Report) -> dict[str, bytes]:
    """File name to content, for every table of the report."""
    return {f"{table.key}.csv": csv_text(table).encode() for table in report.tables()}


def safe(text: str) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
