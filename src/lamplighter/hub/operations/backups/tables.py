"""Count a database in numbers that two copies must share: rows and a digest of each table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Of the installation and in no copy: what the site proves itself with.
KEY_TABLE = "access.identity_key"
TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
# The sum of the rows' digests: the same whatever their order, and in no memory.
DIGEST = """
    SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)::text
    FROM {table} t
"""
POLICIES = """
    SELECT md5(string_agg(p::text, E'\\n' ORDER BY p::text))
    FROM (
        SELECT schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check
        FROM pg_policies) p
"""
SECURED = "SELECT count(*) FROM pg_class WHERE relrowsecurity"


@dataclass(frozen=True, slots=True)
class Held:
    """``tables``: name -> (rows, digest); ``wall``: a digest of every policy and of secured tables."""

    tables: dict[str, tuple[int, str]]
    wall: str

    def differences(self, other: Held) -> list[str]:
        """List what ``other`` has that is not as here, in words; empty when they are equal."""
        found = [
            f"{name}: {self.tables.get(name, (0, ''))[0]:,} rows, and {other.tables.get(name, (0, ''))[0]:,}"
            for name in sorted(self.tables | other.tables)
            if self.tables.get(name) != other.tables.get(name)
        ]
        return found + (["the rules of the wall differ"] if self.wall != other.wall else [])


def held(connection: Any) -> Held:
    """Look at a database through an open psycopg connection, in its transaction."""
    names = [row[0] for row in connection.execute(TABLES).fetchall() if row[0] != KEY_TABLE]
    tables = {}
    for name in names:
        rows, digest = connection.execute(DIGEST.format(table=name)).fetchone()
        tables[name] = (int(rows), digest)
    policies = connection.execute(POLICIES).fetchone()[0]
    secured = connection.execute(SECURED).fetchone()[0]
    return Held(tables, f"{policies} {secured}")
