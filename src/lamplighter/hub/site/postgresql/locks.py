"""The database's own tools that the services use: locks, and emptying what can be computed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    _call("pg_advisory_xact_lock", name)


@contextmanager
def turn(name: str) -> Iterator[None]:
    """The same until the block ends, in the midst of a transaction that goes on."""
    try:
        _call("pg_advisory_lock", name)
        yield
        _call("pg_advisory_unlock", name)
    except BaseException:
        # In a transaction that has failed nothing can be let go; without its connection nothing is held.
        connection.close()
        raise


def _call(function: str, name: str) -> None:
    with cursor() as waiting:
        waiting.execute(f"SELECT {function}(72019, hashtext(%s))", [name], prepare=True)
