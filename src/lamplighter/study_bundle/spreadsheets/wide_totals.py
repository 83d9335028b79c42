"""A table of totals with a column for each outcome, made long, and held against its totals."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import polars as pl

from lamplighter.records.errors import RecordsError
from lamplighter.records.formats.damaged_lines import parse_line
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.study_bundle.checking import Checked
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.files.csv_tables import Raw, read_rows
from lamplighter.study_bundle.spreadsheets.mapping import WideTotals

_SPEC = FileSpec(name="totals", pattern="", columns=(), required=())


def unpivoted(lines: Raw, wide: WideTotals, path: Path) -> dict[str, Raw]:
    """One row for each force and outcome column; the row's column is kept for findings.

    Raises:
        BundleMappingError: a heading of the mapping is not in the file.
    """
    plain = _SPEC.column_named
    named = {plain(h): h for h in wide.columns}
    missing = [h for c, h in named.items() if c not in lines.columns]
    missing += [h for h in (wide.force, wide.total) if h and plain(h) not in lines.columns]
    if missing:
        raise BundleMappingError(
            f"The file has no column headed {', '.join(sorted(missing))}.",
            file=path.name,
            place="line 1",
            remedy="Correct the heading in the mapping, or take the entry out.",
        )
    force = plain(wide.force)
    known = {force, *(plain(h) for h in wide.leave_out)} | ({plain(wide.total)} if wide.total else set())
    headings = _headings(path)
    frames = []
    found = list(lines.findings)
    for column in (c for c in lines.frame.columns if c not in ("_file", "_row") and c not in known):
        if column not in named and not wide.rest:
            found.append(f.one("column_unknown", file=path.name, table="totals", column="unknown column"))
            continue
        own = dict(wide.columns.get(named.get(column, ""), {}))
        cells = {"measure": "outcome", "category": headings.get(column, column), **wide.fixed, **own}
        frames.append(_long(lines.frame, force, column, cells))
    if wide.total:
        cells = {**wide.fixed, "measure": "offences"}
        frames.append(_long(lines.frame, force, plain(wide.total), cells))
    whole = pl.concat(frames, how="diagonal") if frames else lines.frame.clear()
    columns = frozenset(c for c in whole.columns if not c.startswith("_"))
    # A line that could not be read loses a cell of every column.
    lost = lines.rejected * len(frames)
    return {"totals": Raw(whole.sort("_row", maintain_order=True), found, lost, columns)}


def _long(frame: pl.DataFrame, force: str, column: str, cells: dict[str, str]) -> pl.DataFrame:
    return frame.select(
        pl.col(force).alias("force"),
        *(pl.lit(v, pl.String).alias(k) for k, v in cells.items()),
        pl.col(column).alias("count"),
        "_file",
        "_row",
    )


def _headings(path: Path) -> dict[str, str]:
    """Each column's heading as it is written."""
    line = next((x for x in path.read_text("utf-8-sig", errors="replace").splitlines() if x.strip()), "")
    cells, _ = parse_line(line, ",", '"')
    return {_SPEC.column_named(c): c.strip() for c in cells}


def check_control(made: Checked, wide: WideTotals, path: Path) -> Checked:
    """Categories against the control file beside the table, where the mapping names one.

    Raises:
        BundleMappingError: the control file is not there or lacks its columns.
    """
    if wide.control is None or made.bundle is None:
        return made
    file = path.parent / wide.control
    try:
        lines = read_rows(file, _SPEC, "totals")
        name, count = _SPEC.column_named(wide.control_name), _SPEC.column_named(wide.control_count)
        control = dict(
            lines.frame.select(
                pl.col(name).str.strip_chars(),
                pl.col(count).str.replace_all(",", "").cast(pl.Int64, strict=False),
            )
            .drop_nulls()
            .iter_rows()
        )
    except (RecordsError, pl.exceptions.PolarsError) as error:
        raise BundleMappingError(
            "The control file cannot be read, or lacks the columns that the mapping names.",
            file=file.name,
            remedy="Put it beside the table, or take [totals.control] out.",
        ) from error
    sums = dict(
        made.bundle.table("totals")
        .filter((pl.col("measure") == "outcome") & pl.col("category").is_not_null())
        .group_by("category")
        .agg(pl.col("count").sum())
        .iter_rows()
    )
    found = [
        f.one("control_disagrees", file=path.name, table="totals", column=name_, about="totals.count")
        for name_ in sorted(sums.keys() & control.keys())
        if sums[name_] != control[name_]
    ]
    found += [
        f.one("control_missing", file=path.name, table="totals", column=name_, about="totals.count")
        for name_ in sorted(sums.keys() ^ control.keys())
    ]
    return dataclasses.replace(made, findings=(*made.findings, *found))
