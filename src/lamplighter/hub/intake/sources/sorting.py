"""Which source each of several files is from, told by its headings (or keys) and by nothing else.

The one place that tells files apart on the site: ``records.recognise`` may take its place when it is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lamplighter.records.delimited import find_header
from lamplighter.records.errors import HeaderNotFound, RecordsError
from lamplighter.records.lines import Lines, read_lines
from lamplighter.records.mapping import FileSpec
from lamplighter.records.mapping import Mapping as Loaded
from lamplighter.records.schema import TABLES_BY_NAME

ENOUGH = 0.5
"""Of the columns of a mapping so many are in a file of its system, at the least."""
_CLEARLY = 0.1
"""A mapping fits clearly where it has so many more of its columns in the file than any other."""
_BUNDLE = "lamplighter"


@dataclass
class Sorted:
    """Files by source; files that fit several sources, with these; files that fit none; files that cannot be
    read at all, with the error."""

    by_source: dict[str, list[Path]] = field(default_factory=dict)
    doubtful: dict[Path, list[str]] = field(default_factory=dict)
    unknown: list[Path] = field(default_factory=list)
    unreadable: dict[Path, RecordsError] = field(default_factory=dict)

    @property
    def clear(self) -> bool:
        """Whether every file is told."""
        return not (self.doubtful or self.unknown or self.unreadable)


def sort_out(paths: Iterable[Path], mappings: Mapping[str, Loaded]) -> Sorted:
    """Tell files apart by the mappings of several sources."""
    found = Sorted()
    for path in paths:
        if path.name == "datapackage.json" or (path.stem in TABLES_BY_NAME and path.suffix != ".txt"):
            found.by_source.setdefault(_BUNDLE, []).append(path)
            continue
        try:
            fits = _fitting(path, mappings)
        except RecordsError as error:
            found.unreadable[path] = error
            continue
        if not fits:
            found.unknown.append(path)
        elif len(fits) > 1:
            found.doubtful[path] = fits
        else:
            found.by_source.setdefault(fits[0], []).append(path)
    return found


def _fitting(path: Path, mappings: Mapping[str, Loaded]) -> list[str]:
    """The sources that a file may be from; one where it is clear. Raises ``RecordsError``."""
    lines = next(read_lines(path, "utf-8"))
    shares = {name: _share(path, lines, mapping) for name, mapping in mappings.items()}
    best = max(shares.values(), default=0.0)
    if best < ENOUGH:
        return []
    return sorted(name for name, share in shares.items() if share >= max(ENOUGH, best - _CLEARLY))


def _share(path: Path, lines: Lines, mapping: Loaded) -> float:
    """How much of a mapping's columns a file has, from 0 to 1."""
    if mapping.format == "json_lines":
        return _keys(lines, mapping)
    return max((_columns(path, lines, spec) for spec in mapping.files), default=0.0)


def _columns(path: Path, lines: Lines, spec: FileSpec) -> float:
    try:
        header = find_header(path, spec, lines, spec.above)
    except HeaderNotFound:
        return 0.0
    return len(set(header.columns) & set(spec.columns)) / max(1, len(spec.columns))


def _keys(lines: Lines, mapping: Loaded) -> float:
    if mapping.json is None:
        return 0.0
    paths = [*mapping.json.report.values(), *(f"$.{level.path}" for level in mapping.json.people)]
    tops = {match[1] for path in paths if (match := re.match(r"\$\.\"?([^.\"]+)", path))}
    for text in lines.text[:20]:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return len(set(found) & tops) / max(1, len(tops))
    return 0.0
