"""Hold what linking a table gives: the result of linking, and the table itself with a person in each row."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from lamplighter.linkage.results import LinkResult
from lamplighter.linkage_tables.column_roles.several_tables import rows_of


@dataclass(frozen=True, slots=True, repr=False)
class TableResult(LinkResult):
    """Give the table back too: a :class:`lamplighter.linkage.LinkResult` of a table that was handed in."""

    @classmethod
    def of(cls, result: LinkResult) -> TableResult:
        """Make one of what linking gave."""
        return cls(**{f.name: getattr(result, f.name) for f in fields(LinkResult)})

    def rows(self, table: Any) -> Any:
        """Return what was linked, each row with its ``person_id`` in a column at the end.

        Args:
            table: the table or tables that were handed in, of polars, pandas or Arrow, or with further
                columns; the rows in the same order.

        Raises:
            ValueError: it has another number of rows.
        """
        persons = self.record_ids.to_frame("record_id").join(
            self.persons, on="record_id", how="left", maintain_order="left"
        )
        return rows_of(table, {"person_id": persons["person_id"]})
