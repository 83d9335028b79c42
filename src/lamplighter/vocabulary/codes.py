"""Dated code sets, read once from the TOML files beside this module.

Law and recording rules change: every look-up takes a date, and a code that was
not in force on that date is not found on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from lamplighter.vocabulary import supplied, upkeep


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one set; ``extra`` holds the set's own columns, such as a behaviour's limb."""

    code: str
    title: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    extra: Mapping[str, Any]

    def in_force(self, on: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A named set of codes with its meaning and its source."""

    name: str
    meaning: str
    source: str
    codes: Mapping[str, Code]

    def on(self, date: dt.date) -> dict[str, Code]:
        """Return the codes in force on ``date``."""
        return {c.code: c for c in self.codes.values() if c.in_force(date)}

    def title(self, code: str) -> str:
        """Return the title of ``code``. Raises ``KeyError`` naming the set when there is no such code."""
        try:
            return self.codes[code].title
        except KeyError:
            raise KeyError(f"No code {code!r} in code set {self.name!r}") from None


@supplied.remembered
def code_sets() -> Mapping[str, CodeSet]:
    """Return every code set, by name. Raises ``upkeep.UpkeepError``."""
    found: dict[str, CodeSet] = {"agencies": _agencies(supplied.document(supplied.AGENCIES))}
    for path in sorted((files("lamplighter.vocabulary") / "code_sets").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            body = upkeep.packaged("lamplighter.vocabulary", f"code_sets/{path.name}").body
            for name, rows in body.items():
                found[name] = _code_set(name, rows)
    return found


def code_set(name: str) -> CodeSet:
    """One code set. Raises ``KeyError`` when there is none of that name."""
    try:
        return code_sets()[name]
    except KeyError:
        raise KeyError(f"There is no code set {name!r}; there are {', '.join(sorted(code_sets()))}") from None


def _agencies(body: dict[str, Any]) -> CodeSet:
    codes = {}
    for row in body["agency"]:
        extra = {k: v for k, v in row.items() if k not in {"code", "name"}}
        codes[row["code"]] = Code(row["code"], row["name"], None, None, extra)
    return CodeSet("agencies", body.get("meaning", ""), body.get("source", ""), codes)


def _code_set(name: str, body: dict[str, Any]) -> CodeSet:
    codes = {}
    for code, row in body["codes"].items():
        extra = {k: v for k, v in row.items() if k not in {"title", "from", "until"}}
        codes[code] = Code(code, row["title"], row.get("from"), row.get("until"), extra)
    return CodeSet(name, body["meaning"], body.get("source", ""), codes)
