"""Find pairs, weigh them and tell what hangs together by DuckDB, which holds what it needs in files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from lamplighter.linkage.engines.on_sql import OnSql, Tables
from lamplighter.linkage.engines.sql_dialects import DUCKDB, Dialect

ROWS_A_PART = 5_000_000
"""Keys that are looked at at once, about."""


@dataclass(frozen=True)
class OnDuckDB(OnSql):
    """DuckDB in a process of its own memory: no more than ``memory`` ("2GB"), the rest lies in files under
    ``folder`` (the system's own where none is said) until a verb ends. ``threads``: all processors unless
    said."""

    memory: str = "2GB"
    threads: int | None = None
    folder: Path | None = None

    @contextmanager
    def tables(self, rows: int) -> Iterator[Tables]:
        """See :meth:`OnSql.tables`."""
        with (
            tempfile.TemporaryDirectory(prefix="lamplighter-pairs-", dir=self.folder) as folder,
            duckdb.connect(
                str(Path(folder, "tables.duckdb")),
                config={
                    "memory_limit": self.memory,
                    "threads": self.threads or os.cpu_count() or 1,
                    "temp_directory": folder,
                    "preserve_insertion_order": False,
                },
            ) as connection,
        ):
            yield _Tables(connection, max(-(-rows // ROWS_A_PART), 1))


@dataclass(frozen=True)
class _Tables:
    connection: duckdb.DuckDBPyConnection
    parts: int
    dialect: Dialect = DUCKDB
    pairs_at_once: int = 2_000_000

    def hold(self, name: str, frame: pl.DataFrame) -> None:
        self.connection.register("handed_over", frame.to_arrow())
        self.make(name, "select * from handed_over")
        self.connection.unregister("handed_over")

    def make(self, name: str, sql: str) -> None:
        self.connection.execute(f"create or replace table {name} as {sql}")

    def add(self, name: str, sql: str) -> None:
        self.connection.execute(f"insert into {name} {sql}")

    def read(self, sql: str) -> pl.DataFrame:
        found: pl.DataFrame = self.connection.sql(sql).pl()
        return found
