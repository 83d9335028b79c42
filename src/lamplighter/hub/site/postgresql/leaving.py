"""Leave a connection as it was found: nothing that one person's page did to it is there for the next.

A connection of the site serves whoever comes next, for an hour. What a transaction does not end would wait
there: settings (``search_path`` above all), temporary tables, cursors that are held, locks, channels that are
listened to, numbers that a sequence gave, and prepared statements, of which one with the name of our own
would be run in the place of ours, by the next person.
"""

from __future__ import annotations

import logging

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

logger = logging.getLogger(__name__)
# DISCARD ALL without what would have every statement planned anew. One message, and one answer.
_LEAVE = """
SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *;
SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES;
SELECT pg_catalog.set_config('TimeZone', '{zone}', false);
SELECT pg_catalog.count(*) FILTER (WHERE from_sql), pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements
"""


def leave() -> None:
    """Take from this thread's connection what outlived its transaction; close it where that cannot be done.

    Does nothing within a transaction: what began it ends it.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if here.connection is None or here.in_atomic_block:
        return
    try:
        clean = _left(here.connection, here.timezone_name)
    except psycopg.Error:
        clean = False
    if not clean:
        # Without a word of what it was: that would repeat a statement.
        logger.warning("A connection to the database was not left as it was found: it is closed")
        here.close()


def _left(connection: psycopg.Connection[tuple[int, int]], zone: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE.format(zone=zone).encode())
        while cursor.nextset():
            pass
        by_hand, count = cursor.fetchone() or (1, 0)
    # Ours are prepared by the protocol. Where one of them is gone, ours would end in an error for an hour.
    own = getattr(getattr(connection, "_prepared", None), "_names", ())
    return not by_hand and count >= len(own)
