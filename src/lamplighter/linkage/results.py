"""Hold what linking people in reports gives: the model, pairs, persons and pairs of reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from lamplighter.linkage.dyads.same_suspect import SameSuspect, Unlisted
from lamplighter.linkage.model.parameters import Model


@dataclass(frozen=True, slots=True)
class LinkResult:
    """Hold what :func:`lamplighter.linkage.link` gives. See :data:`PAIRS_SCHEMA` and its neighbours.

    ``persons``: record_id, person_id. ``person_changes``: kind, person_id, other_id.
    ``memory``: hand it in as ``previous_ids`` the next time. ``conflicts``: ids of decisions that
    newer ones contradict. ``notes``: figures about the run, such as the expected false links.
    ``taken_for``: what each column of a table was taken for. ``record_ids``: of the records in the order in
    which they were handed in. ``not_same``: the pairs of records that standing decisions part.
    """

    model: Model
    pairs: pl.DataFrame
    persons: pl.DataFrame
    person_changes: pl.DataFrame
    report_pairs: pl.DataFrame
    memory: pl.DataFrame
    conflicts: tuple[str, ...]
    notes: dict[str, Any]
    taken_for: Mapping[str, str | None]
    record_ids: pl.Series
    not_same: tuple[tuple[str, str], ...] = ()

    def same_suspect(self, record_ids: Collection[str]) -> SameSuspect:
        """Return how likely each of these records is somebody's whom another report describes."""
        wanted = pl.Series(list(record_ids), dtype=pl.String()).implode()
        near = self.pairs.filter(pl.col("left_record").is_in(wanted) | pl.col("right_record").is_in(wanted))
        rows = near.select("left_record", "right_record", "probability").iter_rows()
        return SameSuspect.told(rows, self.not_same, Unlisted.of(self.model))

    def __repr__(self) -> str:
        n = self.notes
        return (
            f"<LinkResult: {n['records']:,} records, {n['persons']:,} persons; {n['pairs_linked']:,} pairs "
            f"linked from a probability of {self.model.bands.link_at:.2f}, {n['pairs_to_decide']:,} for a "
            "person to decide>"
        )
