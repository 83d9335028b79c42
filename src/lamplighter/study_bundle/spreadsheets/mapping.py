"""Mapping files: how one force's spreadsheet becomes a bundle, as TOML. No code for any one force.

Two shapes. ``reports``: one line a report, with columns for people, outcome and dates; every ``[[events]]``,
``[[offences]]`` and ``[[behaviours]]`` entry makes a row where its cells are filled. ``totals``: one line a
force, with a column for each outcome.

A cell is named by its heading ("Date withdrawn"), or given as ``{ from = "...", map = "..." }``,
``{ value = "..." }``, or ``{ from = "...", pseudonym = "person" }``, which puts a number for the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from lamplighter.records.mapping.mappings import FileSpec, plain_code
from lamplighter.rule_files.faults import RuleFileError, not_toml
from lamplighter.rule_files.reading import parsed
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.schema import kinds, tables

SHAPES = ("reports", "totals")
_DELIMITERS = (",", ";", "|", "\t")


@dataclass(frozen=True, slots=True)
class Cell:
    """Source of a value: a heading, with a table of values or a pseudonym; or a fixed value."""

    heading: str | None = None
    value: str | None = None
    table: str | None = None
    pseudonym: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Condition on which a line makes a row: the cell holds one of the words, or anything at all."""

    heading: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """Column by which one of several lines of a reference stands: its latest date or number, or a word."""

    heading: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowSpec:
    """A row of one table made from a line: where ``when`` holds or, without it, any heading is filled."""

    table: str
    cells: Mapping[str, Cell]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class RatesTable:
    """Rates as printed, in a file of their own or beside the counts, joined by force and period.

    ``columns`` has for the heading of each rate the heading of the counts that it is made of; ``of`` is the
    heading of the counts that it is a share of.
    """

    file: str | None
    force: str
    period: str | None
    of: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WideTotals:
    """A table with a column for each outcome."""

    force: str
    columns: Mapping[str, Mapping[str, str]]
    fixed: Mapping[str, str]
    rest: bool
    total: str | None
    leave_out: tuple[str, ...]
    control: str | None
    control_name: str
    control_count: str
    period: str | None = None
    rates: RatesTable | None = None


@dataclass(frozen=True, slots=True)
class BundleMapping:
    """One mapping file, checked."""

    title: str
    shape: str
    encoding: str
    delimiter: str
    metadata: Mapping[str, Any]
    rows: tuple[RowSpec, ...]
    maps: Mapping[str, Mapping[str, str]]
    totals: WideTotals | None = None
    nulls: tuple[str, ...] = field(default=())
    line: int | None = None
    sheet: str | None = None
    stands: Stands | None = None
    #: Words of the force for codes of a set, whatever the column: what somebody answered once.
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def spec(self) -> FileSpec:
        """Return how the lines are read."""
        return FileSpec(
            name=self.shape,
            pattern="",
            columns=(),
            required=(),
            encoding=self.encoding,
            delimiter=self.delimiter,
        )


def built_in() -> list[str]:
    """Names of the mappings that come with the package."""
    folder = files("lamplighter.study_bundle.spreadsheets") / "mappings"
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))


def find_mapping(name_or_path: str | Path) -> BundleMapping:
    """A built-in mapping by name, or any by the path of its file. Raises ``BundleMappingError``."""
    if str(name_or_path) in built_in():
        file = f"{name_or_path}.toml"
        text = (files("lamplighter.study_bundle.spreadsheets") / "mappings" / file).read_text("utf-8")
        return parse(text, file)
    return load(name_or_path)


def load(path: str | Path) -> BundleMapping:
    """A mapping from its TOML file. Raises ``BundleMappingError`` saying what is wrong and where."""
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BundleMappingError(
            "The mapping cannot be read.",
            file=path.name,
            remedy="Check the path and write it in UTF-8, or name one that comes along: police_uk_outcomes.",
        ) from error
    return parse(text, path.name)


def parse(text: str, file: str) -> BundleMapping:
    """A mapping from TOML text. Raises ``BundleMappingError``."""
    try:
        body = parsed(text, file)
    except RuleFileError as error:
        raise BundleMappingError(not_toml(error), file=file, remedy="Correct the file.") from error
    try:
        return _mapping(body)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = str(error).strip("'\"") or type(error).__name__
        raise BundleMappingError(
            f"A part is missing or misshapen: {what}.",
            file=file,
            remedy="Compare with the example that `lamplighter bundle template` writes.",
        ) from error


def _mapping(body: dict[str, Any]) -> BundleMapping:
    source = body["source"]
    shape = source["shape"]
    if shape not in SHAPES:
        raise ValueError(f"shape must be one of {', '.join(SHAPES)}")
    delimiter = source.get("delimiter", ",")
    if delimiter not in _DELIMITERS:
        raise ValueError("delimiter must be a comma, semicolon, bar or tab")
    encoding = source.get("encoding", "utf-8")
    if encoding not in ("utf-8", "cp1252", "latin-1"):
        raise ValueError("encoding must be utf-8, cp1252 or latin-1")
    maps = {
        name: {plain_code(k): str(v) for k, v in table.items()}
        for name, table in body.get("maps", {}).items()
    }
    rows = tuple(_rows(body)) if shape == "reports" else ()
    for spec in rows:
        for column, cell in spec.cells.items():
            if cell.table is not None and cell.table not in maps:
                raise ValueError(f"{spec.table}.{column}: there is no table of values {cell.table}")
    if shape == "reports" and not any(r.table == "reports" for r in rows):
        raise ValueError("[reports] is missing")
    return BundleMapping(
        title=str(source.get("title", "Study bundle from a spreadsheet")),
        shape=shape,
        encoding=encoding,
        delimiter=delimiter,
        metadata=dict(body["metadata"]),
        rows=rows,
        maps=maps,
        totals=_totals(body["totals"]) if shape == "totals" else None,
        nulls=tuple(plain_code(str(n)) for n in source.get("nulls", ())),
        line=_line(source.get("line")),
        sheet=source.get("sheet"),
        stands=_stands(source.get("stands")),
        words={
            name: {plain_code(k): str(v) for k, v in table.items()}
            for name, table in body.get("words", {}).items()
        },
    )


def _line(said: Any) -> int | None:
    if said is not None and (not isinstance(said, int) or said < 1):
        raise ValueError("source.line must be the number of the line of headings, counted from 1")
    return said


def _stands(said: Any) -> Stands | None:
    if said is None:
        return None
    if set(said) == {"latest"}:
        return Stands(str(said["latest"]))
    if set(said) != {"from", "is"}:
        raise ValueError('source.stands must be { latest = "..." } or { from = "...", is = ["..."] }')
    condition = _condition(said)
    assert condition is not None
    if not condition.words:
        raise ValueError("source.stands: is must name the words of a line that stands")
    return Stands(condition.heading, condition.words)


def _rows(body: dict[str, Any]) -> list[RowSpec]:
    out = [RowSpec("reports", _cells("reports", body["reports"]))]
    for part in ("victim", "suspect"):
        person = body.get("people", {}).get(part)
        if person is not None:
            if f"{part}_id" not in out[0].cells:
                raise ValueError(f"people.{part} needs reports.{part}_id")
            cells = {"person_id": out[0].cells[f"{part}_id"]} | _cells("people", person)
            out.append(RowSpec("people", cells))
    for table in ("offences", "behaviours", "events"):
        for entry in body.get(table, []):
            rest = {k: v for k, v in entry.items() if k != "when"}
            spec = RowSpec(table, _cells(table, rest), _condition(entry.get("when")))
            if table == "events" and (spec.cells["kind"].value or "") not in kinds():
                raise ValueError(
                    "events: kind must be a kind of event of the dictionary, in { value = ... } or as it is"
                )
            out.append(spec)
    return out


def _cells(table: str, body: Mapping[str, Any]) -> dict[str, Cell]:
    columns = tables()[table].columns
    out = {}
    for column, said in body.items():
        if column not in columns:
            raise ValueError(f"{table} has no column {column}")
        out[column] = _cell(f"{table}.{column}", said)
    return out


def _cell(where: str, said: Any) -> Cell:
    if isinstance(said, str):
        # The kind of an event is never a heading.
        return Cell(value=said) if where == "events.kind" else Cell(heading=said)
    if unknown := set(said) - {"from", "value", "map", "pseudonym"}:
        raise ValueError(f"{where}: unknown word {sorted(unknown)[0]}")
    if ("from" in said) == ("value" in said):
        raise ValueError(f"{where}: say either from or value")
    for part in said.values():
        if not isinstance(part, str):
            raise ValueError(f"{where}: texts only")
    return Cell(said.get("from"), said.get("value"), said.get("map"), said.get("pseudonym"))


def _condition(said: Any) -> Condition | None:
    if said is None:
        return None
    if isinstance(said, str):
        return Condition(said, ())
    words = said.get("is", [])
    listed = [words] if isinstance(words, str) else list(words)
    return Condition(said["from"], tuple(plain_code(str(w)) for w in listed))


def _totals(body: dict[str, Any]) -> WideTotals:
    columns = body.get("columns", {})
    allowed = set(tables()["totals"].columns)
    fixed = {k: str(v) for k, v in body.get("fixed", {}).items()}
    for name, cells in [*columns.items(), ("fixed", fixed)]:
        if unknown := set(cells) - allowed:
            raise ValueError(f"totals has no column {sorted(unknown)[0]} ({name})")
    control = body.get("control", {})
    return WideTotals(
        force=body["force"],
        columns={k: {c: str(v) for c, v in cells.items()} for k, cells in columns.items()},
        fixed=fixed,
        rest=bool(body.get("rest", False)),
        total=body.get("total"),
        leave_out=tuple(body.get("leave_out", ())),
        control=control.get("file"),
        control_name=control.get("name", ""),
        control_count=control.get("count", ""),
        period=body.get("period"),
        rates=_rates(body),
    )


def _rates(body: dict[str, Any]) -> RatesTable | None:
    said = body.get("rates")
    if said is None:
        return None
    counted = {*body.get("columns", {}), *((body["total"],) if "total" in body else ())}
    columns = {str(k): str(v) for k, v in said["columns"].items()}
    for heading in (said["of"], *columns.values()):
        if heading not in counted:
            raise ValueError(f"totals.rates: {heading} is no column of counts of this mapping")
    return RatesTable(
        said.get("file"),
        str(said.get("force", body["force"])),
        said.get("period", body.get("period")),
        str(said["of"]),
        columns,
    )
