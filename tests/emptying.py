"""The database as it was before a test that commits: without its rows, and otherwise as it is.

Django's own way truncates every table, which makes the files of all of them
anew, and builds the wall again. Here only rows go, from tables that have any;
tables, roles, rules and what migrations wrote stay.
"""

from __future__ import annotations

from django.db import connection, transaction

from lamplighter.hub.people.links import reason_words

# Written by migrations, about the tables themselves.
KEPT = {"django_content_type", "auth_permission"}


def empty() -> None:
    """Delete every row of every table of ours, when whoever still writes there has ended."""
    ours = set(connection.introspection.django_table_names(only_existing=True))
    # Of the queue, which Django does not manage.
    ours |= {t for t in connection.introspection.table_names() if t.startswith("procrastinate_")}
    tables = sorted(ours - KEPT)
    names = [connection.ops.quote_name(table) for table in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT FROM {n})" for n in names))
        filled = [row[0] for row in cursor.fetchall()]
        # What points at a row goes too, and rows that are only ever added: no trigger is asked.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("".join(f"DELETE FROM {name};" for name in filled) or "SELECT")
        # Goes with its redaction by a trigger.
        cursor.execute("DELETE FROM access.sealed_words")
    reason_words.forget()
