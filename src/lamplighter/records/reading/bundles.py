"""Our own bundle from files: a Data Package or a folder of tables, in CSV, Parquet or JSON Lines."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lamplighter.records.errors import BundleNotValid, NotThisFormat, RecordsError
from lamplighter.records.formats.delimited import read_delimited
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.formats.text_lines import check_kind, first_lines, read_lines
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.records.reading.batches import Batch, Counts, count_by_file
from lamplighter.records.reading.repeats import EarlierSources
from lamplighter.records.reading.spool import Spool
from lamplighter.records.reading.typed_texts import canonicalised, typed
from lamplighter.records.schema import TABLES, TABLES_BY_NAME, Table, empty_bundle
from lamplighter.records.validation.problems import as_rejects, found
from lamplighter.records.validation.validate import validate

#: Rows, what is wrong with them, and how many were left out.
_Rows: TypeAlias = tuple[pl.DataFrame, pl.DataFrame, int]
_ROWS_AT_A_TIME = 200_000
_SUFFIXES = (".parquet", ".csv", ".jsonl", ".ndjson")
_NAMES = f"Tables are called {', '.join(TABLES_BY_NAME)}, with the ending {', '.join(_SUFFIXES)}."
#: Bytes of text that hold about one report; used to part files, never to cut them.
BYTES_A_REPORT = 700
_PART = 80_000_000  # bytes of one part, as text or unpacked, whatever number of reports that is
_BIG = 500_000_000  # bytes; a table that says it unpacks to more than this a row group is refused


#: The tables of one bundle by name.
Tables: TypeAlias = dict[str, InputFile]


def is_bundle(path: Path) -> bool:
    """Return whether a path is a Data Package with reports: its folder, or its ``datapackage.json``.

    Raises:
        BundleNotValid: it has a ``datapackage.json`` that cannot be read.
    """
    package = path / "datapackage.json" if path.is_dir() else path
    return package.name == "datapackage.json" and package.is_file() and "reports" in _named(package)


def is_table_of_bundle(path: Path) -> bool:
    """Return whether a file by itself is a table of a bundle: by its name, and by its columns."""
    table = TABLES_BY_NAME.get(path.stem)
    if table is None or path.suffix not in _SUFFIXES or not path.is_file():
        return False
    required = {f.name for f in table.fields if f.required}
    try:
        return required <= _columns(path)
    except (RecordsError, OSError):
        return False


def _columns(path: Path) -> set[str]:
    if path.suffix == ".parquet":
        return set(pq.read_schema(path).names)
    first = next((line for line in first_lines(path, "utf-8") if line.strip()), "")
    if path.suffix == ".csv":
        return {cell.strip(' "').lower() for cell in first.split(",")}
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return set()
    return set(value) if isinstance(value, dict) else set()


def bundles_in(files: Sequence[InputFile]) -> list[Tables]:
    """Return the tables of each bundle: a folder, a ``datapackage.json``, or table files that lie together.

    Raises:
        BundleNotValid: a bundle has no table of reports, or has a table twice; or a file is no table.
    """
    packages: dict[Path, Tables] = {}
    alone: list[InputFile] = []
    for file in files:
        if file.path.is_dir() or file.path.name == "datapackage.json":
            folder = file.path if file.path.is_dir() else file.path.parent
            packages.setdefault(folder.resolve(), _tables_of(file))
        elif file.path.stem in TABLES_BY_NAME and file.path.suffix in _SUFFIXES:
            alone.append(file)
        else:
            check_kind(file.label, file.path.open("rb").read(64))
            raise BundleNotValid("This is not a table of a bundle.", file=file.label, remedy=_NAMES)
    rest = [f for f in alone if not _belongs(f, packages.get(f.path.resolve().parent))]
    found = [*packages.values(), *_together(rest)]
    for tables in found:
        if "reports" not in tables:
            raise BundleNotValid(
                "There is no table of reports.",
                file=", ".join(f.label for f in tables.values()) or ", ".join(f.label for f in files),
                remedy="Give the whole bundle.",
            )
    return found


def _tables_of(file: InputFile) -> Tables:
    """Return the tables of a folder or a package; each goes by the name of the folder and its own."""
    folder = file.path if file.path.is_dir() else file.path.parent
    package = folder / "datapackage.json"
    inside = _resources(package) if package.is_file() else _in_folder(file)
    called = file.label if file.path.is_dir() else file.label.removesuffix("datapackage.json").rstrip("/")
    return {
        name: InputFile(path, f"{called}/{path.name}" if called else path.name)
        for name, path in inside.items()
    }


def _belongs(file: InputFile, package: Tables | None) -> bool:
    """Whether a table file that was named too is one of the package in its folder, or now becomes one."""
    if package is None:
        return False
    own = package.setdefault(file.path.stem, file)
    return own.path.resolve() == file.path.resolve()


def _together(files: Sequence[InputFile]) -> list[Tables]:
    """Table files that were named one by one: those of one folder are one bundle, or else all of them are."""
    names = [f.path.stem for f in files]
    if len(set(names)) == len(names):
        return [{f.path.stem: f for f in files}] if files else []
    folders: dict[Path, list[InputFile]] = {}
    for file in files:
        folders.setdefault(file.path.resolve().parent, []).append(file)
    found = []
    for inside in folders.values():
        tables: Tables = {}
        for file in inside:
            if file.path.stem in tables:
                raise _twice(tables[file.path.stem].label, file.label)
            tables[file.path.stem] = file
        found.append(tables)
    return found


def _twice(first: str, second: str) -> BundleNotValid:
    return BundleNotValid(
        f"A bundle has each table once; {first} is the same table.",
        file=second,
        remedy="Leave one of the two out, or put them into folders of their own.",
    )


def _in_folder(file: InputFile) -> dict[str, Path]:
    inside: dict[str, Path] = {}
    for path in sorted(file.path.iterdir()):
        if path.stem in TABLES_BY_NAME and path.suffix in _SUFFIXES and path.is_file():
            if path.stem in inside:
                raise _twice(f"{file.label}/{inside[path.stem].name}", f"{file.label}/{path.name}")
            inside[path.stem] = path
    return inside


def _named(package: Path) -> dict[str, str]:
    """Names of the resources of a Data Package, and where it says that they are."""
    try:
        body = json.loads(package.read_text("utf-8-sig"))
        return {str(r["name"]): str(r["path"]) for r in body["resources"]}
    except (ValueError, KeyError, TypeError, UnicodeDecodeError, RecursionError) as error:
        raise BundleNotValid(
            "The datapackage.json cannot be read.", file=package.name, remedy="Write the bundle again."
        ) from error


def _resources(package: Path) -> dict[str, Path]:
    out: dict[str, Path] = {}
    for name, relative in _named(package).items():
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
    files: Tables,
    batch_reports: int,
    folder: Path | None,
    *,
    as_at: dt.datetime | None,
    earlier: EarlierSources | None = None,
) -> Iterator[Batch]:
    """Yield validated batches of one bundle, of about ``batch_reports`` reports. Raises ``RecordsError``.

    Rows are first only parted by report, as they are; the work on them is done
    part by part, so that whoever takes the batches need not wait for all of it.
    ``earlier`` knows the reports of the sources that were read before this one.
    """
    parts = _parts({name: f.path for name, f in files.items()}, batch_reports)
    counts, findings = Counts(), []
    spools: dict[str, Spool] = {}
    held: list[pl.DataFrame] = []
    for name, file in files.items():
        table = TABLES_BY_NAME[name]
        key = "report_id" if "report_id" in table.columns else "record_id"
        spools[name] = Spool(key, parts, folder / name if folder else None)
        for rows, problems, rejected in _ahead(_rows(file, table)):
            counts.rows_in[file.label] += rejected
            counts.rejected[file.label] += rejected
            findings.append(problems)
            if name == "safe_contacts":
                held.append(_worked_out(rows, file, table, findings))
            elif key in rows.columns:
                spools[name].write(rows)
            else:
                spools[name].write(rows.with_columns(pl.lit(None, pl.String).alias(key)))
        counts.rows_in[file.label] += 0
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
        batch = _validated(bundle, counts, findings, as_at, earlier)
        if batch.counts.rows_in.total() or batch.bundle["reports"].height or part == 0:
            yield batch
        counts, findings = Counts(), []


def _ahead(items: Iterator[_Rows]) -> Iterator[_Rows]:
    """Yield the same items; the next one is read in a thread while this one is parted."""
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


def _worked_out(
    rows: pl.DataFrame, file: InputFile, table: Table, findings: list[pl.DataFrame]
) -> pl.DataFrame:
    frame, notes = typed(rows.with_columns(pl.lit(file.label).alias("_file")), table)
    frame, more = canonicalised(frame, table)
    findings += [*notes, *more]
    return frame


def _validated(
    bundle: dict[str, pl.DataFrame],
    counts: Counts,
    findings: list[pl.DataFrame],
    as_at: dt.datetime | None,
    earlier: EarlierSources | None,
) -> Batch:
    single = {}
    for table in TABLES:
        frame = bundle[table.name]
        if frame.height:
            count_by_file(counts.rows_in, frame)
        repeats = frame.select(pl.struct(table.key).is_duplicated()).to_series()
        if repeats.any():
            content = frame.select(pl.struct(table.columns).hash(seed=5)).to_series()
            again = repeats & ~content.is_first_distinct()
            count_by_file(counts.duplicates, frame.filter(again))
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
    if earlier is not None:
        checked, repeated = earlier.sift(checked)
        left_out = out.select(pl.col("file").alias("_file"), pl.col("row").alias("_row"))
        taken = (f.join(left_out, on=["_file", "_row"], how="anti") for f in single.values() if f.height)
        findings += repeated.account(taken, counts)
    every = pl.concat([as_rejects(findings), rejects])
    counts.reports, counts.people = checked["reports"].height, checked["people"].height
    counts.warnings = every.filter(pl.col("severity") == "warning").height
    return Batch(checked, every, counts)


def _rows(file: InputFile, table: Table) -> Iterator[_Rows]:
    """Rows of one table file with ``_row``, findings, and rows left out."""
    if file.path.suffix == ".parquet":
        yield from _parquet(file.path, file.label, table)
    elif file.path.suffix == ".csv":
        spec = FileSpec(
            name=table.name,
            pattern="",
            columns=(),
            required=tuple(f.name.upper() for f in table.fields if f.required),
        )
        for rows in read_delimited(file.path, spec, label=file.label):
            frame = rows.frame.rename({c: c.lower() for c in rows.frame.columns})
            yield frame.drop("_extra"), rows.findings, rows.rejected
    else:
        yield from _json_lines(file, table)


def _parquet(file: Path, label: str, table: Table) -> Iterator[_Rows]:
    try:
        source = pq.ParquetFile(file)
        big = max(
            (source.metadata.row_group(i).total_byte_size for i in range(source.metadata.num_row_groups)),
            default=0,
        )
        if big > _BIG:
            raise NotThisFormat(
                "A part of this Parquet file unpacks to more than 500 megabytes.",
                file=label,
                remedy="Write it with smaller row groups.",
            )
        first = 1
        wanted = [c for c in table.columns if c in source.schema_arrow.names]
        for batch in _row_groups(source, wanted):
            rows = pl.DataFrame(pl.from_arrow(batch))
            yield (
                rows.with_row_index("_row", offset=first).with_columns(pl.col("_row").cast(pl.Int64)),
                found(label, [], "line_unreadable"),
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


def _json_lines(file: InputFile, table: Table) -> Iterator[_Rows]:
    for lines in read_lines(file.path, "utf-8", file.label):
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
        yield pl.DataFrame(rows, schema=schema), found(file.label, bad, "json_unreadable"), len(bad)


def as_text(values: dict[str, object], table: Table) -> dict[str, object]:
    """Return the table's fields of one JSON object as text; lists and objects as JSON."""
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
