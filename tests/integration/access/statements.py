"""A statement as the connection of the test sends it."""

from __future__ import annotations

from typing import Any

from django.db import connection


def run(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement, and return its rows; none where it has none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []
