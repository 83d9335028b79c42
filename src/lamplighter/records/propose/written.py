"""A mapping's parts written as TOML that a person can read, and read again by the page that made it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lamplighter.records.propose.columns.meanings import meanings

WIDTH = 112
_FIRST = ("source", "rows", "joins", "columns", "files", "key_from", "json")
_FIELDS = ("reports", "offences", "occasions", "people")
_LAST = ("parties", "patterns", "maps")
_HEAD = "# What a system's export means to the hub. The code tables are at the end."
_COMMENTS = {
    "columns": "# What each column means, as it was chosen on the page; the fields below follow from it.",
    "parties": "# People who stand side by side in one row.",
    "maps": "# The system's words and codes, and ours. An empty one is left open on purpose.",
}


def mapping_toml(body: Mapping[str, Any]) -> str:
    """Return the TOML of a mapping. Read again, it gives the same parts back."""
    known = {*_FIRST, *_FIELDS, *_LAST}
    order = [*_FIRST, *_FIELDS, *(k for k in body if k not in known), *_LAST]
    parts = [_HEAD]
    for name in order:
        if name in body:
            parts.append(_part(name, body[name]))
    return "\n\n".join(parts) + "\n"


def _part(name: str, value: Any) -> str:
    lines = [_COMMENTS[name]] if name in _COMMENTS else []
    if name in _FIELDS:
        return "\n".join([*lines, f"[{name}]", "fields = [", *_rows(value["fields"]), "]"])
    if name == "parties":
        return "\n".join([*lines, *_listed_tables(name, value)])
    if name in {"maps", "patterns", "columns"}:
        return "\n".join([*lines, *_named_tables(name, value)])
    if isinstance(value, list):
        return "\n".join([*lines, *_listed_tables(name, value)])
    return "\n".join([*lines, *_table(name, value)])


def _rows(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"    {_inline(row)}," for row in rows]


def _table(name: str, value: Mapping[str, Any]) -> list[str]:
    """Return a table: what is plain first, then tables within it."""
    plain = {k: v for k, v in value.items() if not _holds_tables(v)}
    lines = [f"[{name}]", *(_line(k, v) for k, v in plain.items())]
    for key, inner in value.items():
        if key in plain:
            continue
        if isinstance(inner, Mapping):
            lines += ["", *_table(f"{name}.{_key(key)}", inner)]
        else:
            lines += ["", *_listed_tables(f"{name}.{_key(key)}", inner)]
    return lines


def _listed_tables(name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += ["", f"[[{name}]]"] if lines else [f"[[{name}]]"]
        inner = {k: v for k, v in row.items() if isinstance(v, Mapping)}
        for key, value in row.items():
            if key in inner:
                continue
            if key == "fields":
                lines += ["fields = [", *_rows(value), "]"]
            elif key == "joined":
                lines += ["joined = [", *_rows(value), "]"]
            else:
                lines.append(_line(key, value))
        for key, value in inner.items():
            lines += ["", f"[{name}.{_key(key)}]", *(_line(k, v) for k, v in value.items())]
    return lines


def _named_tables(name: str, tables: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, value in tables.items():
        if lines:
            lines.append("")
        if isinstance(value, list):
            lines += _listed_tables(f"{name}.{_key(key)}", value)
            continue
        lines.append(f"[{name}.{_key(key)}]")
        for word, told in value.items():
            comment = _label(told) if name == "columns" else ""
            lines.append(f"{_key(word)} = {_value(told)}{comment}")
    return lines


def _label(said: str) -> str:
    """What a meaning is called on the page."""
    meaning = said.rpartition(": ")[2]
    found = meanings().get(meaning)
    return "" if found is None else f"  # {found.label}"


def _line(key: str, value: Any) -> str:
    line = f"{_key(key)} = {_value(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        return line
    out, held = [f"{_key(key)} = ["], "   "
    for item in value:
        told = f" {_value(item)},"
        if len(held) + len(told) > WIDTH:
            out.append(held)
            held = "   "
        held += told
    return "\n".join([*out, held, "]"])


def _holds_tables(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)
    )


def _key(key: str) -> str:
    plain = bool(key) and all(c.isascii() and (c.isalnum() or c in "_-") for c in key)
    return key if plain else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | int | float):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    raise TypeError(f"A mapping holds no {type(value).__name__}.")


def _inline(row: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in row.items()) + " }"


def _text(value: str) -> str:
    # A pattern is easier to read as a literal, in which no backslash is doubled.
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
