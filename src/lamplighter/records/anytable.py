"""Any table in a file, with no mapping: CSV of whatever encoding and separator, Parquet, JSON or JSON Lines.

Columns keep their names and cells what they hold, so that a table can be given back as it came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lamplighter.records.delimited import MOST_COLUMNS, is_no_header, read_delimited
from lamplighter.records.errors import EmptyFile, FileNotReadable, HeaderNotFound, NotThisFormat
from lamplighter.records.lines import read_lines
from lamplighter.records.mapping import FileSpec

SEPARATORS = (",", ";", "\t", "|")
_PARQUET = b"PAR1"
_LISTED = b"["
_NO_TABLE = "Write a list of objects, [{...}, {...}], or one object a line."
_BEGIN = 50
"""So many lines are looked at for the names of the columns."""
_MOST_TITLES = 5
_NO_NAME = re.compile(r"^(?:[\d\s./+-]{5,}|\S+@\S+\.\S+)$")
"""What no column is called: a number, a date, an e-mail address."""


@dataclass(frozen=True, slots=True)
class AnyTable:
    """A table as it came. ``kind``: 'csv', 'parquet', 'json' or 'jsonl'; ``left_out``: how many lines could
    not be read, and ``first_left_out`` the number of the first of them; ``above``: how many lines stand above
    the column names, as a title does."""

    frame: pl.DataFrame
    kind: str
    left_out: int = 0
    first_left_out: int | None = None
    above: int = 0


class _AsWritten(FileSpec):
    """A file whose columns keep their names."""

    __slots__ = ()

    def column_named(self, header: str) -> str:
        return header.strip(" \t\ufeff\"'")


def read_any(path: Path) -> AnyTable:
    """The table in a file, told apart by its first bytes.

    Raises:
        RecordsError: the file is not there, is empty, compressed, or none of the kinds.
    """
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
        begin = next(read_lines(path, "utf-8")).text[:_BEGIN]
        first = next((t for t in begin if not is_no_header(t)), "")
        table = _json_lines(path) if first.lstrip().startswith("{") else _csv(path, begin)
    if not table.frame.height:
        raise EmptyFile(
            "There is no row under the column names.", file=path.name, remedy="Export the table again."
        )
    return table


def write_any(frame: pl.DataFrame, path: Path) -> None:
    """A table into a file of the kind that its name ends with.

    Raises:
        NotThisFormat: another ending.
    """
    kind = kind_of(path)
    if kind == "parquet":
        frame.write_parquet(path)
    elif kind == "jsonl":
        frame.write_ndjson(path)
    else:
        frame.with_columns(_flat(s) for s in frame.get_columns() if _holds_more(s.dtype)).write_csv(path)


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


def _above(lines: Sequence[str]) -> int:
    """How many lines stand above the column names: a few titles, of which each is a first cell with nothing
    beside it, where a line of several cells follows that may be names. 0 where none does."""
    titles = 0
    for i, line in enumerate(lines):
        cells = _cells(line)
        if sum(map(bool, cells)) > 1:
            return i if 0 < titles <= _MOST_TITLES and _may_be_names(cells) else 0
        if not is_no_header(line) and any(cells):
            if not cells[0]:
                return 0
            titles += 1
    return 0


def _may_be_names(cells: Sequence[str]) -> bool:
    told = [c for c in cells if c]
    return len(set(told)) == len(told) and all(
        any(map(str.isalpha, c)) and not _NO_NAME.match(c) for c in told
    )


def _cells(line: str) -> list[str]:
    """The cells of a line, parted by the separator that is most often in it."""
    return [c.strip("\"' \ufeff") for c in line.split(max(SEPARATORS, key=line.count))]


def _csv(path: Path, lines: Sequence[str]) -> AnyTable:
    above = _above(lines)
    first = next((t for t in lines[above:] if not is_no_header(t)), "")
    if any(_NO_NAME.match(cell.strip("\"' ")) for cell in re.split(r"[,;\t|]", first)):
        raise HeaderNotFound(
            "The first line looks like a row of the table, not like the names of its columns.",
            file=path.name,
            place="line 1",
            remedy="Put the names of the columns in the first line.",
        )
    # The separator is the one that is most often in the line of names.
    separator = max(SEPARATORS, key=first.count)
    cells = _cells(first)
    if len(cells) > MOST_COLUMNS:
        raise HeaderNotFound(
            f"The first line has {len(cells):,} cells; a table may have {MOST_COLUMNS:,} columns.",
            file=path.name,
            place="line 1",
            remedy="Leave out the columns that are empty, or save the table as Parquet.",
        )
    if len(cells) > 1 and sum(map(bool, cells)) == 1:
        raise HeaderNotFound(
            "One cell of the first line is not empty, and no more: it is a title, or names the only column.",
            file=path.name,
            place="line 1",
            remedy="Put the names of two columns or more in the first line.",
        )
    spec = _AsWritten(name="table", pattern="", columns=(), required=(), delimiter=separator)
    frames, left_out, numbers = [], 0, []
    try:
        for rows in read_delimited(path, spec, above):
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
    frame = _with_extra(pl.concat(frames).drop("_row")) if frames else pl.DataFrame()
    told = sum(not is_no_header(t) for t in lines[:above])
    return AnyTable(frame, "csv", left_out, min(numbers, default=None), told)


def _with_extra(frame: pl.DataFrame) -> pl.DataFrame:
    """A table with a column of its own for what some lines have beyond the last heading."""
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
