"""Corrections by a person of what the coder proposed. Append-only; the person outranks the coder.

'accepted' agrees with a proposal, and holds it should the coder stop proposing it;
'removed' takes one out; 'added' is an act that the coder missed; 'undone' leaves the act as it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

SCHEMA = pl.Schema(
    {
        "report_id": pl.String(),
        "occasion_seq": pl.Int64(),
        "kind": pl.String(),
        "behaviour": pl.String(),
        "by": pl.String(),
        "at": pl.Datetime("us"),
        "reason": pl.String(),
    }
)
ACCEPTED, ADDED, REMOVED, UNDONE = "accepted", "added", "removed", "undone"
KINDS = (ACCEPTED, ADDED, REMOVED, UNDONE)


@dataclass(frozen=True, slots=True)
class Correction:
    """The newest word on one behaviour of one occasion."""

    kind: str
    behaviour: str
    by: str
    reason: str


Key = tuple[str, int]


def newest(corrections: pl.DataFrame | None) -> Mapping[Key, tuple[Correction, ...]]:
    """The correction in force for every (report, occasion, behaviour): the newest one, the later row on a
    tie; none where that one undoes what was said.

    Args:
        corrections: frame with :data:`SCHEMA`; ``kind`` is one of :data:`KINDS`.

    Raises:
        ValueError: when a row's kind is none of them.
    """
    if corrections is None or corrections.is_empty():
        return {}
    return newest_of(corrections.select(list(SCHEMA)).iter_rows(named=True))


def newest_of(corrections: Iterable[Mapping[str, Any]]) -> Mapping[Key, tuple[Correction, ...]]:
    """:func:`newest` of rows."""
    out: dict[Key, dict[str, Correction]] = {}
    for row in sorted(corrections, key=lambda c: c["at"]):
        if row["kind"] not in KINDS:
            raise ValueError(f"A correction is one of {', '.join(KINDS)}, not {row['kind']}")
        of_incident = out.setdefault((row["report_id"], row["occasion_seq"]), {})
        if row["kind"] == UNDONE:
            of_incident.pop(row["behaviour"], None)
        else:
            of_incident[row["behaviour"]] = Correction(
                row["kind"], row["behaviour"], row["by"], row["reason"]
            )
    return {k: tuple(v.values()) for k, v in out.items() if v}
