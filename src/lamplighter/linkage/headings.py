"""What the heading of a column says that it holds.

Names are looked up in ``columns.toml`` as they stand, without case, accents and marks; then without what is
in brackets, without words that every column of a table may have ("patient", "primary"), and with "no." as
"number".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lamplighter.linkage.names import folded, without_accents

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|#|[^\W\da-zA-Z_]+")
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
    """A column's name without case, accents and marks."""
    return re.sub(r"[\W_]", "", folded(name))


def words(name: str) -> list[str]:
    """The words of a column's name without case and accents: ``ApplicantSurname`` gives
    ``['applicant', 'surname']``."""
    # A capital letter begins a word: case is looked at before it is lost.
    return [folded(w) for w in _WORDS.findall(without_accents(name))]


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
        if candidate in document()["headings"]["surname_first"]:
            return "full_name"
    return None


def begins_with_surname(column: str) -> bool:
    """Whether a column's name says that the whole names in it begin with the surname."""
    return any(c in document()["headings"]["surname_first"] for c in _candidates(column))


def _candidates(column: str) -> Iterator[str]:
    """A column's name as it stands, and with less and less of what tells nothing."""
    headings = document()["headings"]
    name = plain(column)
    yield name
    yield from (name.removeprefix(p) for p in headings["drop"])
    bare = _BRACKETS.sub(" ", column)
    yield plain(bare)
    found = [headings["same"].get(w, w) for w in words(bare)]
    yield "".join(found)
    telling = [w for w in found if w not in headings["anybody"]]
    # "Patient no." is no number of a house.
    if telling and not (len(telling) < len(found) and set(telling) <= set(headings["bare"])):
        yield "".join(telling)
