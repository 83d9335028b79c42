"""Turn configuration files into sentences, tables and differences, by the description of their part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamplighter.hub.design.environment import grouped, long_date, plural
from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import (
    MARKS,
    Document,
    Group,
    Named,
    Node,
    Row,
    Rows,
    Value,
    holds,
)

Line = tuple[str, str]
# Said in one line, after the values.
ORIGIN = ("mark", "source")


@dataclass(frozen=True)
class Item:
    """One row of a table: what it is called, when it holds, its values with their labels, and its source."""

    title: str
    dates: str = ""
    standing: str = ""
    lines: tuple[Line, ...] = ()
    source: str = ""
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One table of a file, or one file of a folder. ``plain``: its rows have words and nothing else."""

    title: str
    items: tuple[Item, ...] = ()
    key: str = ""

    @property
    def plain(self) -> bool:
        return not any(item.lines or item.source for item in self.items)


@dataclass(frozen=True)
class Difference:
    """Difference between a version of a table and the one before: rows added, removed and changed."""

    title: str
    added: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()
    changed: tuple[tuple[Item, tuple[tuple[str, str, str], ...]], ...] = field(default=())


def sections(part: Part, documents: Mapping[str, Document], today: dt.date) -> list[Section]:
    """Return what the files of a part say, table by table; one section a file where it has several."""
    if part.is_folder:
        return [_of_file(part, name, document, today) for name, document in documents.items()]
    found = [_section(node, document, today) for document in documents.values() for node in _tables(part)]
    alone = [_alone(part, document) for document in documents.values()]
    made = [section for section in (*alone, *found) if section is not None and section.items]
    return made


def _tables(part: Part) -> list[Node]:
    return [node for node in part.schema if not isinstance(node, Value)]


def _alone(part: Part, document: Document) -> Section | None:
    """Return the values that stand in no table."""
    values = [node for node in part.schema if isinstance(node, Value)]
    item = Item("", lines=tuple(_lines(values, document)), source=_source(document), key=("",))
    return Section("In general", (item,), "general") if item.lines or item.source else None


def _of_file(part: Part, name: str, document: Document, today: dt.date) -> Section:
    values = [node for node in part.schema if isinstance(node, Value)]
    lines = list(_lines([v for v in values if v.name != "title"], document))
    for node in _tables(part):
        if isinstance(node, Group) and isinstance(given := document.get(node.name), Mapping):
            lines += [(f"{node.title}: {label}", words) for label, words in _lines(node.values, given)]
        elif isinstance(node, Rows) and (rows := _as_rows(document.get(node.name))):
            # Copyrighted wording is read by whoever may answer it, under a licence, and not here.
            if document.get("licence") == "licensed":
                lines.append((node.title, str(len(rows))))
            else:
                lines += [(f"{node.title[:-1]} {n}", _question(row)) for n, row in enumerate(rows, 1)]
    title = str(document.get("title", name))
    return Section(title, (Item("", lines=tuple(lines), key=(name,)),), name)


def _question(row: Row) -> str:
    return f"{row.get('text') or row.get('title', '')}" + (
        " (counts from the other end)" if row.get("reverse") else ""
    )


def _section(node: Node, document: Document, today: dt.date) -> Section | None:
    given = document.get(node.name)
    if isinstance(node, Rows):
        return Section(node.title, tuple(_item(node, row, today) for row in _as_rows(given)), node.name)
    if isinstance(node, Group) and isinstance(given, Mapping):
        lines = tuple(_lines(node.values, given))
        return Section(node.title, (Item("", lines=lines, key=("",)),), node.name)
    if isinstance(node, Named) and isinstance(given, Mapping):
        named = [(name, row) for name, row in sorted(given.items(), reverse=True) if isinstance(row, Mapping)]
        items = [
            Item(name, lines=tuple(_lines(node.values, row)), source=_source(row), key=(name,))
            for name, row in named
        ]
        return Section(node.title, tuple(items), node.name)
    return None


def _as_rows(given: Any) -> list[Row]:
    return [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []


def _item(table: Rows, row: Row, today: dt.date) -> Item:
    code = str(row.get(table.code, "")) if table.code else ""
    heading = next((v for v in table.values if isinstance(v, Value) and v.name == table.heading), None)
    title = _words(heading, row.get(table.heading)) or code if heading else ""
    begins = row.get("from")
    dated = table.dated and type(begins) is dt.date
    # A row without a code is known by what it says of whom.
    key = (code or " ".join(_words(v, row.get(v.name)) for v in table.values[:2] if isinstance(v, Value)),)
    return Item(
        title,
        dates=_dates(row) if dated else "",
        standing=_standing(row, today) if dated else "",
        lines=tuple(_lines([v for v in table.values if v is not heading], row)),
        source=_source(row),
        key=(*key, str(begins)) if dated else key,
    )


def _source(row: Row) -> str:
    """Return where a row comes from and how firm it is, in one line."""
    source, mark = row.get("source"), MARKS.get(str(row.get("mark")), "")
    mark = mark[:1].lower() + mark[1:]
    if not (isinstance(source, str) and source):
        return mark
    return f"{source} ({mark})" if mark else source


def _dates(row: Row) -> str:
    begins, until = row["from"], row.get("until")
    if type(until) is not dt.date:
        return f"From {long_date(begins)}"
    return f"From {long_date(begins)} to {long_date(until - dt.timedelta(days=1))}"


def _standing(row: Row, today: dt.date) -> str:
    if type(row.get("until", today)) is not dt.date or holds(row, today):
        return ""
    return "Not yet in force" if row["from"] > today else "No longer in force"


def _lines(values: Iterable[Value | Rows], row: Row) -> Iterable[Line]:
    for value in values:
        if value.name not in row or value.name in ORIGIN:
            continue
        if isinstance(value, Rows):
            inner = _as_rows(row[value.name])
            said = [_inner(one) for one in inner]
            yield value.title, "\n".join(said)
        elif value.shown and (words := _words(value, row[value.name])):
            yield value.label, words


def _inner(row: Row) -> str:
    """Return a row within a row in one line: a question, a title, or an entry of a change log."""
    if "what" in row and type(row.get("on")) is dt.date:
        return f"{long_date(row['on'])}, {row.get('by', '')}: {row['what']}"
    told = str(row.get("question") or row.get("title") or "")
    return f"{told} ({_source(row)})" if _source(row) else told


def _words(value: Value | Rows, given: Any) -> str:
    if given is None or isinstance(value, Rows):
        return ""
    if value.many and isinstance(given, list):
        told = [_one(value, one) for one in given]
        if value.unit and len(told) > 1 and all(type(one) is int for one in given):
            return f"{_and([grouped(one) for one in given])} {value.unit[1]}"
        return _and(told)
    return _one(value, given)


def _one(value: Value, given: Any) -> str:
    if isinstance(given, bool):
        return "Yes" if given else "No"
    if isinstance(given, int):
        return plural(given, *value.unit) if value.unit else grouped(given)
    if isinstance(given, dt.date):
        return long_date(given)
    codes = value.words or value.one_of
    return codes().get(str(given), str(given)) if codes else str(given)


def _and(words: Sequence[str]) -> str:
    """Return words with commas between, or with semicolons where they hold commas themselves."""
    between = "; " if any("," in word for word in words) else ", "
    return between.join(words)


# Differences -----------------------------------------------------------------------------------------------


def differences(
    part: Part, before: Mapping[str, Document], after: Mapping[str, Document]
) -> list[Difference]:
    """Return what differs between two versions of a part, table by table, without tables that are equal."""
    day = dt.date.min
    old = {section.key: section for section in sections(part, before, day)}
    new = {section.key: section for section in sections(part, after, day)}
    found = [
        _difference((new.get(key) or old[key]).title, old.get(key, Section("")), new.get(key, Section("")))
        for key in dict.fromkeys([*new, *old])
    ]
    return [d for d in found if d.added or d.removed or d.changed]


def _difference(title: str, old: Section, new: Section) -> Difference:
    before, after = ({item.key: item for item in section.items} for section in (old, new))
    changed = [
        (item, lines)
        for key, item in after.items()
        if key in before and (lines := tuple(_changed(before[key], item)))
    ]
    return Difference(
        title,
        added=tuple(item for key, item in after.items() if key not in before),
        removed=tuple(item for key, item in before.items() if key not in after),
        changed=tuple(changed),
    )


def _changed(before: Item, after: Item) -> Iterable[tuple[str, str, str]]:
    if before.title != after.title:
        yield "Words", before.title, after.title
    if before.dates != after.dates:
        yield "In force", before.dates, after.dates
    if before.source != after.source:
        yield "Source", before.source, after.source
    old, new = dict(before.lines), dict(after.lines)
    for label in dict.fromkeys([*new, *old]):
        if old.get(label, "") != new.get(label, ""):
            yield label, old.get(label, ""), new.get(label, "")
