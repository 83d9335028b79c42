"""Take away what nobody declared: policies, rights, rules, views, functions and triggers put in by hand.

What is declared is made anew in the same transaction, so that whatever was not made in it is not declared.
What migrations made (the queue's functions, some triggers) is made anew from the text of the migrations. A
table is never dropped: it may hold somebody's rows. It is named, and so is whatever cannot be dropped.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

from django.db import DatabaseError, migrations, transaction
from django.db.migrations.loader import MigrationLoader

from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.access.wall.drift import Difference, How, Thing
from lamplighter.hub.site.postgresql import administrator, rights

SCHEMAS = ("public", "access", "anew")
NO_MODELS = {"public.django_migrations"}
# Superuser, round row security, makes roles, makes databases, signs in, inherits, replicates.
ROLES = {
    "lamplighter_web": "f|f|f|f|f|t|f",
    "lamplighter_service": "f|f|f|f|f|t|f",
    "lamplighter_records": "f|f|f|f|f|t|f",
    "lamplighter_loader": "f|t|f|f|f|t|f",
    "lamplighter_app": "f|f|f|f|t|f|f",
    "lamplighter_owner": "f|f|f|t|t|t|f",
}
# Kinds of which none is declared, ever.
NONE = {"view", "rule", "event trigger", "publication", "subscription", "foreign server", "operator", "cast"}
MADE_HERE = """
CASE WHEN age({row}.xmin) > 0 THEN false
     ELSE pg_xact_status(
         (pg_current_xact_id()::text::numeric - age({row}.xmin))::text::xid8) = 'in progress' END
"""
FUNCTIONS = """
SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proname
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = ANY({schemas}) AND NOT {p_made_here} AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""
TRIGGERS = """
SELECT format('%I on %I.%I', t.tgname, n.nspname, c.relname),
    format('%I ON %I.%I', t.tgname, n.nspname, c.relname), t.tgname
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname = ANY({schemas}) AND NOT {t_made_here} ORDER BY 1
"""
# Statements that take away, each made by the database itself so that every name is written as it must be.
CLEARS = (
    "SELECT format('DROP POLICY %I ON %I.%I', policyname, schemaname, tablename) FROM pg_policies",
    "SELECT format('DROP RULE %I ON %I.%I', rulename, schemaname, tablename) FROM pg_rules"
    " WHERE schemaname = ANY({schemas})",
    "SELECT format('DROP %s %I.%I', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,"
    " n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('v', 'm') AND n.nspname = ANY({schemas}) AND NOT EXISTS ("
    "SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
    "SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger",
    # Rights on tables, those on columns with them.
    "SELECT DISTINCT format('REVOKE ALL ON %I.%I FROM %s', n.nspname, c.relname,"
    " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL ("
    "SELECT (aclexplode(c.relacl)).grantee UNION SELECT (aclexplode(t.attacl)).grantee"
    " FROM pg_attribute t WHERE t.attrelid = c.oid) a"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname = ANY({schemas})"
    " AND a.grantee <> c.relowner",
    "SELECT DISTINCT format('REVOKE ALL ON FUNCTION %s FROM %s', p.oid::regprocedure,"
    " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)"
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(p.proacl) a"
    " WHERE n.nspname = ANY({schemas})"
    " AND p.prokind IN ('f', 'w') AND a.grantee <> p.proowner",
    # What a function has that is made anew; what is not for everybody is taken away again where it is made.
    "SELECT format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', p.oid::regprocedure) FROM pg_proc p"
    " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY({schemas}) AND p.proacl IS NOT NULL"
    " AND p.prokind IN ('f', 'w')",
    "SELECT DISTINCT format('REVOKE ALL ON SCHEMA %I FROM %s', n.nspname,"
    " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)"
    " FROM pg_namespace n, aclexplode(n.nspacl) a"
    " WHERE n.nspname = ANY({schemas}) AND a.grantee <> n.nspowner",
    "SELECT 'GRANT USAGE ON SCHEMA public TO PUBLIC'",
    "SELECT format('ALTER TABLE %I.%I ENABLE TRIGGER %I', n.nspname, c.relname, t.tgname)"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE NOT t.tgisinternal AND t.tgenabled <> 'O' AND n.nspname = ANY({schemas})",
    "SELECT format('ALTER TABLE %I.%I NO FORCE ROW LEVEL SECURITY', n.nspname, c.relname)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relforcerowsecurity AND n.nspname = ANY({schemas})",
    "SELECT format('ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY', n.nspname, c.relname)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relrowsecurity AND n.nspname = 'public' AND c.relname = ANY({open})",
)


def clear(cursor: Any) -> None:
    """Take away every policy, right, rule and view before what is declared is made anew."""
    free = [t.table for t in declared() if t.partition == "open"]
    texts = {name: _array(names) for name, names in (("schemas", SCHEMAS), ("open", free))}
    for asks in CLEARS:
        cursor.execute(asks.format(**texts))
        statements = [statement for (statement,) in cursor.fetchall()]
        # All at once, for everybody waits meanwhile; one by one where one of them is refused.
        if statements and not _try(cursor, ";\n".join(statements)):
            for statement in statements:
                _try(cursor, statement)


def drop(cursor: Any) -> list[Difference]:
    """Make anew what migrations made, and drop functions and triggers that were not made just now."""
    for kind, asks in (("FUNCTION", FUNCTIONS), ("TRIGGER", TRIGGERS)):
        for *_, name in _rows(cursor, asks):
            if made := _of_migrations(kind, name):
                _try(cursor, made)
    dropped = []
    for name, place, _ in _rows(cursor, TRIGGERS):
        if _try(cursor, f"DROP TRIGGER {place}"):
            dropped.append(Difference("trigger", name, How.ADDED))
    for name, _ in _rows(cursor, FUNCTIONS):
        if _try(cursor, f"DROP ROUTINE {name}"):
            dropped.append(Difference("function", name, How.ADDED))
    return dropped


def put_back(cursor: Any, missing: Iterable[Difference]) -> None:
    """Make anew the triggers and functions of migrations that somebody dropped."""
    for thing in sorted(missing, key=lambda d: d.kind):
        if thing.how is not How.MISSING or thing.kind not in {"function", "trigger"}:
            continue
        name = re.split(r"[ (]", thing.name, maxsplit=1)[0].rsplit(".", 1)[-1].strip('"')
        if made := _of_migrations(thing.kind.upper(), name):
            _try(cursor, made)


def without(cursor: Any, state: dict[Thing, str], also: set[str]) -> dict[Thing, str]:
    """Return the list of what stands without what nobody declared and could not be dropped.

    ``also``: tables that are made by the SQL of the wall and have no model.
    """
    left = {("function", name) for name, *_ in _rows(cursor, FUNCTIONS)}
    left |= {("trigger", name) for name, *_ in _rows(cursor, TRIGGERS)}
    strange = _strange(state, also | NO_MODELS)
    kept = {}
    for thing, detail in state.items():
        kind, name = thing
        if thing in left or kind in NONE or strange & set(re.split(r"[ (]", name)):
            continue
        if (
            "." in name
            and kind in {"table", "sequence", "function", "type"}
            and not name.startswith(tuple(f"{s}." for s in SCHEMAS))
        ):
            continue
        if kind == "schema" and name not in SCHEMAS:
            continue
        if kind == "setting" and _setting(name, detail) is None:
            continue
        if kind == "membership" and not _member(name, detail):
            continue
        kept[thing] = ROLES.get(name, detail) if kind == "role" else detail
    return kept


def _strange(state: dict[Thing, str], also: set[str]) -> set[str]:
    """Return the tables and sequences that no model and no migration has."""
    tables = {f"public.{t.table}" for t in declared()} | also
    tables |= {f"anew.{t.table}" for t in declared() if getattr(t.model, "written_beside", False)}
    strange = {name for kind, name in state if kind == "table" and name.replace('"', "") not in tables}
    return strange | {
        name
        for kind, name in state
        if kind == "sequence" and not any(name.replace('"', "").startswith(f"{t}_") for t in tables)
    }


def _setting(name: str, value: str) -> str | None:
    key, _, of = name.partition(" of ")
    quiet = administrator.QUIET | administrator.FAST
    return value if of in {rights.APP, rights.OWNER} and quiet.get(key) == value else None


def _member(name: str, options: str) -> bool:
    member, _, of = name.partition(" in ")
    if options.startswith("f|f"):
        return True  # who made the roles may hand them on: no more than they may do anyway
    if member == rights.OWNER:
        return (of in rights.BECOMES and options == "f|t|f") or (of == rights.APP and options == "t|f|f")
    return member == rights.APP and of in rights.BECOMES and options == "f|t|f"


def _rows(cursor: Any, asks: str) -> list[Any]:
    made = {f"{row}_made_here": MADE_HERE.format(row=row) for row in ("p", "t")}
    cursor.execute(asks.format(schemas=_array(SCHEMAS), **made))
    return list(cursor.fetchall())


def _try(cursor: Any, statement: str) -> bool:
    """Run a statement that may be refused (another's object, or something hangs on it)."""
    try:
        with transaction.atomic():
            cursor.execute(statement)
    except DatabaseError:
        return False
    return True


def _array(names: Iterable[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in names) + "]::text[]"


@functools.cache
def _sql() -> str:
    """The SQL of every migration, in the order in which they run."""
    loader = MigrationLoader(None)
    order: list[Any] = []
    for leaf in sorted(loader.graph.leaf_nodes()):
        order += [node for node in loader.graph.forwards_plan(leaf) if node not in order]
    told = [text for node in order for text in _texts(loader.graph.nodes[node].operations)]
    # The queue's migrations rename functions; its schema has them as they are afterwards.
    return "\n".join([*told, resources.files("procrastinate.sql").joinpath("schema.sql").read_text()])


def _texts(operations: Iterable[Any]) -> Iterator[str]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _texts(operation.database_operations)
        elif isinstance(operation, migrations.RunSQL):
            told = [operation.sql] if isinstance(operation.sql, str) else operation.sql
            yield from (one if isinstance(one, str) else one[0] for one in told)


def _of_migrations(kind: str, name: str) -> str:
    """Return the statement with which the last migration that made it did so; empty where none did."""
    head = rf"CREATE\s+(?:OR\s+REPLACE\s+)?{kind}\s+(?:public\.)?{re.escape(name)}\b"
    body = r"[^;]*;" if kind == "TRIGGER" else r"\s*\(.*?\$(\w*)\$.*?\$\1\$[^;]*;"
    found = list(re.finditer(head + body, _sql(), re.DOTALL | re.IGNORECASE))
    if not found:
        return ""
    return re.sub(r"^CREATE\s+(OR\s+REPLACE\s+)?", "CREATE OR REPLACE ", found[-1][0], flags=re.IGNORECASE)
