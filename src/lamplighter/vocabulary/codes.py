"""Dated code sets, read once from the TOML files beside this module.

Law and recording rules change: every look-up takes a date, and a code that was
not in force on that date is not found on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeAlias

from lamplighter.rule_files import reading
from lamplighter.rule_files.dated import Rule, rule
from lamplighter.vocabulary import supplied, upkeep

Code: TypeAlias = Rule
"""One code of one set; ``extra`` holds the set's own columns, such as a behaviour's limb."""


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
    """Return every code set, by name. Raises ``UpkeepError`` and ``RuleFileError``."""
    found: dict[str, CodeSet] = {"agencies": _agencies(supplied.document(supplied.AGENCIES))}
    for path in sorted((files("lamplighter.vocabulary") / "code_sets").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            file = upkeep.packaged("lamplighter.vocabulary", f"code_sets/{path.name}")
            for name, body in file.body.items():
                rows = [{"code": code} | row for code, row in body["codes"].items()]
                dated = reading.dated(rows, name, file.name, text=file.text, code="code")
                codes = {code.code: code for code in dated}
                found[name] = CodeSet(name, body["meaning"], body.get("source", ""), codes)
    return found


def code_set(name: str) -> CodeSet:
    """One code set. Raises ``KeyError`` when there is none of that name."""
    try:
        return code_sets()[name]
    except KeyError:
        raise KeyError(f"There is no code set {name!r}; there are {', '.join(sorted(code_sets()))}") from None


def _agencies(body: dict[str, Any]) -> CodeSet:
    codes = {row["code"]: rule(row, row["code"]) for row in body["agency"]}
    return CodeSet("agencies", body.get("meaning", ""), body.get("source", ""), codes)
