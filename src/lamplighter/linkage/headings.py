"""What the heading of a column says that it holds.

Names are looked up in ``columns.toml`` as they stand, without case and marks; then without what is in
brackets, without words that every column of a table may have ("patient", "primary"), and with "no." as
"number".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|#")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")


@cache
def document() -> Mapping[str, Any]:
    """``columns.toml``."""
    return tomllib.loads((files("lamplighter.linkage") / "columns.toml").read_text("utf-8"))


@cache
def by_name() -> Mapping[str, str]:
    """The field of every name in the document."""
    return {name: field for field, names in document()["fields"].items() for name in names}


def plain(name: str) -> str:
    """A column's name without case and marks."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def named_field(column: str) -> str | None:
    """The field that a column's name says it is; 'answer' for one that is never compared."""
    names = document()["identifiers"]["names"]
    for candidate in _candidates(column):
        if candidate in document()["answers"]:
            return "answer"
        if candidate in names:
            return "identifier"
        if candidate in by_name():
            return by_name()[candidate]
    return None


def _candidates(column: str) -> Iterator[str]:
    """A column's name as it stands, and with less and less of what tells nothing."""
    headings = document()["headings"]
    name = plain(column)
    yield name
    yield from (name.removeprefix(p) for p in headings["drop"])
    bare = _BRACKETS.sub(" ", column)
    yield plain(bare)
    words = [headings["same"].get(w, w) for w in (w.lower() for w in _WORDS.findall(bare))]
    yield "".join(words)
    telling = [w for w in words if w not in headings["anybody"]]
    # "Patient no." is no number of a house.
    if telling and not (len(telling) < len(words) and set(telling) <= set(headings["bare"])):
        yield "".join(telling)
