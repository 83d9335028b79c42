"""Rules that hold from a day on: rows of a TOML file, each with its code, its words and its source."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its code, its words, and from when until when it holds. ``extra`` is all of it."""

    code: str
    title: str
    valid_from: dt.date
    valid_until: dt.date | None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


class Dated:
    """The tables of one file. A change is a new row: the rule that held stays readable."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        return {
            table: [Row(r["code"], r["title"], r["from"], r.get("until"), r) for r in rows]
            for table, rows in tomllib.loads(self.file.read_text("utf-8")).items()
        }

    def on(self, table: str, day: dt.date) -> dict[str, Row]:
        """The rows that hold on ``day``, by code, in their order; the later of two wins."""
        return {row.code: row for row in self._rows[table] if row.in_force(day)}

    def one(self, table: str, day: dt.date) -> Row:
        """The only row that a table of one row has on ``day``."""
        return list(self.on(table, day).values())[-1]

    def title(self, table: str, code: str) -> str:
        """The words of a code, in force or not; the code itself when there is none such."""
        return next((row.title for row in reversed(self._rows[table]) if row.code == code), code)
