"""Any table in a file, with no mapping: CSV of whatever encoding and separator, Parquet, JSON or JSON Lines.

Columns keep their names and cells what they hold, so that a table can be given back as it came.
"""

from __future__ import annotations

import json
import os
import resource
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lamplighter.records.errors import EmptyFile, FileNotReadable, HeaderNotFound, NotThisFormat, TooLarge
from lamplighter.records.formats.delimited import MOST_COLUMNS, is_no_header, read_delimited
from lamplighter.records.formats.formula_injection import neutralise_cell, neutralise_formulae
from lamplighter.records.formats.header_detection import HeadingsLine, headings_line
from lamplighter.records.formats.input_files import refuse_no_file
from lamplighter.records.formats.text_lines import read_lines
from lamplighter.records.mapping.mappings import FileSpec

_PARQUET = b"PAR1"
_LISTED = b"["
_NO_TABLE = "Write a list of objects, [{...}, {...}], or one object a line."
MOST_PARQUET_ROWS = 10_000_000
_BYTES_A_CELL = 24
"""Of a text in memory, at least; a dictionary in the file says nothing of it."""
_SHARE_OF_MEMORY = 0.25
"""The table itself: who is who needs several times as much."""
_LAST = 10
_HARDLY = 4
"""Of so many rows at the end those are told of that have a fourth of the cells filled that others have."""


@dataclass(frozen=True, slots=True)
class AnyTable:
    """A table as it came. ``kind``: 'csv', 'xlsx', 'parquet', 'json' or 'jsonl'; ``left_out``: how many lines
    could not be read, and ``first_left_out`` the number of the first of them; ``above``: how many lines stand
    above the headings and are passed over, as a title is; ``grouped``: whether one more groups the
    headings; ``hardly_filled``: how many rows at the end look like totals, or a footer; ``repeated``: the
    headings that stand more than once."""

    frame: pl.DataFrame
    kind: str
    left_out: int = 0
    first_left_out: int | None = None
    above: int = 0
    grouped: bool = False
    hardly_filled: int = 0
    repeated: tuple[str, ...] = ()


class AsWritten(FileSpec):
    """A file whose columns keep their names."""

    __slots__ = ()

    def column_named(self, header: str) -> str:
        return header.strip(" \t\ufeff\"'")


def read_any(path: Path) -> AnyTable:
    """Return the table in a file, told apart by its first bytes.

    Raises:
        RecordsError: the file is not there, is empty, compressed, or none of the kinds.
    """
    refuse_no_file(path)
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise FileNotReadable(
            f"The file cannot be read ({error.strerror or 'input error'}).",
            file=path.name,
            remedy="Check the path and that you may open it.",
        ) from error
    if head.startswith(_PARQUET):
        return _parquet(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_LISTED):
        table = _json(path)
    else:
        lines = next(read_lines(path, "utf-8")).text
        first = next((t for t in lines if not is_no_header(t)), "")
        table = _json_lines(path) if first.lstrip().startswith("{") else _csv(path, headings_line(lines))
    if not table.frame.height:
        raise EmptyFile(
            "There is no row under the column names.", file=path.name, remedy="Export the table again."
        )
    return table


def write_any(frame: pl.DataFrame, path: Path, *, raw: bool = False) -> None:
    """A table into a file of the kind that its name ends with, which only its owner can read.

    ``raw``: cells of CSV as they came, also those that a spreadsheet would run as formulas.

    Raises:
        NotThisFormat: another ending.
    """
    kind = kind_of(path)
    path.touch(mode=0o600)
    path.chmod(0o600)
    if kind == "parquet":
        frame.write_parquet(path)
    elif kind == "jsonl":
        frame.write_ndjson(path)
    else:
        flat = frame.with_columns(_flat(s) for s in frame.get_columns() if _holds_more(s.dtype))
        if not raw:
            flat = neutralise_formulae(flat).rename({c: neutralise_cell(c) for c in flat.columns})
        flat.write_csv(path)


def _holds_more(held: pl.DataType) -> bool:
    return held.is_nested() or held in (pl.Binary(), pl.Object())


def _flat(values: pl.Series) -> pl.Series:
    """What has no place in a cell of CSV, as text: lists of texts parted by semicolons, all else as JSON."""
    if values.dtype == pl.List(pl.String()):
        return values.list.join("; ")
    told = [None if v is None else _told(v) for v in values.to_list()]
    return pl.Series(values.name, told, dtype=pl.String())


def _told(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return json.dumps(value, ensure_ascii=False, default=str)


def kind_of(path: Path) -> str:
    """'csv', 'parquet' or 'jsonl' by the ending of a name. Raises ``NotThisFormat``."""
    kinds = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise NotThisFormat(
            "The name ends in none of .csv, .parquet and .jsonl.",
            file=path.name,
            remedy="Say the kind of table to write by the ending of its name.",
        )
    return kind


def _parquet(path: Path) -> AnyTable:
    _bearable(path)
    try:
        made = pl.from_arrow(pq.read_table(path))
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        raise NotThisFormat(
            "This begins as a Parquet file and cannot be read as one.",
            file=path.name,
            remedy="Write it again; a copy may have been cut off.",
        ) from error
    assert isinstance(made, pl.DataFrame)
    if not made.height:
        raise EmptyFile("There is no row in the table.", file=path.name, remedy="Export the table again.")
    return AnyTable(made, "parquet")


def _bearable(path: Path) -> None:
    """Refuse a Parquet file that says of itself that it is more than this machine can hold.

    A few megabytes can stand for any number of rows. What cannot be read at all is told of by who reads it.
    """
    try:
        about = pq.read_metadata(path)
    except (pa.ArrowException, OSError, ValueError):
        return
    sizes = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    needs = max(sizes, about.num_rows * about.num_columns * _BYTES_A_CELL)
    if about.num_rows > MOST_PARQUET_ROWS or needs > _memory() * _SHARE_OF_MEMORY:
        raise TooLarge(
            f"The table has {about.num_rows:,} rows of {about.num_columns:,} columns, about "
            f"{needs / 1e9:,.1f} GB when it is unpacked: more than can be linked on this machine.",
            file=path.name,
            remedy="Leave out columns that say nothing about people, or link a part of the rows (at most "
            f"{MOST_PARQUET_ROWS:,}); on a machine with more memory more fits.",
        )


def _memory() -> int:
    """Bytes of memory of this machine, or what this process may have of it."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    return whole if allowed == resource.RLIM_INFINITY else min(whole, allowed)


def _csv(path: Path, found: HeadingsLine) -> AnyTable:
    _check(path, found)
    spec = AsWritten(name="table", pattern="", columns=(), required=(), delimiter=found.separator)
    frames, left_out, numbers = [], 0, []
    try:
        for rows in read_delimited(path, spec, found.at):
            frames.append(rows.frame)
            left_out += rows.rejected
            if rows.rejected:
                numbers += rows.findings["row"].drop_nulls().to_list()
    except HeaderNotFound as error:
        raise HeaderNotFound(
            "The first line does not name two columns or more.",
            file=path.name,
            place="line 1",
            remedy="Put the names of the columns in the first line, parted by comma, semicolon, tab or |.",
        ) from error
    if not frames:
        return AnyTable(pl.DataFrame(), "csv")
    frame = _with_extra(_regrouped(pl.concat(frames).drop("_row"), found.names))
    first = min(numbers, default=None)
    grouped = found.names is not None
    again = repeated_headings(found.names or found.cells)
    return AnyTable(frame, "csv", left_out, first, found.titles, grouped, _hardly_filled(frame), again)


def repeated_headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the headings that stand more than once: all but the first of each have another name then."""
    return tuple(heading for heading, times in Counter(cells).items() if heading and times > 1)


def _check(path: Path, found: HeadingsLine) -> None:
    """Raises ``HeaderNotFound`` where a line names no columns."""
    place = f"line {found.at + 1}"
    if not found.may_be_names:
        raise HeaderNotFound(
            "The first line looks like a row of the table, not like the names of its columns.",
            file=path.name,
            place=place,
            remedy="Put the names of the columns in the first line.",
        )
    if len(found.cells) > MOST_COLUMNS:
        raise HeaderNotFound(
            f"The first line has {len(found.cells):,} cells; a table may have {MOST_COLUMNS:,} columns.",
            file=path.name,
            place=place,
            remedy="Leave out the columns that are empty, or save the table as Parquet.",
        )
    if len(found.cells) > 1 and sum(map(bool, found.cells)) == 1:
        raise HeaderNotFound(
            "One cell of the first line is not empty, and no more: it is a title, or names the only column.",
            file=path.name,
            place=place,
            remedy="Put the names of two columns or more in the first line.",
        )


def _regrouped(frame: pl.DataFrame, names: Sequence[str] | None) -> pl.DataFrame:
    """Return the columns by the names that they have with those of their groups, each once."""
    if names is None:
        return frame
    # A column without a heading, or of whose heading there is a second one, has a name already.
    now = [n if n and names.count(n) == 1 else c for n, c in zip(names, frame.columns, strict=False)]
    return frame.rename(dict(zip(frame.columns, now, strict=False)))


def _hardly_filled(frame: pl.DataFrame) -> int:
    """How many rows at the end have hardly a cell filled, where others have four and more."""
    filled = frame.select(n=pl.sum_horizontal(pl.all().fill_null("").str.strip_chars() != ""))["n"]
    usual = filled.quantile(0.5) or 0.0
    if usual < _HARDLY:
        return 0
    last = (filled.tail(_LAST) * _HARDLY <= usual).to_list()[::-1]
    return last.index(False) if False in last else 0


def _with_extra(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with a column of its own for what some lines have beyond the last heading."""
    if frame["_extra"].null_count() == frame.height:
        return frame.drop("_extra")
    return frame.rename({"_extra": f"COLUMN_{frame.width}"})


def _json(path: Path) -> AnyTable:
    """One list of objects."""
    try:
        rows = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotThisFormat(
            "This begins as JSON and cannot be read as it.", file=path.name, place=place, remedy=_NO_TABLE
        ) from error
    if not all(isinstance(row, dict) for row in rows):
        raise NotThisFormat("This JSON is a list, and not of objects.", file=path.name, remedy=_NO_TABLE)
    return AnyTable(
        pl.from_dicts(rows, infer_schema_length=None, strict=False) if rows else pl.DataFrame(), "json"
    )


def _json_lines(path: Path) -> AnyTable:
    rows: list[dict[str, Any]] = []
    wrong: list[int] = []
    for lines in read_lines(path, "utf-8"):
        for number, text in enumerate(lines.text, lines.first):
            if not text.strip():
                continue
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict):
                rows.append(found)
            else:
                wrong.append(number)
    if not rows or (len(rows) == 1 and any(_is_table(v) for v in rows[0].values())):
        raise NotThisFormat("This is one JSON object, not one a line.", file=path.name, remedy=_NO_TABLE)
    frame = pl.from_dicts(rows, infer_schema_length=None, strict=False)
    return AnyTable(frame, "jsonl", len(wrong), min(wrong, default=None))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value))
