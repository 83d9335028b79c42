"""Tell how well a mapping fits a file or a sheet: by its columns, or by the keys of its first objects."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lamplighter.records.formats.damaged_lines import parse_line
from lamplighter.records.formats.delimited import MOST_COLUMNS, is_no_header
from lamplighter.records.formats.header_detection import SEPARATORS
from lamplighter.records.formats.text_lines import first_lines
from lamplighter.records.mapping.mappings import FileSpec, Mapping
from lamplighter.records.workbook.sheet import SheetRow

_TOP_KEY = re.compile(r'\$\.(?:"([^"]+)"|(\w+))')
_OBJECTS = 20  # lines of a JSON file that are looked at
_LINES = 50  # lines before which the headings of a text file are
_NEAR = 3  # a mapping of whose columns one in so many is there is worth naming as the nearest


@dataclass(frozen=True, slots=True)
class Fit:
    """Hold how well one mapping fits one file.

    ``share`` of the columns that both have in common, 0 when it does not fit; whether the file's name is as
    the mapping says (``by_name``); and, of one that nearly fits, the columns that the file ``lacks``.
    """

    mapping: Mapping
    share: float
    by_name: bool = False
    lacks: tuple[str, ...] = ()


def of_lines(path: Path, mapping: Mapping) -> Fit:
    """Return how well a mapping fits a file of text. Raises ``RecordsError`` for what is no text."""
    if mapping.format == "bundle":
        return Fit(mapping, 0.0)
    lines = first_lines(path, mapping.files[0].encoding)
    if mapping.format == "json_lines":
        return Fit(mapping, _keys_in_common(lines, mapping), _named_so(path, mapping.files))
    above = max(spec.above for spec in mapping.files)
    # What stands above the headings may be a line more or less from one export to the next.
    lines = [line for line in lines[: above + _LINES] if not is_no_header(line)]
    cells = [
        parse_line(line, separator, '"')[0]
        for line in (lines if above else lines[:1])
        for separator in SEPARATORS
        if 0 < line.count(separator) < MOST_COLUMNS
    ]
    return _of_headings(path, cells, mapping)


def of_rows(path: Path, rows: Sequence[SheetRow], mapping: Mapping) -> Fit:
    """Return how well a mapping fits a sheet, by the first rows of it."""
    if mapping.format != "delimited":
        return Fit(mapping, 0.0)
    width = [min(max(row.cells, default=-1) + 1, MOST_COLUMNS) for row in rows]
    cells = [[row.cells.get(c, "") for c in range(n)] for row, n in zip(rows, width, strict=True)]
    return _of_headings(path, cells, mapping)


def _of_headings(path: Path, rows: Sequence[Sequence[str]], mapping: Mapping) -> Fit:
    """Return the best of what a mapping's files make of each row that may be the headings."""
    best, nearest = Fit(mapping, 0.0), 0.0
    lacks: tuple[str, ...] = ()
    for spec in mapping.files:
        for cells in rows:
            columns = {spec.column_named(c) for c in cells} - {""}
            share = spec.fit(columns)
            if share > best.share:
                best = Fit(mapping, share, _named_so(path, [spec]))
            known = set(spec.columns) or set(spec.needed)
            missing = tuple(sorted(spec.needed - columns)) or tuple(sorted(known - columns))
            common = len(columns & known) / max(len(known), 1)
            if common * _NEAR >= 1 and common > nearest:
                nearest, lacks = common, missing
    return best if best.share else Fit(mapping, 0.0, lacks=lacks)


def _named_so(path: Path, specs: Sequence[FileSpec]) -> bool:
    return any(re.search(spec.pattern, path.name) for spec in specs)


def _keys_in_common(lines: Sequence[str], mapping: Mapping) -> float:
    """Return the share of top keys in common with the first object that has half of what the mapping
    reads.
    """
    if mapping.json is None:
        return 0.0
    paths = [*mapping.json.report.values(), *(f"$.{level.path}" for level in mapping.json.people)]
    wanted = {m[1] or m[2] for path in paths if (m := _TOP_KEY.match(path))}
    for line in lines[:_OBJECTS]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            common = len(set(value) & wanted)
            if 2 * common >= len(wanted):
                return common / len(set(value) | wanted)
    return 0.0
