"""Tables that are written anew as a whole, beside those in use, and then put in their place at once.

A model says ``written_beside = True``. Its table has a twin in the schema ``anew``: the same name, columns,
indexes, rights and rules. A twin is filled, put in the place of the table, and what it replaces is emptied in
one transaction, so that whoever looks finds every twin empty, also after a writer was killed. Nobody but who
finds who is who reaches the schema.

What the site's role may not do, three functions with the owner's rights do; they take no parameters:

``access.anew_begin()``     empties the twins, without their indexes, which are made faster afterwards
``access.anew_indexed()``   makes the indexes
``access.anew_switch()``    gives each twin the place of its table, and empties what was there; raises
                            ``lock_not_available`` where somebody is reading
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lamplighter.hub.access.wall.declared_tables import Declared

SCHEMA = "anew"
ALONE = 72025
"""The lock of whoever writes everything anew, and, shared, of whoever copies the hub: a copy reads as of one
moment, and a table that takes the place of another afterwards has no rows for it."""
PURPOSE = "find who is who"
# Whoever reads a table waits this long for the switch, and whoever waits for the reader waits with them.
SWITCH_WAITS = "150ms"
FUNCTION = """
CREATE OR REPLACE FUNCTION access.{name}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('role') <> 'none' AND access.purpose() <> '{purpose}' THEN
        RAISE EXCEPTION 'only who finds who is who writes it anew' USING ERRCODE = 'insufficient_privilege';
    END IF;
{body}
END $$;
REVOKE ALL ON FUNCTION access.{name}() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.{name}() TO {role};
"""
INDEXES = """
SELECT i.relname, pg_get_indexdef(i.oid), c.conname, pg_get_constraintdef(c.oid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u')
WHERE x.indrelid = %s::regclass ORDER BY i.relname
"""


@dataclass(frozen=True, slots=True)
class _Index:
    """How an index of a twin is made, and how it is dropped."""

    made: str
    dropped: str


def tables(every: Iterable[Declared]) -> list[Declared]:
    """Those of them that have a twin."""
    return [t for t in every if getattr(t.model, "written_beside", False)]


def make(
    cursor: Any, twins: Sequence[Declared], roles: Sequence[str], rule: Callable[[Any, Declared], None]
) -> None:
    """Make the schema, the twins and the functions as the tables are today. ``roles``: who writes everything
    anew, and who loads rows for them; ``rule`` gives a table its grants and policies."""
    # Nothing is lost: a twin has no rows.
    cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {', '.join(roles)}")
    indexes = []
    for table in twins:
        name = f'"{table.table}"'
        cursor.execute(f"CREATE TABLE {SCHEMA}.{name} (LIKE public.{name} INCLUDING ALL EXCLUDING INDEXES)")
        cursor.execute(INDEXES, [f"public.{name}"])
        indexes += [_index(name, *row) for row in cursor.fetchall()]
        _ruled(cursor, table, rule)
    for index in indexes:
        cursor.execute(index.made)
    for function, body in _bodies([f'"{t.table}"' for t in twins], indexes).items():
        lines = "\n".join(f"    {statement};" for statement in body)
        cursor.execute(FUNCTION.format(name=function, purpose=PURPOSE, role=roles[0], body=lines))


def _index(table: str, name: str, definition: str, constraint: str | None, rule: str | None) -> _Index:
    if constraint:
        altered = f"ALTER TABLE {SCHEMA}.{table}"
        return _Index(
            f'{altered} ADD CONSTRAINT "{constraint}" {rule}', f'{altered} DROP CONSTRAINT "{constraint}"'
        )
    return _Index(definition.replace(" ON public.", f" ON {SCHEMA}."), f'DROP INDEX {SCHEMA}."{name}"')


def _ruled(cursor: Any, table: Declared, rule: Callable[[Any, Declared], None]) -> None:
    """Give a twin what its table has: it will be the table."""
    cursor.execute("SELECT current_setting('search_path')")
    (path,) = cursor.fetchone()
    cursor.execute(f"SET LOCAL search_path = {SCHEMA}, public")
    rule(cursor, table)
    cursor.execute("SELECT set_config('search_path', %s, true)", [path])


def _bodies(names: Sequence[str], indexes: Sequence[_Index]) -> dict[str, list[str]]:
    twins = ", ".join(f"{SCHEMA}.{name}" for name in names)
    every = ", ".join(f"public.{name}" for name in names)
    return {
        "anew_begin": [f"TRUNCATE {twins} RESTART IDENTITY", *(i.dropped for i in indexes)],
        "anew_indexed": [
            *(i.made for i in indexes),
            # A table that is known to be empty is read from end to end by plans that are kept, and fills.
            *(f"IF EXISTS (SELECT FROM {SCHEMA}.{n}) THEN ANALYZE {SCHEMA}.{n}; END IF" for n in names),
        ],
        "anew_switch": [
            f"PERFORM set_config('lock_timeout', '{SWITCH_WAITS}', true)",
            f"LOCK TABLE {every}, {twins} IN ACCESS EXCLUSIVE MODE",
            # The schema of these functions is where a table is for as long as its twin takes its place.
            *(
                f"ALTER TABLE {here}.{name} SET SCHEMA {there}"
                for name in names
                for here, there in (("public", "access"), (SCHEMA, "public"), ("access", SCHEMA))
            ),
            f"TRUNCATE {twins}",
            "PERFORM set_config('lock_timeout', '0', true)",
        ],
    }
