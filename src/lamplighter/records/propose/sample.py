"""A sample of what an agency's system exports: how its files are written, their headings and some rows.

:func:`read_sample` is the one place that turns a file into headings and rows. Every kind of file that a
mapping can read is read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.records.errors import EmptyFile, HeaderNotFound, NotThisFormat, RecordsError
from lamplighter.records.formats.delimited import Rows, is_no_header, read_delimited
from lamplighter.records.formats.header_detection import HeadingsLine, headings_line, headings_row
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.formats.text_lines import read_lines
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.records.workbook.package import is_workbook
from lamplighter.records.workbook.reading import Top, no_headings, read_sheet, tops

MOST_ROWS = 1_000
"""So many rows are looked at."""
_PEOPLE_KEYS = {
    "surname",
    "forename",
    "forenames",
    "first_name",
    "firstname",
    "last_name",
    "lastname",
    "name",
    "dob",
}
_PEOPLE_KEYS |= {
    "gender",
    "sex",
    "age",
    "age_band",
    "date_of_birth",
    "nickname",
    "phones",
    "phone",
    "family_name",
}
_PEOPLE_KEYS |= {
    "given_name",
    "full_name",
    "fullname",
    "birth_date",
    "birthdate",
    "ethnicity",
    "relationship",
    "role",
}
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a sample: a delimited file, the objects of a JSON file, or people within these objects.

    ``columns`` are the names that a mapping uses, ``headings`` what a person reads; both are in the order
    of the file. ``paths``: of JSON, where each column stands. ``level``: of people within objects, the key
    under which they stand; ``many``: whether there is a list of them. ``sheet``: of a workbook, which one.
    """

    name: str
    file: str
    headings: tuple[str, ...]
    columns: tuple[str, ...]
    rows: pl.DataFrame
    json: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    above: int = 0
    grouped: bool = False
    paths: tuple[str, ...] = ()
    level: str = ""
    many: bool = False
    sheet: str = ""

    def heading(self, column: str) -> str:
        """Return what a person reads above a column."""
        return self.headings[self.columns.index(column)]


def read_sample(path: Path) -> list[Table]:
    """Return the tables in one file of a sample: one; of a workbook one for each sheet with headings; of
    JSON Lines within whose objects people stand, several.

    Raises:
        RecordsError: the file cannot be read, has no headings or no rows.
    """
    if is_workbook(path):
        return _sheets(path)
    lines = next(read_lines(path, "utf-8"))
    first = next((t for t in lines.text if not is_no_header(t)), "")
    tables = (
        _json_lines(path) if first.lstrip("\ufeff \t").startswith("{") else [_delimited(path, lines.text)]
    )
    if not tables or not tables[0].rows.height:
        raise _no_rows(path.name)
    return tables


def _no_rows(label: str) -> EmptyFile:
    return EmptyFile(
        "There is no row under the headings.",
        file=label,
        remedy="Send a sample with some rows, a few hundred if you can.",
    )


# Delimited ----------------------------------------------------------------------


def _delimited(path: Path, lines: list[str]) -> Table:
    found = headings_line(lines)
    if not found.may_be_names or len(found.cells) < 2:
        raise HeaderNotFound(
            "No line of headings was found: the first line looks like a row of the table."
            if len(found.cells) > 1
            else "The first line does not name two columns or more.",
            file=path.name,
            place=f"line {found.at + 1}",
            remedy="Put the names of the columns in the first line, parted by comma, semicolon, tab or |.",
        )
    encoding = encoding_of(path)
    spec = FileSpec("sample", "", (), (), encoding=encoding, delimiter=found.separator, above=found.at)
    table = _under(found, read_delimited(path, spec, found.at), path.name)
    return replace(table, encoding=encoding, delimiter=found.separator)


def _under(found: HeadingsLine, chunks: Iterable[Rows], label: str) -> Table:
    """Return the table under headings, by its first rows."""
    frames: list[pl.DataFrame] = []
    held = 0
    for rows in chunks:
        frames.append(rows.frame)
        held += rows.frame.height
        if held >= MOST_ROWS:
            break
    frame = pl.concat(frames) if frames else pl.DataFrame()
    columns = [c for c in frame.columns if not c.startswith("_")]
    frame = frame.select(columns)
    while columns and columns[-1].startswith("COLUMN_") and _is_empty(frame[columns[-1]]):
        # Separators at the end of each line make columns of nothing.
        columns.pop()
    return Table(
        name="rows",
        file=label,
        headings=_headings(found, columns),
        columns=tuple(columns),
        rows=frame.select(columns).head(MOST_ROWS),
        above=found.at,
        grouped=found.names is not None,
    )


def _is_empty(column: pl.Series) -> bool:
    return bool((column.fill_null("").str.strip_chars() == "").all())


def _headings(found: HeadingsLine, columns: list[str]) -> tuple[str, ...]:
    """What people read: the headings as written, with the word of their group before them."""
    names = list(found.names or found.cells)
    out = []
    for i, column in enumerate(columns):
        written = " ".join(names[i].split()) if i < len(names) else ""
        out.append(written or f"Column {i + 1} (no heading)")
        if written and out.count(written) > 1:
            out[-1] = f"{written} ({column.rsplit('_', 1)[-1]})"
    return tuple(out)


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file as a mapping says it: 'utf-8' or 'cp1252'. UTF-16 is seen by the
    reader.
    """
    good = bad = 0
    with path.open("rb") as file:
        head = file.read(4 * 1024 * 1024)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-8"
    for line in head.split(b"\n"):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return "cp1252" if bad > good else "utf-8"


# Workbooks ------------------------------------------------------------------------


def _sheets(path: Path) -> list[Table]:
    """Return the tables of a workbook. A hidden sheet, and one that is no table, is none where another is
    one.
    """
    every = [top for top in tops(InputFile(path, path.name)) if top.rows]
    tables: list[Table] = []
    refused: list[RecordsError] = []
    for top in every:
        file = InputFile(path, path.name).of_sheet(top.sheet.name, alone=len(every) == 1)
        if top.sheet.hidden:
            refused.append(no_headings(file, [], hidden=True))
            continue
        try:
            tables.append(_sheet(file, top))
        except (HeaderNotFound, EmptyFile) as error:
            refused.append(error)
    if not tables:
        raise refused[0] if refused else _no_rows(path.name)
    return tables


def _sheet(file: InputFile, top: Top) -> Table:
    rows = [[row.cells.get(c, "") for c in range(max(row.cells, default=-1) + 1)] for row in top.rows]
    found = headings_row(rows)
    if not found.may_be_names or len(found.cells) < 2:
        raise HeaderNotFound(
            "No row of headings was found.",
            file=file.label,
            place=f"row {top.rows[found.at].number}",
            remedy="Put the names of the columns above the rows.",
        )
    spec = FileSpec("sample", "", (), ())
    # The reader finds the headings again by these.
    named = dict.fromkeys(name for cell in found.cells if (name := spec.column_named(cell)))
    table = _under(found, read_sheet(file, replace(spec, required=tuple(named))), file.label)
    if not table.rows.height:
        raise _no_rows(file.label)
    return replace(table, sheet=top.sheet.name, above=top.rows[found.at].number - 1)


# JSON Lines -----------------------------------------------------------------------


def _json_lines(path: Path) -> list[Table]:
    objects = list(islice(_objects(path), MOST_ROWS))
    if not objects:
        raise NotThisFormat(
            "This is no JSON with one object a line.",
            file=path.name,
            remedy="Export one JSON object a line, or a table with a line of headings.",
        )
    levels = _levels(objects)
    plain = [{k: v for k, v in o.items() if k not in levels} for o in objects]
    tables = [_table(path, plain, "", "", many=False)]
    for key, many in levels.items():
        people = [p for o in objects for p in _people(o.get(key))]
        tables.append(_table(path, people, key, key, many=many))
    return tables


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    for lines in read_lines(path, "utf-8"):
        for text in lines.text:
            if not text.strip():
                continue
            try:
                found = json.loads(text.lstrip("\ufeff"))
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                yield found


def _people(value: Any) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [p for p in listed if isinstance(p, dict)]


def _levels(objects: list[dict[str, Any]]) -> dict[str, bool]:
    """Keys under which people stand, and whether there is a list of them."""
    found: dict[str, bool] = {}
    for one in objects:
        for key, value in one.items():
            people = _people(value)
            keys = {k.lower() for p in people for k in p}
            if people and (len(keys & _PEOPLE_KEYS) > 1 or key in found):
                found[key] = found.get(key, False) or isinstance(value, list)
    return found


def _table(path: Path, objects: list[dict[str, Any]], name: str, level: str, *, many: bool) -> Table:
    rows = [dict(_flat(o, "$", 0)) for o in objects[:MOST_ROWS]]
    paths = list(dict.fromkeys(p for row in rows for p in row))
    columns = {p: _column(p) for p in paths}
    frame = pl.DataFrame(
        {columns[p]: [row.get(p) for row in rows] for p in paths},
        schema=dict.fromkeys(columns.values(), pl.String),
    )
    return Table(
        name=name or "objects",
        file=path.name,
        headings=tuple(p.removeprefix("$.").replace(".", " ").replace("_", " ") for p in paths),
        columns=tuple(columns.values()),
        rows=frame,
        json=True,
        paths=tuple(paths),
        level=level,
        many=many,
    )


def _column(path: str) -> str:
    plain = "".join(c if c.isalnum() else "_" for c in path.removeprefix("$."))
    return plain.strip("_").upper() or "VALUE"


def _flat(value: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, str | None]]:
    for key, inner in value.items():
        here = f"{path}.{key}" if key.replace("_", "").isalnum() else f'{path}."{key}"'
        if isinstance(inner, dict) and depth < _DEEPEST:
            yield from _flat(inner, here, depth + 1)
        else:
            yield here, _told(inner)


def _told(value: Any) -> str | None:
    """What a cell says, as the reader of JSON will give it to the mapping."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(part for v in value if (part := _told(v))) or None
    if isinstance(value, dict):
        sep = ": " if any(k.lower() == "platform" for k in value) else " "
        return sep.join(part for v in value.values() if (part := _told(v))) or None
    return str(value)
