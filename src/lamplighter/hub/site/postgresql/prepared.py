"""Statements that PostgreSQL keeps prepared: planning a short one anew is most of the time it takes."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import Format
from psycopg.rows import tuple_row

KEEP_PREPARED = 5


def cursor(row_factory: Any = tuple_row) -> psycopg.Cursor[Any]:
    """A cursor on this request's connection, within its transaction, whose statements stay prepared."""
    connection.ensure_connection()
    # Django turns this off, for poolers that hand on a connection in the middle of a transaction; with it
    # off, "prepare" is not heard. What Django asks is written out whole, and is never prepared.
    connection.connection.prepare_threshold = KEEP_PREPARED
    made = psycopg.Cursor(connection.connection, row_factory=row_factory)
    made.format = Format.BINARY
    return made
