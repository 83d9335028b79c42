"""Prove to the database who is asking: a person in a request, or a service with a purpose.

The identity lives in the transaction and ends with it. Without one the
database shows nothing of anybody's case: a view with a forgotten filter, a
job with a forgotten identity, or a connection handed on, sees an empty hub.

Anybody who can run a statement can set a setting. So each identity comes with
a proof made with a key that only the site and functions of the database hold
(``access.proved``): a statement that somebody smuggled in cannot become another
person, or a service.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction

from lamplighter.hub.access.wall.partitions import PURPOSES
from lamplighter.hub.site import environment, places
from lamplighter.hub.site.postgresql import rights
from lamplighter.hub.site.postgresql.leaving import leave
from lamplighter.hub.site.postgresql.prepared import cursor

SETTINGS = ("role", "lamplighter.actor", "lamplighter.purpose", "lamplighter.reason", "lamplighter.proof")
WEB, SERVICE, RECORDS, LOADER = rights.BECOMES
ROLE_OF = {"records": RECORDS, "service": SERVICE}


class UnknownPurposeError(ValueError):
    """A service asked for a purpose that ``access.wall.partitions.PURPOSES`` does not list."""


class _Asking(NamedTuple):
    """Who is asking now (the values of :data:`SETTINGS`), on which connection, in a transaction of when."""

    settings: list[str]
    backend: int
    began: str

    def proof(self, actor: str, purpose: str, *, of_job: bool = False) -> str:
        """What ``access.proved`` asks for: of this connection, and of its transaction unless ``of_job``."""
        told = f"{self.backend}|{'job' if of_job else self.began}|{actor}|{purpose}".encode()
        key = identity_key()
        return ("j" if of_job else "t") + hashlib.sha256(
            key + hashlib.sha256(key + told).digest()
        ).hexdigest()


_ASK = """
SELECT coalesce(nullif(current_setting('role'), ''), 'none'),
    coalesce(current_setting('lamplighter.actor', true), ''),
    coalesce(current_setting('lamplighter.purpose', true), ''),
    coalesce(current_setting('lamplighter.reason', true), ''),
    coalesce(current_setting('lamplighter.proof', true), ''),
    pg_backend_pid(), extract(epoch FROM now())::text
"""
_SET = "SELECT " + ", ".join(f"set_config('{name}', %s, %s)" for name in SETTINGS)


def _asking() -> _Asking:
    with cursor() as asked:
        (*settings, backend, began), *_ = asked.execute(_ASK, prepare=True).fetchall()
    return _Asking(settings, backend, began)


def _set(values: list[str], *, local: bool) -> None:
    with cursor() as asked:
        asked.execute(_SET, [given for value in values for given in (value, local)], prepare=True)


@contextmanager
def _becoming(
    role: str | None, actor: str | None, purpose: str | None = "", reason: str = ""
) -> Iterator[None]:
    """``role``, ``actor`` and ``purpose``: who is asking; ``None`` for what it was."""
    with transaction.atomic():
        before = _asking()
        given = zip((role, actor, purpose), before.settings, strict=False)
        now = [old if new is None else new for new, old in given]
        after = [*now, reason, before.proof(now[1], now[2])]
        # A service that calls another of its own purpose stays what it is.
        changes = after != before.settings
        if changes:
            _set(after, local=True)
        yield
        # After an exception the database puts them back itself, with the savepoint or the transaction.
        if changes and len(connection.atomic_blocks) > 1 and not connection.needs_rollback:
            _set(before.settings, local=True)


@contextmanager
def as_person(user: Any) -> Iterator[None]:
    """One transaction in which the database sees what this person may see; ``None`` is nobody."""
    actor = str(user.pk) if user is not None and getattr(user, "is_authenticated", False) else ""
    with _becoming(WEB, actor):
        yield


@contextmanager
def for_owner(user: Any) -> Iterator[None]:
    """One transaction in which rules are asked as of this person, and rows are read as the login may: to hold
    what somebody is shown against what there is."""
    with _becoming("none", str(user.pk)):
        yield


@contextmanager
def for_reason(reason: str) -> Iterator[None]:
    """Within a person's transaction: a look that needs a reason (the vault). The caller audits it."""
    with _becoming(None, None, None, reason):
        yield


@contextmanager
def as_service(purpose: str) -> Iterator[None]:
    """One transaction, or part of one, as the service with this purpose. The audit still names the person."""
    with _becoming(_role_for(purpose), None, purpose):
        yield


@contextmanager
def job(purpose: str) -> Iterator[None]:
    """A background job of many transactions as the service with this purpose."""
    role = _role_for(purpose)
    before = _asking()
    _set([role, "", purpose, "", before.proof("", purpose, of_job=True)], local=False)
    try:
        yield
    finally:
        # In a transaction that has failed nothing can be set, and its rollback puts these back.
        with suppress(DatabaseError):
            _set(before.settings, local=False)
        # A job within another one, or of a command that holds a lock, leaves that what it needs.
        if before.settings[2] == "" and environment.as_app():
            leave()


def of_connection(made: Any, purpose: str) -> list[tuple[str, list[str]]]:
    """Return the statements that prove a purpose for as long as a psycopg connection lives, without becoming
    a role: the worker's, which keep its queue."""
    _role_for(purpose)
    proof = _Asking([], made.info.backend_pid, "").proof("", purpose, of_job=True)
    told = {"lamplighter.actor": "", "lamplighter.purpose": purpose, "lamplighter.proof": proof}
    return [("SELECT set_config(%s, %s, false)", [name, value]) for name, value in told.items()]


@contextmanager
def loading(cur: Any) -> Iterator[None]:
    """For ``COPY``, which cannot load tables with row security: the role that adds rows and reads none."""
    cur.execute("SELECT current_setting('role')")
    if cur.fetchone()[0] != RECORDS:  # the owner of the tables
        yield
        return
    # Without a savepoint: a table counts as emptied just now only in the transaction that emptied it.
    with transaction.atomic(savepoint=False):
        cur.execute(f"SET LOCAL ROLE {LOADER}")
        yield
        cur.execute(f"SET LOCAL ROLE {RECORDS}")


def _role_for(purpose: str) -> str:
    if purpose not in PURPOSES:
        raise UnknownPurposeError(
            f"{purpose!r} is not a purpose. Add it to access/wall/partitions.py, with its role."
        )
    return ROLE_OF[PURPOSES[purpose]]


@functools.cache
def identity_key() -> bytes:
    """32 bytes from the secret that the site and the database share: whoever has it says who is asking."""
    secret = environment.value("LAMPLIGHTER_IDENTITY_KEY") or places.secret("identity-key")
    return hashlib.sha256(secret.encode()).digest()
