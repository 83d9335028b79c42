"""Say what a configuration file may hold: keys and tables with their types, labels and dates.

A part of the configuration describes its file with these. From the same
description the file is checked, with errors that name table, row and key, and
shown on the page "Configuration".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

from lamplighter.rule_files.dated import first_day as first_day
from lamplighter.rule_files.dated import holds as holds
from lamplighter.rule_files.dated import turns as turns
from lamplighter.rule_files.faults import Fault, listed, nearest, quoted, short

Document: TypeAlias = Mapping[str, Any]
Row: TypeAlias = Mapping[str, Any]
Codes: TypeAlias = Callable[[], Mapping[str, str]]
Shape: TypeAlias = Callable[[Any], str | None]
"""Return what is wrong with a value, as the rest of "must …", or nothing."""

CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
KIND = re.compile(r"[a-z][a-z0-9_.]*")
KINDS = {
    str: ("text", "texts"),
    int: ("a whole number", "whole numbers"),
    bool: ("true or false", "true or false"),
    dt.date: ("a date", "dates"),
    float: ("a decimal number", "decimal numbers"),
    dict: ("a table", "tables"),
}
EXAMPLES = {str: '"…"', int: "1", bool: "true", dt.date: "2026-05-03", float: "0.5", dict: "{ … }"}
MARKS = {
    "S": "Stated by a published source",
    "K": "General knowledge, to be checked",
    "I": "A default, to be agreed by the hub",
}


def is_code(value: str) -> str | None:
    """Check a code, which also stands in addresses of pages."""
    return None if CODE.fullmatch(value) else "be lowercase letters, digits, hyphens and underscores"


def is_kind(value: str) -> str | None:
    """Check the kind of a task, such as ``case.triage``."""
    return None if KIND.fullmatch(value) else "be lowercase letters, digits, dots and underscores"


def is_time(value: str) -> str | None:
    """Check a time of day such as "17:00"."""
    try:
        return None if dt.time.fromisoformat(value).tzinfo is None and len(value) == 5 else "be as “17:00”"
    except ValueError:
        return "be a time of day such as “17:00”"


@dataclass(frozen=True, slots=True)
class Value:
    """One key. ``label`` is what the page calls it; ``unit`` is one and many of what it counts."""

    name: str
    label: str
    of: type = str
    many: bool = False
    optional: bool = False
    may_be_empty: bool = False
    least: int | None = None
    most: int | None = None
    longest: int = 600  # characters
    one_of: Codes | None = None
    words: Codes | None = None  # for the page, where the codes are of another part
    shape: Shape | None = None
    unit: tuple[str, str] | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """An array of tables, ``[[name]]``.

    ``code`` is the key that names a row ("" for none). Dated rows hold ``from``
    a day ``until`` another. ``single``: one row holds on each day, whatever its
    code. ``always``: codes that must hold on each day, for the software asks for
    them. ``some``: on each day there is a row to choose.
    """

    name: str
    title: str
    values: tuple[Value | Rows, ...]
    code: str = "code"
    heading: str = "title"
    dated: bool = True
    single: bool = False
    always: tuple[str, ...] = ()
    some: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A table of named values, ``[name]``."""

    name: str
    title: str
    values: tuple[Value | Rows, ...]
    # The error where the table is missing, and its remedy.
    missing: tuple[str, str] = ("missing_table", "")
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Tables that are called something, ``[name.2026]``. ``shape`` says what they may be called."""

    name: str
    title: str
    values: tuple[Value, ...]
    shape: Shape


Node: TypeAlias = Value | Rows | Group | Named
Schema: TypeAlias = tuple[Node, ...]


def code(label: str = "Code", *, name: str = "code", longest: int = 40) -> Value:
    """Return the key by which records refer to a row; ``longest`` is what their column holds."""
    return Value(name, label, longest=longest, shape=is_code, shown=False)


def text(name: str, label: str, **rest: Any) -> Value:
    return Value(name, label, **rest)


def count(name: str, label: str, one: str = "", many: str = "", **rest: Any) -> Value:
    """Return a key for a whole number that is at least 1 unless ``least`` says otherwise."""
    unit = (one, many or f"{one}s") if one else None
    return Value(name, label, of=int, unit=unit, **({"least": 1} | rest))


def dates() -> tuple[Value, ...]:
    return (
        Value("from", "In force from", of=dt.date, shown=False),
        Value("until", "In force until", of=dt.date, optional=True, shown=False),
    )


def origin(*, optional: bool = False) -> tuple[Value, ...]:
    """Return the keys that say where a row comes from and how firm it is."""
    return (
        Value("mark", "How firm", one_of=lambda: MARKS, optional=optional),
        Value("source", "Source", optional=optional),
    )


def settled() -> tuple[Value, ...]:
    """Return the keys of a file without dated rows: as of when it is set, and by whom."""
    return (Value("as_of", "Set on", of=dt.date), text("status", "Status"))


UPKEEP = Group(
    "upkeep",
    "Who keeps this up",
    (
        text("author", "Author", longest=200),
        text("checker", "Checked by", longest=200),
        Value("next_review", "Next review", of=dt.date),
        Rows(
            "change",
            "Changes",
            (
                Value("on", "On", of=dt.date),
                text("by", "By", longest=200),
                text("what", "What was changed"),
            ),
            code="",
            heading="what",
            dated=False,
        ),
    ),
    missing=(
        "no_upkeep",
        "Say who keeps these rules up: author, checker, next_review, and a [[upkeep.change]] with on, by and "
        "what.",
    ),
)
"""What each file of rules says of itself; ``vocabulary.upkeep`` asks the same of packaged files."""


@dataclass
class Report:
    """Collects the errors of one file, and knows on which line each ``[[table]]`` begins."""

    file: str
    text: str = ""
    faults: list[Fault] = field(default_factory=list)
    _heads: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, place: str, what: str, remedy: str) -> None:
        self.faults.append(Fault(name, self.file, place, what, remedy))

    def row(self, table: Rows, number: int, rows: Sequence[Row], within: str = "") -> str:
        """Return where a row is: its table, its number from 1, what it is called, and its line."""
        called = rows[number - 1].get(table.code) if table.code else None
        name = f" {quoted(called)}" if isinstance(called, str) and called else ""
        if within:
            return f"{within}, {table.name} {number}{name}"
        lines = self._lines(table.name)
        line = f" (line {lines[number - 1]})" if len(lines) == len(rows) else ""
        return f"[[{table.name}]] {number}{name}{line}"

    def _lines(self, table: str) -> list[int]:
        if table not in self._heads:
            lines = enumerate(self.text.split("\n"), 1)
            self._heads[table] = [n for n, line in lines if line.strip().startswith(f"[[{table}]]")]
        return self._heads[table]


def check(schema: Schema, document: Document, report: Report, shipped: Document | None = None) -> None:
    """Add to ``report`` everything in ``document`` that the schema does not allow.

    ``shipped`` is the file as it comes with the software: what holds on each day
    must hold from the day on which its row there begins.
    """
    known = {node.name: node for node in schema}
    for name, given in document.items():
        if name not in known:
            _unknown(name, given, known, report)
    for node in schema:
        given = document.get(node.name)
        if isinstance(node, Value):
            check_values((node,), document, "", report, others=False)
        elif given is None:
            if not (isinstance(node, Rows | Group) and node.optional):
                name, remedy = node.missing if isinstance(node, Group) else ("missing_table", "")
                report.add(name, "", f"the table {_head(node)} is missing.", remedy or AS_SHIPPED)
        elif isinstance(node, Rows):
            _check_rows(node, given, report, (shipped or {}).get(node.name, ()))
        elif not isinstance(given, dict):
            report.add(
                "wrong_type", node.name, f"must be a table, and is {_is(given)}.", f"Write [{node.name}]."
            )
        elif isinstance(node, Group):
            check_values(node.values, given, f"[{node.name}]", report)
        else:
            _check_named(node, given, report)


AS_SHIPPED = "Take it from the file as shipped."


def _unknown(name: str, given: Any, known: Mapping[str, Node], report: Report) -> None:
    is_table = isinstance(given, dict) or (
        isinstance(given, list) and any(isinstance(x, dict) for x in given)
    )
    what = "table" if is_table else "key"
    there = {n.name: _head(n) for n in known.values() if isinstance(n, Value) != is_table}
    like = nearest(name, there)
    for one, head in there.items():
        like = like.replace(f" {one}?", f" {head}?")
    plain = short(name)
    report.add(
        f"unknown_{what}",
        f"[{plain}]" if isinstance(given, dict) else f"[[{plain}]]" if is_table else f"key {plain}",
        f"this is not a {what} of the file.",
        like + (f"It can hold: {listed(there.values())}." if there else f"Remove the {what}."),
    )


def _head(node: Node) -> str:
    """Return how a key or a table is written."""
    return (
        f"[[{node.name}]]"
        if isinstance(node, Rows)
        else node.name
        if isinstance(node, Value)
        else f"[{node.name}]"
    )


def check_values(
    values: Sequence[Value | Rows], row: Row, place: str, report: Report, *, others: bool = True
) -> None:
    """Check the keys of one table; ``others``: keys that are not among ``values`` are errors."""
    at = f"{place}, " if place else ""
    names = [v.name for v in values]
    for name in row if others else ():
        if name not in names:
            report.add(
                "unknown_key",
                f"{at}key {short(name)}",
                "this is not a key of the table.",
                nearest(name, names) + f"It can hold: {listed(names)}.",
            )
    for value in values:
        if value.name not in row:
            if not value.optional:
                example = "" if isinstance(value, Rows) else f" = {_example(value)}"
                report.add(
                    "missing_key", place, f"the key {value.name} is missing.", f"Add {value.name}{example}."
                )
        elif isinstance(value, Rows):
            _check_nested(value, row[value.name], place, report)
        else:
            _check_value(value, row[value.name], f"{at}key {value.name}", report)


def _example(value: Value) -> str:
    one = EXAMPLES[value.of]
    return f"[{one}]" if value.many else one


def _is(given: Any) -> str:
    if isinstance(given, str):
        return f"text ({quoted(given)})"
    if isinstance(given, dt.datetime):
        return "a date with a time"
    plain = {float: "a decimal number", dt.time: "a time", list: "a list", dict: "a table"}
    if type(given) in plain:
        return plain[type(given)]
    for kind, (one, _) in KINDS.items():
        if type(given) is kind:
            return f"{one} ({quoted(given)})"
    return "something else"


def _check_value(value: Value, given: Any, place: str, report: Report) -> None:
    if not value.many:
        _check_one(value, given, place, report)
        return
    if not isinstance(given, list):
        what = f"must be a list of {KINDS[value.of][1]}, and is {_is(given)}."
        report.add("wrong_type", place, what, f"Write {value.name} = {_example(value)}.")
        return
    if not given and not value.may_be_empty:
        report.add("empty", place, "the list is empty.", f"Write {value.name} = {_example(value)}.")
    for number, one in enumerate(given):
        if one in given[:number]:
            report.add("repeated", place, f"{quoted(one)} is there twice.", "Remove one of the two.")
        else:
            _check_one(value, one, place, report)


def _check_one(value: Value, given: Any, place: str, report: Report) -> None:
    if type(given) is not value.of:
        report.add(
            "wrong_type",
            place,
            f"must be {KINDS[value.of][0]}, and is {_is(given)}.",
            _written_as(value, given),
        )
    elif isinstance(given, str) and not given.strip():
        report.add("empty", place, "the text is empty.", f"Write {value.name} = {_example(value)}.")
    elif isinstance(given, str) and len(given) > value.longest:
        what = f"the text has {len(given):,} characters, and {value.longest} is the most."
        report.add("too_long", place, what, "Shorten it.")
    elif isinstance(given, int) and value.least is not None and given < value.least:
        name = "not_positive" if value.least == 1 else "too_small"
        report.add(name, place, f"must be {value.least} or more, and is {given}.", "Correct the number.")
    elif isinstance(given, int) and value.most is not None and given > value.most:
        report.add(
            "too_large", place, f"must be {value.most} or less, and is {given}.", "Correct the number."
        )
    elif value.one_of is not None and given not in (codes := value.one_of()):
        remedy = nearest(str(given), codes) + f"It can be: {listed(codes)}."
        report.add("unknown_code", place, f"{quoted(given)} is not known here.", remedy)
    elif value.shape is not None and (wrong := value.shape(given)):
        report.add("malformed", place, f"must {wrong}, and is {quoted(given)}.", "Correct it.")


def _written_as(value: Value, given: Any) -> str:
    if value.of is int and isinstance(given, str) and given.strip().isdecimal():
        return f"Write {value.name} = {quoted(int(given))} without quotation marks."
    if value.of is float and type(given) is int:
        return f"Write {value.name} = {given}.0."
    if value.of is dt.date:
        return f"Write {value.name} = 2026-05-03: year, month and day, without quotation marks or time."
    return f"Write {value.name} = {_example(value)}."


def _tables(rows: Any, head: str, place: str, report: Report) -> bool:
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
        return True
    is_empty = isinstance(rows, list) and not rows
    what = "there is no row." if is_empty else f"must be rows, and is {_is(rows)}."
    report.add("wrong_type", place, what, f"Begin each row with {head}.")
    return False


def _check_nested(table: Rows, rows: Any, place: str, report: Report) -> None:
    if not _tables(rows, f"[[….{table.name}]]", f"{place}, {table.name}", report):
        return
    for number, row in enumerate(rows, 1):
        check_values(table.values, row, report.row(table, number, rows, place), report)
    _check_codes_once(table, rows, report, place)


def _check_rows(table: Rows, rows: Any, report: Report, shipped: Sequence[Row]) -> None:
    if not _tables(rows, f"[[{table.name}]]", f"[[{table.name}]]", report):
        return
    before = len(report.faults)
    values = (*table.values, *(dates() if table.dated else ()))
    for number, row in enumerate(rows, 1):
        check_values(values, row, report.row(table, number, rows), report)
    if len(report.faults) > before:
        return  # what follows asks for dates and codes
    if not table.dated:
        _check_codes_once(table, rows, report)
        return
    _check_periods(table, rows, report)
    if len(report.faults) > before:
        return
    for called, series in _series(table, rows).items():
        _check_series(table, rows, called, series, report)
    _check_always(table, rows, report, shipped)


def _check_codes_once(table: Rows, rows: Sequence[Row], report: Report, place: str = "") -> None:
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        called = row.get(table.code)
        if isinstance(called, str):
            if called in seen:
                where = report.row(table, number, rows, place)
                report.add("repeated", where, f"{quoted(called)} is there twice.", "Remove one of the two.")
            seen.add(called)


def _check_periods(table: Rows, rows: Sequence[Row], report: Report) -> None:
    for number, row in enumerate(rows, 1):
        if "until" in row and row["until"] <= row["from"]:
            report.add(
                "not_a_period",
                report.row(table, number, rows),
                f"ends on {row['until']}, which is not after its beginning on {row['from']}.",
                "“from” is the first day on which it holds, “until” the first on which it does not.",
            )


def _series(table: Rows, rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return the numbers of the rows that follow each other, by code, in the order of their dates."""
    found: dict[str, list[int]] = {}
    for number, row in enumerate(rows, 1):
        called = "" if table.single or not table.code else row[table.code]
        found.setdefault(called, []).append(number)
    if not table.single and not table.code:
        return {str(n): [n] for n in found.get("", [])}
    for numbers in found.values():
        numbers.sort(key=lambda n: rows[n - 1]["from"])
    return found


def _check_series(
    table: Rows, rows: Sequence[Row], called: str, numbers: Sequence[int], report: Report
) -> None:
    for earlier, later in pairwise(numbers):
        before, after = rows[earlier - 1], rows[later - 1]
        where = report.row(table, later, rows)
        if "until" not in before or before["until"] > after["from"]:
            report.add(
                "overlap",
                where,
                f"begins on {after['from']}, while the row that began on {before['from']} still holds.",
                f"End the earlier row with until = {after['from']}.",
            )
        elif before["until"] < after["from"]:
            report.add(
                "gap",
                where,
                f"begins on {after['from']}, and nothing holds from {before['until']} until then.",
                f"End the earlier row with until = {after['from']}.",
            )


def _check_always(table: Rows, rows: Sequence[Row], report: Report, shipped: Sequence[Row]) -> None:
    for day in turns(rows, first_day(shipped)) if table.some else ():
        if not any(holds(row, day) for row in rows):
            what = f"from {day} on there is no row to choose."
            report.add("nothing_to_choose", f"[[{table.name}]]", what, "Let a row hold from that day.")
            break
    series = _series(table, rows)
    for called in ("",) if table.single else table.always:
        name = f"[[{table.name}]]" + (f" {quoted(called)}" if called else "")
        if called not in series:
            what = f"there is no row {quoted(called)}, which the software asks for."
            report.add("missing_code", f"[[{table.name}]]", what, AS_SHIPPED)
            continue
        numbers = series[called]
        first, last = rows[numbers[0] - 1], rows[numbers[-1] - 1]
        begins = [r["from"] for r in shipped if not called or r.get(table.code) == called]
        if begins and first["from"] > min(begins):
            report.add(
                "begins_late",
                name,
                f"nothing holds before {first['from']}, and records go back to {min(begins)}.",
                f"Keep the row as shipped with until = {first['from']}, and yours after it.",
            )
        if "until" in last:
            report.add(
                "ends",
                name,
                f"nothing holds from {last['until']} on.",
                "Add a row from that day, or take out “until”.",
            )


def _check_named(node: Named, tables: Mapping[str, Any], report: Report) -> None:
    if not tables:
        report.add("missing_table", f"[{node.name}]", "there is nothing in it.", AS_SHIPPED)
    for called, row in tables.items():
        place = f"[{node.name}.{short(called)}]"
        if wrong := node.shape(called):
            report.add("malformed", place, f"its name must {wrong}.", "Correct the name.")
        elif not isinstance(row, dict):
            report.add("wrong_type", place, f"must be a table, and is {_is(row)}.", f"Write {place}.")
        else:
            check_values(node.values, row, place, report)
