"""Mappings: what one source system's files look like and what their columns mean, as TOML data.

A mapping composes transforms (see :mod:`lamplighter.records.transforms`) and
holds code tables. There is no code for any one source.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.records.errors import MappingError
from lamplighter.records.schema import TABLES_BY_NAME
from lamplighter.rule_files.faults import RuleFileError, not_toml
from lamplighter.rule_files.reading import parsed
from lamplighter.vocabulary.codes import code_set

FORMATS = {"delimited", "json_lines", "bundle"}
NULLS = ("NULL", "(NULL)", "<NULL>", "\\N", "NAN", "#N/A", "N.A.")


@dataclass(frozen=True, slots=True)
class JoinedColumn:
    """A column made of others, such as a date and its time, or the two halves of a reference.

    Cells that are empty are left out; the rest are put together with ``sep`` between them.
    """

    name: str
    source: tuple[str, ...]
    sep: str


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file of an extract: how it is written, and which columns it has.

    ``above``: how many lines stand above the headings. ``safe``: columns that say how to reach a person
    safely; they go to the address vault and nowhere else. ``left_out``: columns that are not stored, not
    even as received.
    """

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
    above: int = 0
    joined: tuple[JoinedColumn, ...] = ()
    safe: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def as_received(self, columns: Iterable[str]) -> list[str]:
        """Return the file's own columns behind ``columns``: a joined one stands for what it was made of."""
        parts = {j.name: j.source for j in self.joined}
        return list(dict.fromkeys(own for c in columns for own in parts.get(c, (c,))))

    @property
    def needed(self) -> frozenset[str]:
        """Return the file's own columns without which none of its rows can be read."""
        return frozenset(self.as_received([*self.required, *([self.report] if self.report else [])]))

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
        """Return the mapping's column for a header as written: case, blanks, quotes and aliases do not
        matter.
        """
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
class Party:
    """One person beside others in a row of a report: the victim's columns, or the suspect's.

    ``name`` ends the ids of these people's records. Where none of the columns has a value in a row, there
    is no such person; the same values again in another row of the same report are the same person.
    """

    name: str
    role: str
    fields: tuple[FieldSpec, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that any of the fields comes from, each once."""
        return tuple(dict.fromkeys(c for spec in self.fields for c in spec.source))


@dataclass(frozen=True, slots=True)
class JsonLevel:
    """One kind of person in nested JSON: where they stand, and what role they have (``None``: each object
    says it, through the fields of ``people``)."""

    path: str
    role: str | None
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
    agencies does not list; ``since`` is the day from which this version is in force; ``written_in`` is the
    name of the TOML file.
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
    parties: tuple[Party, ...] = ()
    since: dt.date | None = None
    note: str = ""
    # Who may read the words of these reports, as the hub's own terms have it: no part of reading them.
    readers: MappingType[str, Any] = field(default_factory=dict, repr=False)
    # The hub knows a delivery again by all that it was read with, which these three are no part of.
    agency_title: str = field(default="", repr=False)
    agency_kind: str = field(default="", repr=False)
    written_in: str = field(default="", repr=False)

    @property
    def nested(self) -> bool:
        """Tell whether people stand in objects within a report's object, and not in its own row."""
        return self.json is not None and bool(self.json.people)

    def file(self, name: str) -> FileSpec:
        """Return the file of that name. Raises ``MappingError``."""
        for spec in self.files:
            if spec.name == name:
                return spec
        raise MappingError(f"The mapping {self.name!r} has no file {name!r}.")


def built_in() -> list[str]:
    """Names of the mappings that come with the package."""
    return sorted(
        p.name.removesuffix(".toml")
        for p in (files("lamplighter.records.mapping") / "built_in").iterdir()
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
    """Return a built-in mapping by name, or any mapping by the path of its TOML file. Raises
    ``MappingError``.
    """
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
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(
            "The mapping file cannot be read as text in UTF-8.",
            file=path.name,
            remedy="Check that you may open it, and that it was saved as UTF-8.",
        ) from error
    return parse_mapping(text, path.name)


def built_in_text(name: str) -> str:
    """Return the TOML of a built-in mapping."""
    return (files("lamplighter.records.mapping") / "built_in" / f"{name}.toml").read_text("utf-8")


@cache
def _built_in(name: str) -> Mapping:
    return parse_mapping(built_in_text(name), f"{name}.toml")


def parse_mapping(text: str, file: str) -> Mapping:
    """Return a mapping from TOML text. Raises ``MappingError`` saying what is wrong and where."""
    try:
        mapping = _mapping(parsed(text, file), file)
    except RuleFileError as error:
        raise MappingError(not_toml(error), file=file, remedy="Correct the mapping file.") from error
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
        parties=tuple(
            Party(p["name"], p["role"], tuple(map(_field, p["fields"]))) for p in body.get("parties", [])
        ),
        since=_date(source.get("from")),
        note=source.get("note", ""),
        readers=dict(body.get("readers", {})),
        agency_title=source.get("agency_title", ""),
        agency_kind=source.get("agency_kind", ""),
        written_in=file,
    )


def _date(value: Any) -> dt.date | None:
    if value is not None and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
        raise TypeError("source.from is a date, such as 2026-05-03")
    return value


def plain_code(text: str) -> str:
    """Return the form in which codes are compared: upper case, one space for anything that is no letter or
    digit.
    """
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
        above=body.get("above", 0),
        joined=tuple(JoinedColumn(j["name"], tuple(j["from"]), j["with"]) for j in body.get("joined", ())),
        safe=tuple(body.get("safe", ())),
        left_out=tuple(body.get("left_out", ())),
    )


def _fields(body: dict[str, Any], table: str) -> tuple[FieldSpec, ...]:
    return tuple(map(_field, body.get(table, {}).get("fields", [])))


def _field(row: dict[str, Any]) -> FieldSpec:
    def listed(value: str | list[str] | None) -> tuple[str, ...]:
        return () if value is None else (value,) if isinstance(value, str) else tuple(value)

    return FieldSpec(
        listed(row["into"]),
        listed(row.get("from")),
        row.get("do", "text"),
        {k: v for k, v in row.items() if k not in {"into", "from", "do"}},
    )


def _json(body: dict[str, Any]) -> JsonSpec:
    return JsonSpec(
        report=body["report"],
        person=body.get("person", {}),
        lists=tuple(body.get("lists", ())),
        people=tuple(
            JsonLevel(p["path"], p.get("role"), bool(p.get("many", False))) for p in body.get("people", ())
        ),
        restricted=tuple(body.get("restricted", ())),
        restricted_words=tuple(body.get("restricted_words", ())),
    )


def _check(mapping: Mapping, file: str) -> None:
    def wrong(what: str) -> MappingError:
        return MappingError(what, file=file, remedy="Correct the mapping file.")

    if mapping.format not in FORMATS:
        raise wrong(f"Unknown format {mapping.format!r}; there are {', '.join(sorted(FORMATS))}.")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", mapping.name):
        raise wrong("source.name has letters, numbers, _ and - only, 60 at the most.")
    groups = {table: getattr(mapping, table) for table in ("reports", "offences", "occasions", "people")}
    for table, fields in groups.items():
        _check_fields(table, table, fields, mapping, wrong)
    for party in mapping.parties:
        _check_fields(f"parties.{party.name}", "people", party.fields, mapping, wrong)
        if party.role not in code_set("roles").codes:
            raise wrong(f"parties.{party.name}: there is no role {party.role!r}.")
    if len({p.name for p in mapping.parties}) < len(mapping.parties):
        raise wrong("Two parties have the same name.")
    if mapping.format == "delimited":
        _check_files(mapping, wrong)
    _check_patterns(mapping, wrong)


def _check_patterns(mapping: Mapping, wrong: Callable[[str], MappingError]) -> None:
    """Every pattern can be read, by whichever reads it later."""
    for spec in mapping.files:
        told = {"pattern": spec.pattern, "row_shape": spec.row_shape or "", **spec.shapes}
        for place, pattern in told.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise wrong(f"files.{spec.name}: the pattern of {place} cannot be read: {error}.") from error
    for name, table in mapping.patterns.items():
        for pattern, _ in table:
            try:
                pl.Series([""]).str.contains(f"(?i){pattern}")
            except pl.exceptions.ComputeError as error:
                raise wrong(f"patterns.{name}: the pattern {pattern!r} cannot be read.") from error


_EXTRA = {"reports": {"_ref"}, "people": {"_row_ref", "_safe"}, "offences": {"_principal", "_included"}}


def _check_fields(
    place: str,
    table: str,
    fields: tuple[FieldSpec, ...],
    mapping: Mapping,
    wrong: Callable[[str], MappingError],
) -> None:
    from lamplighter.records.transforms import TRANSFORMS
    from lamplighter.records.transforms.common_words import common_words

    allowed = set(TABLES_BY_NAME[table].columns) | _EXTRA.get(table, set())
    for spec in fields:
        if spec.do not in TRANSFORMS:
            raise wrong(f"{place}: unknown transform {spec.do!r}.")
        if unknown := set(spec.into) - allowed:
            raise wrong(f"{place}: unknown field {sorted(unknown)[0]!r}.")
        for option, known in (
            ("map", mapping.maps),
            ("then_map", mapping.maps),
            ("patterns", mapping.patterns),
            ("words", common_words()),
        ):
            names = spec.options.get(option, [])
            for name in [names] if isinstance(names, str) else names:
                if name not in known:
                    raise wrong(f"{place}.{spec.into[0]}: there is no {option} table {name!r}.")


def _check_files(mapping: Mapping, wrong: Callable[[str], MappingError]) -> None:
    """Refuse names that a part of the mapping uses and no file has: such a slip would lose a column."""
    names = {spec.name for spec in mapping.files}
    for what, name in (("reports", mapping.report_rows), ("people", mapping.person_rows)):
        if name not in names:
            raise wrong(f"rows.{what}: there is no file {name!r}.")
    if mapping.file(mapping.report_rows).report is None:
        raise wrong(
            f"files.{mapping.report_rows}: say which column is the report's reference (report = ...)."
        )
    for spec in mapping.files:
        if not spec.columns:
            continue
        made = {j.name for j in spec.joined}
        own = set(spec.columns)
        for j in spec.joined:
            if missing := set(j.source) - own:
                raise wrong(f"files.{spec.name}.joined: there is no column {sorted(missing)[0]!r}.")
        used = {*spec.required, *spec.safe, *spec.left_out, *filter(None, (spec.report, spec.row))}
        if missing := used - own - made:
            raise wrong(f"files.{spec.name}: there is no column {sorted(missing)[0]!r}.")
    every = {c for spec in mapping.files for c in (*spec.columns, *(j.name for j in spec.joined))}
    if not all(spec.columns for spec in mapping.files):
        return
    fields = [*mapping.reports, *mapping.offences, *mapping.occasions, *mapping.people]
    for spec_of_field in (*fields, *(f for p in mapping.parties for f in p.fields)):
        if missing := set(spec_of_field.source) - every:
            raise wrong(f"{spec_of_field.into[0]}: no file has a column {sorted(missing)[0]!r}.")
