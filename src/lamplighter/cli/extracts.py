"""Which files belong to which source system, told from their names and their first line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from lamplighter.records.errors import FileNotReadable, FileNotRecognised
from lamplighter.records.mapping import FileSpec, Mapping, built_in, load_mapping

#: Enough for the longest header line of any mapping.
FIRST_BYTES = 65_536


def sort_out(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Mapping name to its files, for files and folders (a folder stands for the files in it).

    A Data Package folder is one bundle of the ``lamplighter`` mapping. In a folder, files that no mapping
    knows are left aside (a README, a note); a file named outright that no mapping knows is an error.

    Raises:
        FileNotReadable: there is no such path.
        FileNotRecognised: no mapping knows the file, or a folder holds no file that one knows.
    """
    found: dict[str, list[Path]] = {}
    for path in paths:
        if not path.exists():
            raise FileNotReadable("There is no such file.", file=path.name, remedy="Check the path.")
        if (path / "datapackage.json").exists() or path.name == "datapackage.json":
            found.setdefault("lamplighter", []).append(path)
            continue
        inside = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
        named = [(p, name) for p in inside if (name := recognise(p))]
        if not named:
            raise FileNotRecognised(
                "No mapping knows this by its name or its first line.",
                file=path.name,
                remedy=f"Say which it is with --mapping: {', '.join(built_in())}, or a mapping file.",
            )
        for p, name in named:
            found.setdefault(name, []).append(p)
    return found


def recognise(path: Path) -> str | None:
    """The built-in mapping whose columns the file's first line has, or ``None``."""
    with path.open("rb") as file:
        start = file.read(FIRST_BYTES)
    for name in built_in():
        mapping = load_mapping(name)
        if mapping.format == "json_lines" and _has_keys(start, mapping):
            return name
        if mapping.format == "delimited" and any(_has_columns(start, spec) for spec in mapping.files):
            return name
    return None


def _has_columns(start: bytes, spec: FileSpec) -> bool:
    # Column names are ASCII in every source, so any superset of ASCII reads the header.
    header = start.decode("latin-1").lstrip("\xef\xbb\xbf\ufeff").splitlines()[:1]
    columns = {spec.column_named(cell) for line in header for cell in line.split(spec.delimiter)}
    return len(columns & set(spec.columns)) * 2 >= len(spec.columns)


def _has_keys(start: bytes, mapping: Mapping) -> bool:
    if mapping.json is None:
        return False
    tops = {match[1] for path in mapping.json.report.values() if (match := re.match(r"\$\.(\w+)", path))}
    for line in start.decode("utf-8", "replace").lstrip("\ufeff").splitlines()[:20]:
        try:
            keys = json.loads(line)
        except ValueError:
            continue
        if isinstance(keys, dict) and len(set(keys) & tops) * 2 >= len(tops):
            return True
    return False
