"""Our own bundle from files: a Data Package or a folder of tables, in CSV, Parquet or JSON Lines."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lamplighter.records.batches import Batch, Counts
from lamplighter.records.delimited import read_delimited
from lamplighter.records.errors import BundleNotValid, NotThisFormat
from lamplighter.records.lines import check_kind, read_lines
from lamplighter.records.mapping import FileSpec, Mapping
from lamplighter.records.problems import as_rejects, found
from lamplighter.records.schema import TABLES, TABLES_BY_NAME, Table, empty_bundle
from lamplighter.records.spool import Spool
from lamplighter.records.texts import canonicalised, typed
from lamplighter.records.validate import validate

#: Rows, what is wrong with them, and how many were left out.
_Rows: TypeAlias = tuple[pl.DataFrame, pl.DataFrame, int]
_ROWS_AT_A_TIME = 200_000
_SUFFIXES = (".parquet", ".csv", ".jsonl", ".ndjson")
_NAMES = f"Tables are called {', '.join(TABLES_BY_NAME)}, with the ending {', '.join(_SUFFIXES)}."
#: Bytes of text that hold about one report; used to part files, never to cut them.
BYTES_A_REPORT = 700
_PART = 80_000_000  # bytes of one part, as text or unpacked, whatever number of reports that is
_BIG = 500_000_000  # bytes; a table that says it unpacks to more than this a row group is refused


def bundle_files(paths: list[Path]) -> dict[str, Path]:
    """Table name to file, from a folder, a datapackage.json or the files themselves. Raises
    ``BundleNotValid``.
    """
    named: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            package = path / "datapackage.json"
            inside = (
                _resources(package)
                if package.is_file()
                else {t.name: _in_folder(path, t.name) for t in TABLES}
            )
        elif path.name == "datapackage.json":
            inside = _resources(path)
        elif path.stem in TABLES_BY_NAME and path.suffix in _SUFFIXES:
            inside = {path.stem: path}
        else:
            check_kind(path.name, path.open("rb").read(64))
            raise BundleNotValid(
                "This is not a table of a bundle.",
                file=path.name,
                remedy=_NAMES,
            )
        named |= {name: file for name, file in inside.items() if file is not None}
    if "reports" not in named:
        raise BundleNotValid(
            "There is no table of reports.",
            file=", ".join(p.name for p in paths),
            remedy="Give the whole bundle.",
        )
    return named


def _in_folder(folder: Path, name: str) -> Path | None:
    return next((folder / f"{name}{s}" for s in _SUFFIXES if (folder / f"{name}{s}").is_file()), None)


def _resources(package: Path) -> dict[str, Path | None]:
    try:
        body = json.loads(package.read_text("utf-8-sig"))
        resources = {str(r["name"]): str(r["path"]) for r in body["resources"]}
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise BundleNotValid(
            "The datapackage.json cannot be read.", file=package.name, remedy="Write the bundle again."
        ) from error
    out: dict[str, Path | None] = {}
    for name, relative in resources.items():
        if name not in TABLES_BY_NAME:
            continue
        file = (package.parent / relative).resolve()
        if not file.is_relative_to(package.parent.resolve()):
            raise BundleNotValid(
                "The datapackage.json names a file outside its folder.",
                file=package.name,
                remedy="Write the bundle again.",
            )
        if not file.is_file():
            raise BundleNotValid(
                f"The table {name} is named but not there.",
                file=package.name,
                remedy="Give the whole bundle.",
            )
        out[name] = file
    return out


def read_bundle_parts(
    paths: list[Path], mapping: Mapping, batch_reports: int, folder: Path | None, *, as_at: dt.datetime | None
) -> Iterator[Batch]:
    """Yield validated batches of a bundle, of about ``batch_reports`` reports. Raises ``RecordsError``.

    Rows are first only parted by report, as they are; the work on them is done
    part by part, so that whoever takes the batches need not wait for all of it.
    """
    files = bundle_files(paths)
    parts = _parts(files, batch_reports)
    counts, findings = Counts(), []
    spools: dict[str, Spool] = {}
    held: list[pl.DataFrame] = []
    for name, file in files.items():
        table = TABLES_BY_NAME[name]
        key = "report_id" if "report_id" in table.columns else "record_id"
        spools[name] = Spool(key, parts, folder / name if folder else None)
        for rows, problems, rejected in _ahead(_rows(file, table)):
            counts.rows_in[file.name] += rejected
            counts.rejected[file.name] += rejected
            findings.append(problems)
            if name == "safe_contacts":
                held.append(_worked_out(rows, file, table, findings))
            elif key in rows.columns:
                spools[name].write(rows)
            else:
                spools[name].write(rows.with_columns(pl.lit(None, pl.String).alias(key)))
        counts.rows_in[file.name] += 0
    safe = pl.concat(held) if held else None
    for part in range(parts):
        bundle = empty_bundle()
        for name, spool in spools.items():
            rows_of = spool.read(part) if name != "safe_contacts" else None
            if rows_of is not None:
                bundle[name] = _worked_out(rows_of, files[name], TABLES_BY_NAME[name], findings)
        if safe is not None:
            mine = safe["record_id"].is_in(bundle["people"]["record_id"].implode()).fill_null(False)
            last = part == parts - 1
            bundle["safe_contacts"] = safe if last else safe.filter(mine)
            safe = safe.filter(~mine)
        batch = _validated(bundle, counts, findings, as_at)
        if batch.counts.rows_in.total() or batch.bundle["reports"].height or part == 0:
            yield batch
        counts, findings = Counts(), []


def _ahead(items: Iterator[_Rows]) -> Iterator[_Rows]:
    """The same items; the next one is read in a thread while this one is parted."""
    with ThreadPoolExecutor(1, thread_name_prefix="bundle-reader") as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def _parts(files: dict[str, Path], batch_reports: int) -> int:
    """Into how many parts: what a Parquet file says of itself, for text what its size suggests."""
    size = sum(f.stat().st_size for f in files.values())
    reports = size / BYTES_A_REPORT
    unpacked = size
    if files["reports"].suffix == ".parquet":
        reports = _about(files["reports"]).num_rows
    for file in files.values():
        if file.suffix == ".parquet":
            about = _about(file)
            groups = (about.row_group(i).total_byte_size for i in range(about.num_row_groups))
            unpacked += sum(groups) - file.stat().st_size
    return max(1, math.ceil(reports / batch_reports), math.ceil(unpacked / _PART))


def _about(file: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(file)
    except (OSError, ValueError) as error:  # pyarrow's own errors are kinds of these
        raise _not_parquet(file) from error


def _not_parquet(file: Path) -> NotThisFormat:
    return NotThisFormat(
        "This is not a Parquet file that can be read.", file=file.name, remedy="Write the bundle again."
    )


def _worked_out(rows: pl.DataFrame, file: Path, table: Table, findings: list[pl.DataFrame]) -> pl.DataFrame:
    frame, notes = typed(rows.with_columns(pl.lit(file.name).alias("_file")), table)
    frame, more = canonicalised(frame, table)
    findings += [*notes, *more]
    return frame


def _validated(
    bundle: dict[str, pl.DataFrame], counts: Counts, findings: list[pl.DataFrame], as_at: dt.datetime | None
) -> Batch:
    single = {}
    for table in TABLES:
        frame = bundle[table.name]
        if frame.height:
            _tally(counts.rows_in, frame)
        repeats = frame.select(pl.struct(table.key).is_duplicated()).to_series()
        if repeats.any():
            content = frame.select(pl.struct(table.columns).hash(seed=5)).to_series()
            again = repeats & ~content.is_first_distinct()
            _tally(counts.duplicates, frame.filter(again))
            frame = frame.filter(~again)
        single[table.name] = frame
    checked, rejects = validate(single, as_at=as_at)
    out = rejects.filter(pl.col("severity") == "reject").unique(["file", "row"])
    for file, number in out.group_by("file").len().iter_rows():
        counts.rejected[file] += number
    for table in TABLES:
        frame = single[table.name]
        if frame.height:
            counts.accepted[str(frame["_file"][0])] += checked[table.name].height
    every = pl.concat([as_rejects(findings), rejects])
    counts.reports, counts.people = checked["reports"].height, checked["people"].height
    counts.warnings = every.filter(pl.col("severity") == "warning").height
    return Batch(checked, every, counts)


def _tally(counter: dict[str, int], rows: pl.DataFrame) -> None:
    for file, number in rows.group_by("_file").len().iter_rows():
        counter[file] = counter.get(file, 0) + number


def _rows(file: Path, table: Table) -> Iterator[_Rows]:
    """Rows of one table file with ``_row``, findings, and rows left out."""
    if file.suffix == ".parquet":
        yield from _parquet(file, table)
    elif file.suffix == ".csv":
        spec = FileSpec(
            name=table.name,
            pattern="",
            columns=(),
            required=tuple(f.name.upper() for f in table.fields if f.required),
        )
        for rows in read_delimited(file, spec):
            frame = rows.frame.rename({c: c.lower() for c in rows.frame.columns})
            yield frame.drop("_extra"), rows.findings, rows.rejected
    else:
        yield from _json_lines(file, table)


def _parquet(file: Path, table: Table) -> Iterator[_Rows]:
    try:
        source = pq.ParquetFile(file)
        big = max(
            (source.metadata.row_group(i).total_byte_size for i in range(source.metadata.num_row_groups)),
            default=0,
        )
        if big > _BIG:
            raise NotThisFormat(
                "A part of this Parquet file unpacks to more than 500 megabytes.",
                file=file.name,
                remedy="Write it with smaller row groups.",
            )
        first = 1
        wanted = [c for c in table.columns if c in source.schema_arrow.names]
        for batch in _row_groups(source, wanted):
            rows = pl.DataFrame(pl.from_arrow(batch))
            yield (
                rows.with_row_index("_row", offset=first).with_columns(pl.col("_row").cast(pl.Int64)),
                found(file.name, [], "line_unreadable"),
                0,
            )
            first += rows.height
    except (OSError, ValueError) as error:  # pyarrow's own errors are kinds of these
        raise _not_parquet(file) from error


def _row_groups(source: pq.ParquetFile, columns: list[str]) -> Iterator[pa.Table | pa.RecordBatch]:
    """Small row groups whole, which is twice as fast; a large one some rows at a time."""
    for number in range(source.metadata.num_row_groups):
        if source.metadata.row_group(number).total_byte_size <= _PART:
            yield source.read_row_group(number, columns=columns)
        else:
            yield from source.iter_batches(batch_size=_ROWS_AT_A_TIME, row_groups=[number], columns=columns)


def _json_lines(file: Path, table: Table) -> Iterator[_Rows]:
    for lines in read_lines(file, "utf-8"):
        rows: list[dict[str, object]] = []
        bad: list[int | None] = []
        for number, text in enumerate(lines.text, lines.first):
            if not text.strip():
                continue
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                bad.append(number)
                continue
            if isinstance(value, dict):
                rows.append(as_text(value, table) | {"_row": number})
            else:
                bad.append(number)
        schema = dict.fromkeys(table.columns, pl.String()) | {"_row": pl.Int64()}
        yield pl.DataFrame(rows, schema=schema), found(file.name, bad, "json_unreadable"), len(bad)


def as_text(values: dict[str, object], table: Table) -> dict[str, object]:
    """The table's fields of one JSON object as text; lists and objects as JSON."""
    out: dict[str, object] = {}
    for name in table.columns:
        value = values.get(name)
        if value is None or isinstance(value, str):
            out[name] = value
        elif isinstance(value, bool):
            out[name] = "true" if value else "false"
        elif isinstance(value, dt.datetime | dt.date):
            out[name] = value.isoformat()
        elif isinstance(value, list | dict | tuple):
            out[name] = json.dumps(value, ensure_ascii=False, default=str)
        else:
            out[name] = str(value)
    return out
