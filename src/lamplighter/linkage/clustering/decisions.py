"""Keep what people decided, append-only, and work out what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

SCHEMA = pl.Schema(
    {
        "decision_id": pl.String(),
        "at": pl.Datetime("us"),
        "by": pl.String(),
        "kind": pl.String(),
        "left_record": pl.String(),
        "right_record": pl.String(),
        "undoes": pl.String(),
        "reason": pl.String(),
    }
)
KINDS = ("same", "not_same", "undo")
_FOR_PEOPLE = ("by", "reason")
"""Columns of a log that nothing follows from."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions in force: pairs of record ids, and those that contradict newer ones."""

    same: tuple[tuple[str, str], ...]
    not_same: tuple[tuple[str, str], ...]
    conflicts: tuple[str, ...]

    def count_of(self, record_id: str) -> int:
        """Tell how many standing decisions name this record."""
        return sum(record_id in pair for pair in (*self.same, *self.not_same))


def none() -> pl.DataFrame:
    """Return a log with no decision."""
    return pl.DataFrame(schema=SCHEMA)


def standing(decisions: pl.DataFrame | None) -> Standing:
    """The decisions in force, once undone ones are left out.

    An undo may itself be undone. When 'same' and 'not the same' contradict each
    other, through whatever chain, the newer stands and the older is listed in
    ``conflicts`` for somebody to settle. Raises ``ValueError`` for an unknown
    kind, a repeated id, an undo of something that is not there, or a pair that is
    one record twice.
    """
    if decisions is None or not decisions.height:
        return Standing((), (), ())
    return in_force(_checked(decisions).iter_rows(named=True))


def in_force(log: Iterable[Mapping[str, Any]]) -> Standing:
    """Return the same from rows of a log that has been checked."""
    undone: set[str] = set()
    live: list[Mapping[str, Any]] = []
    for row in sorted(log, key=lambda r: (r["at"], r["decision_id"]), reverse=True):
        if row["decision_id"] in undone:
            continue
        if row["kind"] == "undo":
            undone.add(row["undoes"])
        else:
            live.append(row)
    groups = _Groups()
    apart: list[tuple[str, str]] = []
    same: list[tuple[str, str]] = []
    conflicts: list[str] = []
    for row in live:
        pair = (row["left_record"], row["right_record"])
        if row["kind"] == "not_same":
            if groups.root(pair[0]) == groups.root(pair[1]):
                conflicts.append(row["decision_id"])
            else:
                apart.append(pair)
        elif any({groups.root(a), groups.root(b)} == {groups.root(x) for x in pair} for a, b in apart):
            conflicts.append(row["decision_id"])
        else:
            groups.join(*pair)
            same.append(pair)
    return Standing(tuple(sorted(same)), tuple(sorted(apart)), tuple(sorted(conflicts)))


class _Groups:
    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, record: str) -> str:
        while self._parent.get(record, record) != record:
            record = self._parent[record]
        return record

    def join(self, a: str, b: str) -> None:
        a, b = sorted((self.root(a), self.root(b)))
        self._parent[b] = a


def _checked(decisions: pl.DataFrame) -> pl.DataFrame:
    if missing := [c for c in SCHEMA if c not in (*decisions.columns, *_FOR_PEOPLE)]:
        raise ValueError(
            f"A log of decisions has the columns {', '.join(SCHEMA)}; this has no {', '.join(missing)}."
        )
    if decisions["decision_id"].is_duplicated().any():
        raise ValueError("A decision id appears twice.")
    unknown = set(decisions["kind"]) - set(KINDS)
    if unknown:
        raise ValueError(f"Unknown kind of decision: {', '.join(sorted(map(str, unknown)))}.")
    undo = decisions.filter(pl.col("kind") == "undo")
    if not set(undo["undoes"]) <= set(decisions["decision_id"]):
        raise ValueError("An undo names a decision that is not in the log.")
    pairs = decisions.filter(pl.col("kind") != "undo")
    if pairs.filter(pl.col("left_record").eq_missing(pl.col("right_record"))).height:
        raise ValueError("A decision is about two different records.")
    return decisions
