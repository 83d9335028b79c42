"""Read who wrote a file of rules, who checked it, when it is looked at again, and what was changed in it.

Law and guidance change while a file stands still. A file of rules that does not
say these things is refused when it is read, and one whose review is overdue is
shown as such on the page "Law as this hub has it".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lamplighter.rule_files import reading
from lamplighter.rule_files.dated import Rule

TABLE = "upkeep"
KEYS = ("author", "checker", "next_review", "change")


class UpkeepError(ValueError):
    """A file of rules does not say who keeps it up. The text names the file, the key and what to add."""

    def __init__(self, file: str, what: str, remedy: str) -> None:
        self.file = file
        super().__init__(f"{file}, [{TABLE}]: {what} {remedy}")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change log."""

    on: dt.date
    by: str
    what: str


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Hold who keeps a file of rules up. ``changes`` are in the order in which the file has them."""

    author: str
    checker: str
    next_review: dt.date
    changes: tuple[Change, ...]

    def overdue(self, on: dt.date) -> bool:
        """Return whether the review should have been before ``on``."""
        return self.next_review < on


def upkeep_of(body: Mapping[str, Any], file: str) -> Upkeep:
    """Return the upkeep of a parsed file. Raises ``UpkeepError`` where it is missing or not whole."""
    told = body.get(TABLE)
    if not isinstance(told, Mapping):
        raise UpkeepError(file, "the table is missing.", f"Add {', '.join(KEYS)}.")
    for key in ("author", "checker"):
        if not isinstance(told.get(key), str) or not told[key].strip():
            raise UpkeepError(file, f"the key {key} is missing.", "Name who it was.")
    if type(told.get("next_review")) is not dt.date:
        raise UpkeepError(file, "the key next_review is missing.", "Give the day, as 2027-05-28.")
    rows = told.get("change")
    if not isinstance(rows, list) or not rows:
        raise UpkeepError(file, "the change log is missing.", f"Add [[{TABLE}.change]] with on, by and what.")
    return Upkeep(
        told["author"], told["checker"], told["next_review"], tuple(_change(row, file) for row in rows)
    )


def _change(row: Any, file: str) -> Change:
    if (
        isinstance(row, Mapping)
        and type(row.get("on")) is dt.date
        and all(isinstance(row.get(key), str) and row[key].strip() for key in ("by", "what"))
    ):
        return Change(row["on"], row["by"], row["what"])
    raise UpkeepError(file, "an entry of the change log is not whole.", "Give on, by and what.")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file of rules as packaged: what it holds, without its upkeep, and its upkeep."""

    body: Mapping[str, Any]
    upkeep: Upkeep
    name: str
    text: str

    def rows(self, table: str, code: str = "id") -> list[Rule]:
        """Return the rows of a table with their days. Raises ``RuleFileError`` that names file and line."""
        return reading.dated(self.body[table], table, self.name, text=self.text, code=code)


def parsed(text: str, file: str) -> RuleFile:
    """Return the rules of a text. Raises ``UpkeepError`` and ``RuleFileError``."""
    body = reading.parsed(text, file)
    found = upkeep_of(body, file)
    return RuleFile({name: value for name, value in body.items() if name != TABLE}, found, file, text)


@cache
def packaged(package: str, path: str) -> RuleFile:
    """Return the file of rules ``path`` of ``package``, such as ``"code_sets/offences.toml"``.

    Raises ``UpkeepError``.
    """
    return parsed(files(package).joinpath(*path.split("/")).read_text("utf-8"), path)
