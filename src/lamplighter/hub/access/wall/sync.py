"""Make the database's roles, grants and row security what the written rules say.

Runs after every ``migrate``. Where the database holds just what the declarations say, nothing is touched, so
that nobody who is reading waits. Otherwise everything is replaced in one transaction. Roles:

``lamplighter_app``      what the site and the worker sign in as; owns nothing and may do almost nothing
``lamplighter_web``      what a request becomes: row security by the person who is signed in
``lamplighter_service``  what a background job becomes: row security by its stated purpose
``lamplighter_records``  what importing and matching become: reaches the reports as received and no case
``lamplighter_loader``   what importing becomes while it loads rows: adds them and reads nothing
"""

from __future__ import annotations

import functools
import hashlib
import random
import re
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from lamplighter.hub.access import trail
from lamplighter.hub.access.wall import (
    drift,
    identity,
    redaction,
    row_security,
    staging_tables,
    undeclared,
    vault,
)
from lamplighter.hub.access.wall.declared_tables import Declared, declared
from lamplighter.hub.access.wall.partitions import BY_ROW, CASE_PARTITIONS, PURPOSES
from lamplighter.hub.site.postgresql import rights

APP = rights.APP
WEB, SERVICE, RECORDS, LOADER = rights.BECOMES
ROLES, FUNCTIONS, READERS = (
    Path(__file__).with_name(name) for name in ("roles.sql", "functions.sql", "readers.sql")
)
FREE = {"open"}
# Tables of packages that nothing here ever writes but migrations.
ONLY_READ = {"auth", "contenttypes"}
RECORDS_TABLES = {"records", "deliveries", "rejects", "closed"}
ALL = "SELECT, INSERT, UPDATE, DELETE"
KEY = """
INSERT INTO access.identity_key (key) VALUES (%s)
ON CONFLICT (one) DO UPDATE SET key = excluded.key WHERE access.identity_key.key <> excluded.key
"""
NOTE = """
INSERT INTO access.applied (declared, found, state, seal) VALUES (%s, %s, %s, %s)
ON CONFLICT (one) DO UPDATE SET declared = excluded.declared, found = excluded.found, state = excluded.state,
    seal = excluded.seal, at = now()
"""
# Verbs of the trail: changed by hand and put right, changed by hand and still so, and as declared again.
MENDED, CHANGED, AGAIN = "access.rules_put_right", "access.rules_changed", "access.rules_as_declared"
PATIENCE = 300.0  # seconds for which a moment is looked for in which nobody holds a table
LOCK_WAITS = "400ms"  # less than deadlock_timeout: a page is never ended for our sake
# For triggers, which run before row security: whoever may not add the row is told that, and nothing else.
ADDS = f"""
CREATE OR REPLACE FUNCTION access.adds(case_id bigint, owner_id text, partition text) RETURNS boolean
    LANGUAGE sql STABLE AS $$ SELECT current_setting('role') <> '{WEB}' OR {row_security.adds(BY_ROW)} $$;
"""


def to_migrate() -> list[str]:
    """Return the migrations of this version that have not run, or were undone."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label} {migration.name}" for migration, _ in plan]


def apply() -> bool:
    """Bring roles, functions, grants and policies up to the declarations; returns whether any was changed.

    People may be reading meanwhile. All tables are locked at once, and only when nobody holds one of them for
    longer than a moment: whoever waits for us waits less than PostgreSQL takes to look for a deadlock.
    Raises ``RightsError`` where this login may not make the roles.
    """
    if holds():
        with connection.cursor() as cursor:
            cursor.execute(KEY, [identity.identity_key()])
        return False
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _apply(cursor)
            return True
        except OperationalError as problem:
            busy = isinstance(problem.__cause__, psycopg.errors.LockNotAvailable)
            if not busy or connection.in_atomic_block or time.monotonic() > until:
                raise
            # Not in step with whoever else tries, or with pages that take turns.
            time.sleep(random.uniform(0.1, 1.0))  # noqa: S311  no secret


def holds() -> bool:
    """Return whether the database holds just what these declarations last made of it."""
    return compare().as_declared


def compare() -> drift.Comparison:
    """Return where the database is not as this version declares it."""
    return drift.compare(_declared())


def changed_by_hand(cursor: Any) -> list[drift.Difference]:
    """Return what differs from the list that any version sealed last; nothing where there is no list."""
    known = drift.sealed(cursor, None)
    return [] if isinstance(known, str) else drift.differences(known, drift.held(cursor))


def state() -> dict[drift.Thing, str]:
    """Return what the database holds of the wall: every thing by kind and name, with what it is."""
    with connection.cursor() as cursor:
        return drift.held(cursor)


def _apply(cursor: Any) -> None:
    # Roles belong to the whole server, and locks to one database: two that are made at the same time
    # both make the roles, and the second finds them there.
    cursor.execute("SELECT pg_advisory_xact_lock(72020)")
    _make_roles(cursor)
    # Also of an earlier version: what somebody changed by hand before an upgrade is written down.
    by_hand = changed_by_hand(cursor)
    _lock_tables(cursor)
    # From here on this transaction has a number, by which it knows what it made itself.
    cursor.execute("SELECT pg_current_xact_id()")
    undeclared.clear(cursor)
    cursor.execute(FUNCTIONS.read_text())
    cursor.execute(READERS.read_text())
    cursor.execute(f"GRANT EXECUTE ON FUNCTION access.held_elsewhere(text[], uuid) TO {WEB}")
    cursor.execute(f"GRANT SELECT ON access.applied TO {APP}, {WEB}, {SERVICE}")
    cursor.execute(KEY, [identity.identity_key()])
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {WEB}, {SERVICE}, {RECORDS}, {LOADER}")
    cursor.execute(vault.functions(declared()))
    cursor.execute(redaction.functions(declared()))
    for _, statement in _for_every_table():
        cursor.execute(statement)
    cursor.execute(ADDS)
    staging_tables.make(cursor, staging_tables.tables(declared()), (RECORDS, LOADER), _rules_of_a_twin)
    _sequences(cursor)
    _no_temporary_things(cursor)
    for _, text in _extras():
        cursor.execute(text)
    undeclared.put_back(cursor, by_hand)
    dropped = undeclared.drop(cursor)
    _seal(cursor, {*by_hand, *dropped})


def _seal(cursor: Any, by_hand: set[drift.Difference]) -> None:
    """Keep a sealed list of what stands now, and write down what somebody had changed by hand."""
    found = drift.held(cursor)
    state = undeclared.without(cursor, found, _tables_without_a_model())
    left = drift.differences(state, found)
    text = drift.to_text(state)
    digest = hashlib.sha256(text.encode()).hexdigest()
    cursor.execute(NOTE, [_declared(), digest, text, drift.seal(_declared(), text)])
    for verb, things in ((MENDED, by_hand - set(left)), (CHANGED, set(left))):
        if things:
            told = drift.in_words(sorted(things, key=str))
            trail.write(
                None, "alteration", verb, "rules of access", reason=told, detail={"things": len(things)}
            )


def _tables_without_a_model() -> set[str]:
    told = [FUNCTIONS.read_text(), redaction.functions(declared()), *(text for _, text in _extras())]
    return set(re.findall(r"CREATE TABLE IF NOT EXISTS (access\.\w+)", "\n".join(told)))


def _no_temporary_things(cursor: Any) -> None:
    """Nobody but the owner makes anything in the temporary schema: a view that is left on a connection of the
    site would be read by whoever has it next. The administrator's script does the same on a server of one's
    own, where the owner of the tables may not own the database."""
    cursor.execute(
        "SELECT pg_has_role(current_user, datdba, 'USAGE') FROM pg_database"
        " WHERE datname = current_database()"
    )
    if cursor.fetchone()[0]:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")


def make_roles() -> None:
    """Make the roles that are missing in this server. Raises ``RightsError`` where this login may not."""
    with transaction.atomic(), connection.cursor() as cursor:
        _make_roles(cursor)


def _make_roles(cursor: Any) -> None:
    try:
        with transaction.atomic():
            cursor.execute(ROLES.read_text())
    except ProgrammingError as problem:
        if not isinstance(problem.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
        raise rights.RightsError(
            "Roles of the hub are missing in this PostgreSQL server, and this login may not make them. "
            "Have a database administrator run what `lamplighter hub roles` prints."
        ) from problem


def _lock_tables(cursor: Any) -> None:
    names = sorted({t.table for t in declared()} & set(connection.introspection.table_names(cursor)))
    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAITS}'")
    cursor.execute(f"LOCK TABLE {', '.join(map(connection.ops.quote_name, names))} IN ACCESS EXCLUSIVE MODE")
    cursor.execute("SET LOCAL lock_timeout = 0")


def _for_every_table() -> Iterator[tuple[Declared, str]]:
    """The grants and policies of every table, each with the column that names its case."""
    for table in declared():
        case = getattr(table.model, "wall_case", "case_id")
        for statement in statements(table):
            yield table, re.sub(r"\bcase_id\b", case, statement)


@functools.cache
def _declared() -> str:
    """A digest of everything that :func:`apply` runs, and of the migrations before it."""
    told = [
        ROLES.read_text(),
        FUNCTIONS.read_text(),
        READERS.read_text(),
        ADDS,
        Path(staging_tables.__file__).read_text(),
    ]
    told += [
        vault.functions(declared()),
        redaction.functions(declared()),
        Path(__file__).read_text(),
        Path(undeclared.__file__).read_text(),
        drift.STATE,
        *(s for _, s in _for_every_table()),
        *(text for _, text in _extras()),
    ]
    told += sorted(f"{app} {name}" for app, name in MigrationLoader(None).graph.leaf_nodes())
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def of_this_version() -> bool:
    """Return whether the database was last brought up to just this version's tables and rules.

    Asked by the site, whose role may read nothing else of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT declared FROM access.applied")
        return bool(cursor.fetchone() == (_declared(),))


def statements(table: Declared) -> list[str]:
    """The grants and policies of one table."""
    name, partition = f'"{table.table}"', table.partition
    everybody = f"{WEB}, {SERVICE}, {RECORDS}, {APP}"
    made = [f"REVOKE ALL ON {name} FROM {everybody}, {LOADER}, PUBLIC"]
    if partition in FREE:
        rights = "SELECT" if table.model._meta.app_label in ONLY_READ else ALL
        return [*made, f"GRANT {rights} ON {name} TO {everybody}"]
    made.append(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    rights = "SELECT, INSERT" if table.append_only else ALL
    services = f"{rights}, DELETE" if table.append_only else ALL
    if partition == "audit":
        services = "SELECT"
    if partition in RECORDS_TABLES:
        made += [
            *_loading(table, name),
            f"GRANT {ALL} ON {name} TO {RECORDS}",
            f"CREATE POLICY {RECORDS} ON {name} TO {RECORDS} USING ({row_security.of_records()})"
            f" WITH CHECK ({row_security.of_records()})",
        ]
    else:
        made += [
            f"GRANT {services} ON {name} TO {SERVICE}",
            f"CREATE POLICY {SERVICE} ON {name} TO {SERVICE} USING ({row_security.service(partition)})"
            f" WITH CHECK ({row_security.service(partition)})",
        ]
    if partition == "closed":
        return made
    made += _for_the_web(table, name, rights)
    made += _triggers(table, name)
    return made


def _loading(table: Declared, name: str) -> list[str]:
    """Return what lets the loader insert, for a purpose; nothing for what a person writes, as a decision."""
    columns = {f.column for f in table.model._meta.concrete_fields}
    if "by_id" in columns:
        return []
    purposes = ", ".join(f"'{purpose}'" for purpose, role in sorted(PURPOSES.items()) if role == "records")
    return [
        f"GRANT INSERT ON {name} TO {LOADER}",
        f"CREATE OR REPLACE TRIGGER wall_loads BEFORE INSERT ON {name}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION access.loads_for_a_purpose({purposes})",
    ]


def _for_the_web(table: Declared, name: str, rights: str) -> list[str]:
    partition = table.partition
    if partition == "audit" or getattr(table.model, "written_by_services", False):
        rights = "SELECT"
    reads = getattr(table.model, "wall_reads", None) or row_security.reads(partition)
    made = [
        f"GRANT {rights} ON {name} TO {WEB}",
        f"CREATE POLICY {WEB}_reads ON {name} FOR SELECT TO {WEB} USING ({reads})",
    ]
    if "INSERT" in rights:
        condition = getattr(table.model, "wall_adds", None) or (
            row_security.adds(partition) if partition != "oversight" else "false"
        )
        made.append(f"CREATE POLICY {WEB}_adds ON {name} FOR INSERT TO {WEB} WITH CHECK ({condition})")
    if "UPDATE" in rights:
        condition = getattr(table.model, "wall_changes", None) or (
            row_security.changes(partition) if partition != "oversight" else "false"
        )
        made += [
            f"CREATE POLICY {WEB}_changes ON {name} FOR UPDATE TO {WEB} USING ({condition})"
            f" WITH CHECK ({condition})",
        ]
        if partition not in CASE_PARTITIONS | {BY_ROW: None, "release": None, "oversight": None}:
            made.append(f"CREATE POLICY {WEB}_removes ON {name} FOR DELETE TO {WEB} USING ({condition})")
    return made


def _triggers(table: Declared, name: str) -> list[str]:
    made = []
    columns = {f.column for f in table.model._meta.concrete_fields}
    keeps = table.partition in CASE_PARTITIONS | {BY_ROW: None, "release": None, "oversight": None}
    if keeps and columns & {"case_id", "owner_id"}:
        made.append(
            f"CREATE OR REPLACE TRIGGER wall_keep_place BEFORE UPDATE ON {name}"
            " FOR EACH ROW EXECUTE FUNCTION access.keep_place()"
        )
    if table.append_only:
        made.append(
            f"CREATE OR REPLACE TRIGGER wall_append_only BEFORE UPDATE OR DELETE ON {name}"
            " FOR EACH ROW EXECUTE FUNCTION access.refuse_change()"
        )
    if hides := vault.trigger(table):
        made.append(hides)
    return made


def _sequences(cursor: Any) -> None:
    """None of those that count rows of cases: their last value says how many rows there are.

    A column that is an identity needs no right to its sequence; an import numbers its rows itself. Those of
    other kinds are the job queue's.
    """
    everybody = f"{WEB}, {SERVICE}, {RECORDS}, {APP}"
    cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {everybody}")
    cursor.execute(
        "SELECT format('%I.%I', n.nspname, c.relname)"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'S' AND n.nspname = 'public' AND NOT EXISTS ("
        "SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')"
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"GRANT USAGE ON SEQUENCE {name} TO {everybody}")
    for table in declared():
        _numbered(cursor, table)


def _numbered(cursor: Any, table: Declared) -> None:
    """An import numbers its rows itself."""
    if table.partition in RECORDS_TABLES:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table.table, table.model._meta.pk.column])
        if name := cursor.fetchone()[0]:
            cursor.execute(f"GRANT USAGE ON SEQUENCE {name} TO {RECORDS}")


def _rules_of_a_twin(cursor: Any, table: Declared) -> None:
    for statement in statements(table):
        cursor.execute(statement)
    _numbered(cursor, table)


def _extras() -> Iterator[tuple[str, str]]:
    """What applications add in SQL of their own: files named in ``AppConfig.wall_sql``, and their text.

    ``AppConfig.wall_numbers`` are numbers of the application's modules that its SQL names as ``%NAME%``.
    """
    from django.apps import apps

    for config in apps.get_app_configs():
        for file in getattr(config, "wall_sql", ()):
            text = (Path(config.path) / file).read_text()
            for number in getattr(config, "wall_numbers", ()):
                module, _, name = number.rpartition(".")
                value = int(getattr(import_module(f"{config.name}.{module}"), name))
                text = text.replace(f"%{name}%", str(value))
            yield f"{config.label}/{file}", text
