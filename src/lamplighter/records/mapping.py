"""Mappings: what one source system's files look like and what their columns mean, as TOML data.

A mapping composes transforms (see :mod:`lamplighter.records.transforms`) and
holds code tables. There is no code for any one source.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lamplighter.records.errors import MappingError
from lamplighter.records.schema import TABLES_BY_NAME

FORMATS = {"delimited", "json_lines", "bundle"}
NULLS = ("NULL", "(NULL)", "<NULL>", "\\N", "NAN", "#N/A", "N.A.")


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file of an extract: how it is written, and which columns it has."""

    name: str
    pattern: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str | None = '"'
    report: str | None = None
    row: str | None = None
    row_shape: str | None = None
    free_text: str | None = None
    shapes: MappingType[str, str] = field(default_factory=dict)
    aliases: MappingType[str, str] = field(default_factory=dict)

    @property
    def needed(self) -> frozenset[str]:
        """The columns without which no row of the file can be read."""
        return frozenset(self.required) | ({self.report} if self.report else set())

    def fit(self, columns: Collection[str]) -> float:
        """Return how well columns are those of this file, from 0 (not at all) to 1 (the very same).

        It is the share of the columns that both have among those that either has. A file that lacks a needed
        column, or half of the columns, does not fit at all.
        """
        there, known = set(columns), set(self.columns) or set(self.needed)
        shared = there & known
        if not (known and self.needed <= there and 2 * len(shared) >= len(known)):
            return 0.0
        return len(shared) / len(there | known)

    def column_named(self, header: str) -> str:
        """The mapping's column for a header as written: case, blanks, quotes and aliases do not matter."""
        plain = re.sub(r"[\s\-.]+", "_", header.strip(" \t\ufeff\"'").upper())
        return self.aliases.get(plain, plain)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Columns in, fields of a table out, and the transform between them."""

    into: tuple[str, ...]
    source: tuple[str, ...]
    do: str
    options: MappingType[str, Any]


@dataclass(frozen=True, slots=True)
class Join:
    """Rows of ``other`` are joined to rows of ``to`` on one column."""

    to: str
    other: str
    on: str


@dataclass(frozen=True, slots=True)
class JsonLevel:
    """One kind of person in nested JSON: where they stand, and what role they have."""

    path: str
    role: str
    many: bool


@dataclass(frozen=True, slots=True)
class JsonSpec:
    """Paths of a nested JSON document: column name to path, for the report and for each person."""

    report: MappingType[str, str]
    person: MappingType[str, str]
    lists: tuple[str, ...]
    people: tuple[JsonLevel, ...]
    restricted: tuple[str, ...]
    restricted_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """One source system: files, fields and code tables.

    ``agency_title`` and ``agency_kind`` ('police', 'advocacy' ...) tell of an agency that the code set of
    agencies does not list; ``written_in`` is the name of the TOML file.
    """

    name: str
    agency: str
    title: str
    format: str
    files: tuple[FileSpec, ...]
    report_rows: str
    person_rows: str
    joins: tuple[Join, ...]
    reports: tuple[FieldSpec, ...]
    offences: tuple[FieldSpec, ...]
    occasions: tuple[FieldSpec, ...]
    people: tuple[FieldSpec, ...]
    maps: MappingType[str, MappingType[str, str]]
    patterns: MappingType[str, tuple[tuple[str, str], ...]]
    nulls: tuple[str, ...] = NULLS
    key_from: MappingType[str, str] = field(default_factory=dict)
    json: JsonSpec | None = None
    # The hub knows a delivery again by all that it was read with, which these three are no part of.
    agency_title: str = field(default="", repr=False)
    agency_kind: str = field(default="", repr=False)
    written_in: str = field(default="", repr=False)

    def file(self, name: str) -> FileSpec:
        """The file of that name. Raises ``MappingError``."""
        for spec in self.files:
            if spec.name == name:
                return spec
        raise MappingError(f"The mapping {self.name!r} has no file {name!r}.")


def built_in() -> list[str]:
    """Names of the mappings that come with the package."""
    return sorted(
        p.name.removesuffix(".toml")
        for p in (files("lamplighter.records") / "mappings").iterdir()
        if p.name.endswith(".toml")
    )


def load_mappings(given: Iterable[str | Path]) -> list[Mapping]:
    """Return mappings by name, by the path of a TOML file, or of a folder of TOML files, in their order.

    Raises:
        MappingError: there is no such mapping, a folder holds none, one is wrong, or two have one name.
    """
    found: list[Mapping] = []
    for one in given:
        folder = Path(one)
        if one in built_in() or not folder.is_dir():
            found.append(load_mapping(one))
            continue
        inside = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() == ".toml")
        if not inside:
            raise MappingError(
                "There is no mapping in this folder.",
                file=folder.name,
                remedy="A mapping is a TOML file: docs/records.md shows how to write one.",
            )
        found += [load_mapping(p) for p in inside]
    check_names(found)
    return found


def check_names(mappings: Iterable[Mapping]) -> None:
    """Raise ``MappingError`` where two mappings have one name: the ids of their reports would be the same."""
    first: dict[str, Mapping] = {}
    for mapping in mappings:
        other = first.setdefault(mapping.name, mapping)
        if other is not mapping and other != mapping:
            raise MappingError(
                f"Two mappings are called {mapping.name!r}: {other.written_in} and {mapping.written_in}.",
                remedy="Give one of them another name in its [source] part, or leave one out.",
            )


def load_mapping(name_or_path: str | Path) -> Mapping:
    """A built-in mapping by name, or any mapping by the path of its TOML file. Raises ``MappingError``."""
    if isinstance(name_or_path, str) and name_or_path in built_in():
        return _built_in(name_or_path)
    path = Path(name_or_path)
    if path.is_dir():
        raise MappingError(
            "This is a folder, not a mapping.",
            file=path.name,
            remedy="Name one TOML file in it.",
        )
    if not path.is_file():
        raise MappingError(
            f"There is no mapping {str(name_or_path)!r}.",
            remedy=f"Use one of {', '.join(built_in())}, or the path of a TOML file.",
        )
    try:
        text = path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise MappingError(
            "The mapping cannot be read as text.", file=path.name, remedy="Save it as a TOML file in UTF-8."
        ) from error
    return parse_mapping(text, path.name)


@cache
def _built_in(name: str) -> Mapping:
    return parse_mapping(
        (files("lamplighter.records") / "mappings" / f"{name}.toml").read_text("utf-8"), f"{name}.toml"
    )


def parse_mapping(text: str, file: str) -> Mapping:
    """A mapping from TOML text. Raises ``MappingError`` saying what is wrong and where."""
    try:
        body = tomllib.loads(text)
        mapping = _mapping(body, file)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(
            f"Not valid TOML: {error}.", file=file, remedy="Correct the mapping file."
        ) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise MappingError(
            f"A part is missing or misshapen: {error}.", file=file, remedy="Compare with a built-in mapping."
        ) from error
    _check(mapping, file)
    return mapping


def _mapping(body: dict[str, Any], file: str) -> Mapping:
    source = body["source"]
    rows = body.get("rows", {})
    specs = tuple(_file(f) for f in body.get("files", []))
    nested = body.get("json")
    first = specs[0].name if specs else "lines"
    return Mapping(
        name=source["name"],
        agency=source["agency"],
        title=source["title"],
        format=source["format"],
        files=specs,
        report_rows=rows.get("reports", first),
        person_rows=rows.get("people", first),
        joins=tuple(Join(j["to"], j["other"], j["on"]) for j in body.get("joins", [])),
        reports=_fields(body, "reports"),
        offences=_fields(body, "offences"),
        occasions=_fields(body, "occasions"),
        people=_fields(body, "people"),
        maps={
            name: {plain_code(k): v for k, v in table.items()} for name, table in body.get("maps", {}).items()
        },
        patterns={
            name: tuple((p["match"], p["code"]) for p in table)
            for name, table in body.get("patterns", {}).items()
        },
        nulls=tuple(source.get("nulls", NULLS)),
        key_from=body.get("key_from", {}),
        json=_json(nested) if nested else None,
        agency_title=source.get("agency_title", ""),
        agency_kind=source.get("agency_kind", ""),
        written_in=file,
    )


def plain_code(text: str) -> str:
    """The form in which codes are compared: upper case, one space for anything that is no letter or digit."""
    return re.sub(r"[^0-9A-Z]+", " ", text.upper()).strip()


def _file(body: dict[str, Any]) -> FileSpec:
    return FileSpec(
        name=body["name"],
        pattern=body["pattern"],
        columns=tuple(body.get("columns", ())),
        required=tuple(body.get("required", ())),
        encoding=body.get("encoding", "utf-8"),
        delimiter=body.get("delimiter", ","),
        quote=body.get("quote") or None,
        report=body.get("report"),
        row=body.get("row"),
        row_shape=body.get("row_shape"),
        free_text=body.get("free_text"),
        shapes=body.get("shapes", {}),
        aliases=body.get("aliases", {}),
    )


def _fields(body: dict[str, Any], table: str) -> tuple[FieldSpec, ...]:
    def listed(value: str | list[str] | None) -> tuple[str, ...]:
        return () if value is None else (value,) if isinstance(value, str) else tuple(value)

    return tuple(
        FieldSpec(
            listed(row["into"]),
            listed(row.get("from")),
            row.get("do", "text"),
            {k: v for k, v in row.items() if k not in {"into", "from", "do"}},
        )
        for row in body.get(table, {}).get("fields", [])
    )


def _json(body: dict[str, Any]) -> JsonSpec:
    return JsonSpec(
        report=body["report"],
        person=body["person"],
        lists=tuple(body.get("lists", ())),
        people=tuple(JsonLevel(p["path"], p["role"], bool(p.get("many", False))) for p in body["people"]),
        restricted=tuple(body.get("restricted", ())),
        restricted_words=tuple(body.get("restricted_words", ())),
    )


def _check(mapping: Mapping, file: str) -> None:
    from lamplighter.records.transforms import TRANSFORMS

    def wrong(what: str) -> MappingError:
        return MappingError(what, file=file, remedy="Correct the mapping file.")

    if mapping.format not in FORMATS:
        raise wrong(f"Unknown format {mapping.format!r}; there are {', '.join(sorted(FORMATS))}.")
    extra = {"reports": {"_ref"}, "people": {"_row_ref", "_safe"}, "offences": {"_principal", "_included"}}
    for table in ("reports", "offences", "occasions", "people"):
        allowed = set(TABLES_BY_NAME[table].columns) | extra.get(table, set())
        for spec in getattr(mapping, table):
            if spec.do not in TRANSFORMS:
                raise wrong(f"{table}: unknown transform {spec.do!r}.")
            if unknown := set(spec.into) - allowed:
                raise wrong(f"{table}: unknown field {sorted(unknown)[0]!r}.")
            for option, known in (
                ("map", mapping.maps),
                ("then_map", mapping.maps),
                ("patterns", mapping.patterns),
            ):
                names = spec.options.get(option, [])
                for name in [names] if isinstance(names, str) else names:
                    if name not in known:
                        raise wrong(f"{table}.{spec.into[0]}: there is no {option} table {name!r}.")
