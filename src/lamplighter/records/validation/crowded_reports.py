"""Reports that hold more than a report may (``limits``), and bundles without them."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from lamplighter.records.schema import TABLES, Bundle
from lamplighter.records.validation.limits import MOST_ROWS, MOST_VALUES


def crowded(bundle: Bundle) -> dict[tuple[str, str | None, str], frozenset[str]]:
    """Return the ids of reports that hold too much, each once, by table, column and the problem's name."""
    found: dict[tuple[str, str | None, str], frozenset[str]] = {}
    seen: set[str] = set()

    def add(table: str, column: str | None, problem: str, ids: Collection[str]) -> None:
        if new := frozenset(ids) - seen:
            found[table, column, problem] = new
            seen.update(new)

    for name, most in MOST_ROWS.items():
        if bundle[name].height > most:
            many = bundle[name].group_by("report_id").len().filter(pl.col("len") > most)
            add(name, None, f"more_{name}_than_a_report", many["report_id"].drop_nulls().to_list())
    for table in TABLES:
        frame = bundle[table.name]
        if frame.is_empty() or "report_id" not in table.columns:
            continue
        lists = [f.name for f in table.fields if f.kind == "texts" and f.name != "match_tokens"]
        for column in lists:
            long = frame[column].list.len() > MOST_VALUES
            if long.any():
                ids = frame.filter(long.fill_null(False))["report_id"].drop_nulls().to_list()
                add(table.name, column, "more_values_than_a_list", ids)
    return found


def without(bundle: Bundle, reports: Collection[str]) -> Bundle:
    """Return the bundle without these reports and all that belongs to them."""
    gone, records = list(reports), list(records_of(bundle, reports))
    return {
        t.name: bundle[t.name].filter(
            ~pl.col("report_id").is_in(gone).fill_null(False)
            if "report_id" in t.columns
            else ~pl.col("record_id").is_in(records).fill_null(False)
        )
        for t in TABLES
    }


def records_of(bundle: Bundle, reports: Collection[str]) -> dict[str, str]:
    """Return the report of each person record of these reports."""
    people = bundle["people"].filter(pl.col("report_id").is_in(list(reports)))
    return dict(people.select("record_id", "report_id").iter_rows())
