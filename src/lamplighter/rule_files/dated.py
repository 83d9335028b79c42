"""Rules that hold from a day on: from ``from``, and no longer on ``until``; without one, for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: its code, its words, and from when until when it holds. ``extra`` is all of it."""

    code: str
    title: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    extra: Row = field(default_factory=dict)

    def in_force(self, on: dt.date) -> bool:
        """Return whether the rule holds on a day: from its first day, and no longer on its last."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on < self.valid_until
        )

    @property
    def mark(self) -> str:
        return str(self.extra.get("mark", ""))

    @property
    def source(self) -> str:
        return str(self.extra.get("source", ""))


def rule(row: Row, code: str = "") -> Rule:
    """Return a row as a rule, under its own code unless another is given."""
    return Rule(
        code=code or row.get("code") or row.get("kind") or row.get("id") or "",
        title=row.get("title") or row.get("text") or row.get("name") or "",
        valid_from=row.get("from"),
        valid_until=row.get("until"),
        extra=row,
    )


def holds(row: Row, day: dt.date) -> bool:
    """Return whether a dated row is in force on a day."""
    return rule(row).in_force(day)


def turns(rows: Sequence[Row], since: dt.date) -> list[dt.date]:
    """Return ``since`` and every later day on which a row begins or ends to hold, in order."""
    days = {row["from"] for row in rows} | {row["until"] for row in rows if "until" in row}
    return sorted({since} | {day for day in days if day > since})


def first_day(rows: Sequence[Row]) -> dt.date:
    return min((row["from"] for row in rows), default=dt.date.max)
