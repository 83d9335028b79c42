"""Is what is read the trail itself, and are auditors shown what is in it?

Whoever holds the database can put a table of the same name before the trail, hang a rule or a policy on it,
or show the site other rows than whoever verifies. So names are written out, the system's own schema is
searched and no other, each table must be a plain table with the policies that are declared, and the same
count and the same last hash must come when the trail is read as an auditor reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.db import DatabaseError, connection, transaction

from lamplighter.hub.access.wall import identity, sync
from lamplighter.hub.audit.integrity.faults import Fault, Kind
from lamplighter.hub.audit.models import ChainLink, Checkpoint, Event

MODELS = (Event, ChainLink, Checkpoint)
TABLES = tuple(model._meta.db_table for model in MODELS)
POLICIES = {"lamplighter_service", "lamplighter_web_reads"}
# Without these an event is neither sealed nor kept from changes.
TRIGGERS = {
    "audit_event": {"audit_event_append_only", "audit_event_sealed", "wall_append_only"},
    "audit_chainlink": {"wall_append_only"},
    "audit_checkpoint": {"wall_append_only"},
}
SETTINGS = ("search_path", "session_replication_role", "row_security", "session_preload_libraries",
            "local_preload_libraries")  # fmt: skip
CANNOT_KNOW = (
    "This asked the database of this hub. Whoever runs the database’s own programs can make it answer "
    "anything: the proof is the same command on another machine, on a copy, with checkpoints kept there."
)
_SHAPE = """
SELECT c.relkind::text, EXISTS (SELECT FROM pg_catalog.pg_rewrite w WHERE w.ev_class = c.oid),
    c.relforcerowsecurity OR pg_catalog.row_security_active(c.oid), c.relrowsecurity,
    EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)),
    ARRAY(SELECT p.polname::text FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid),
    ARRAY(SELECT t.tgname::text FROM pg_catalog.pg_trigger t
          WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'O')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relname = %s
"""
_SET = """
SELECT pg_catalog.split_part(one, '=', 1), CASE s.setrole WHEN 0 THEN 'everybody'
    ELSE pg_catalog.pg_get_userbyid(s.setrole)::text END
FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) one
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database
                            WHERE datname = pg_catalog.current_database()))
    AND pg_catalog.split_part(one, '=', 1) = ANY(%s)
"""
_AUDITORS = "SELECT id FROM public.accounts_user WHERE role = 'auditor' AND is_active ORDER BY id LIMIT 1"
_LAST = "SELECT hash FROM ONLY public.audit_chainlink ORDER BY position DESC LIMIT 1"


def by_its_own_names(cursor: Any) -> None:
    """Until the transaction ends, search the system's schema alone."""
    cursor.execute("SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)")


def _fault(words: str) -> Fault:
    return Fault(Kind.NOT_AS_DECLARED, words)


def tables() -> Iterator[Fault]:
    """Each of the three tables must be what was declared, and no setting may show another in its place."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(_SHAPE, [table])
            row = cursor.fetchone()
            if row is None:
                yield _fault(f"There is no table public.{table}.")
                continue
            kind, ruled, hides, secured, inherits, policies, triggers = row
            if kind != "r" or inherits:
                yield _fault(f"public.{table} is no plain table.")
            if ruled:
                yield _fault(
                    f"A rule is on public.{table}: what is asked of it is answered by something else."
                )
            if hides or not secured:
                yield _fault(f"The row security of public.{table} is not as declared.")
            for name in sorted(set(policies) ^ POLICIES):
                how = "is not declared" if name in policies else "is missing"
                yield _fault(f"The policy {name} on public.{table} {how}.")
            for name in sorted(TRIGGERS[table] - set(triggers)):
                yield _fault(f"The trigger {name} on public.{table} is missing or off.")
        cursor.execute(_SET, [list(SETTINGS)])
        for name, who in cursor.fetchall():
            yield _fault(f"The setting {name} is made for {who}: what is read may be another table.")


def against_the_list() -> tuple[list[Fault], str]:
    """Return what of the trail differs from the sealed list of what is declared; or why that was not
    compared."""
    try:
        found = sync.compare()
    except DatabaseError:
        return [], "Whether its policies and functions are as declared could not be asked."
    if found.why:
        return [], f"Whether its policies and functions are as declared was not compared. {found.why}"
    of_trail = [d for d in found.differences if any(table in d.name for table in TABLES)]
    of_trail += [d for d in found.differences if d.kind == "function" and d.name.startswith("public.audit_")]
    return [_fault(str(d)) for d in of_trail], ""


def as_an_auditor() -> tuple[list[Fault], str]:
    """Return where an auditor is shown fewer or other rows than there are; or why that was not compared."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDITORS)
        row = cursor.fetchone()
        if row is None:
            return [], "What auditors are shown was not compared: the hub has no auditor."
        auditor = SimpleNamespace(pk=row[0], is_authenticated=True)
        with identity.for_owner(auditor):
            cursor.execute("SELECT access.role()")
            if cursor.fetchone() != ("auditor",):
                return [], "What auditors are shown was not compared: the database does not know this site."
            there = _read(cursor, {Event: str(Event.wall_reads)})
        with identity.as_person(auditor):
            try:
                with transaction.atomic():
                    shown = _read(cursor, {})
            except DatabaseError:
                return [_fault("An auditor cannot read the trail.")], ""
    return [
        _fault(f"An auditor is shown {b} {what}, and there {'is' if a == '1' else 'are'} {a}.")
        for what, a, b in zip(
            ("events", "places in the chain", "as the last hash"), there, shown, strict=True
        )
        if a != b
    ], ""


def _read(cursor: Any, rules: dict[type[Any], str]) -> list[str]:
    told = []
    for model in (Event, ChainLink):
        rule = rules.get(model, "true")
        cursor.execute(f"SELECT count(*) FROM ONLY public.{model._meta.db_table} WHERE {rule}")  # noqa: S608  our own rule
        told.append(f"{cursor.fetchone()[0]:,}")
    cursor.execute(_LAST)
    return [*told, str((cursor.fetchone() or ("none",))[0])]
