"""The database's own tools that the services use: locks, and emptying what can be computed again."""

from __future__ import annotations

from django.db import connection, models
from psycopg import sql

from lamplighter.hub.site.postgresql.prepared import cursor


def empty(*tables: type[models.Model]) -> None:
    """Remove every row of tables that hold only what can be computed again."""
    with connection.cursor() as emptying:
        for table in tables:
            emptying.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table._meta.db_table)))


def lock(name: str) -> None:
    """Wait until no other transaction holds the lock ``name``; held until this transaction ends."""
    with cursor() as waiting:
        waiting.execute("SELECT pg_advisory_xact_lock(72019, hashtext(%s))", [name], prepare=True)
