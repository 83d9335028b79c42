"""Hold what reading gives back, batch by batch: tables, rejects and counts that balance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from lamplighter.records.schema import Bundle


@dataclass(slots=True)
class Counts:
    """Rows by what became of them, per file name. Rows are what lines become after broken ones are
    joined; blank lines are none.

    ``rows_in == accepted + rejected + duplicates`` holds for each file and in all.
    """

    rows_in: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    people: int = 0
    warnings: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.rows_in + other.rows_in,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.duplicates + other.duplicates,
            self.reports + other.reports,
            self.people + other.people,
            self.warnings + other.warnings,
        )

    def totals(self) -> dict[str, int]:
        """Totals over all files, and the reports, people and warnings."""
        return {
            "rows_in": self.rows_in.total(),
            "accepted": self.accepted.total(),
            "rejected": self.rejected.total(),
            "duplicates": self.duplicates.total(),
            "reports": self.reports,
            "people": self.people,
            "warnings": self.warnings,
        }

    def balanced(self) -> bool:
        """Tell whether every row is accounted for, file by file."""
        return all(
            n == self.accepted[f] + self.rejected[f] + self.duplicates[f] for f, n in self.rows_in.items()
        ) and set(self.accepted) | set(self.rejected) | set(self.duplicates) <= set(self.rows_in)


class Batch(NamedTuple):
    """Some whole reports: the five tables, what was wrong, what became of the rows, and, of files that a
    mapping was for, the words that no code table knows (``column``, ``field``, ``word``, ``times``)."""

    bundle: Bundle
    rejects: pl.DataFrame
    counts: Counts
    unknown: pl.DataFrame | None = None


class One(NamedTuple):
    """One report that came alone: its rows by table, what was wrong, what became of it, and the digest of
    what it says. Without a row in ``reports`` it cannot be a report."""

    rows: dict[str, list[dict[str, Any]]]
    rejects: list[dict[str, Any]]
    counts: Counts
    digest: str


def count_by_file(counter: dict[str, int], rows: pl.DataFrame) -> None:
    """Add to each file's count how many of these rows are from it."""
    for file, number in rows.group_by("_file").len().iter_rows():
        counter[file] = counter.get(file, 0) + number
