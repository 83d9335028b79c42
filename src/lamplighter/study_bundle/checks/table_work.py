"""A table while it is checked: its rows, which of them are left out, and what was found."""

from __future__ import annotations

import polars as pl

from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.schema import Table


class TableWork:
    """Rows of one table under check. Rows are never taken away, only marked; so rows in are always known.

    ``frame`` holds the table's columns with ``_file`` and ``_row``; ``bad`` marks rows to be left out.
    """

    def __init__(self, table: Table, frame: pl.DataFrame) -> None:
        self.table, self.frame = table, frame
        self.bad = pl.Series([False] * frame.height, dtype=pl.Boolean)
        self.findings: list[pl.DataFrame] = []

    def note(self, mask: pl.Series | pl.Expr, problem: str, column: str = "") -> None:
        """Say that ``problem`` holds in the rows of ``mask``, and do what its severity asks for.

        Null in the mask is no. Rows that are left out already are not looked at again; an expression may ask
        for them as ``_bad``.
        """
        found = (
            self.frame.with_columns(self.bad.alias("_bad")).select(mask.alias("m")).to_series()
            if isinstance(mask, pl.Expr)
            else mask
        )
        if not found.any():  # as nearly always: then nothing more is worked out
            return
        found = found.fill_null(False) & ~self.bad
        if not found.any():
            return
        self.findings.append(f.of_rows(self.frame.filter(found), self.table.name, problem, column))
        severity = f.severity(problem)
        if severity == "row":
            self.bad = self.bad | found
        elif severity == "cell" and column:
            self.frame = self.frame.with_columns(
                pl.when(found).then(None).otherwise(pl.col(column)).alias(column)
            )

    @property
    def accepted(self) -> pl.DataFrame:
        """Rows that are taken in, with ``_file`` and ``_row``."""
        return self.frame.filter(~self.bad) if self.bad.any() else self.frame

    @property
    def rejected(self) -> int:
        return int(self.bad.sum())
