"""Sessions as Django keeps them in the database, of which the database alone is worth nothing.

What a browser shows is stored as a keyed digest, and what a session holds (a
report that somebody is typing, for instance) is encrypted and bound to it.
Whoever reads the table can sign in as nobody and reads no draft. The site has no
right to the table: functions of the database (``wall.sql``) read, save and end the
one session whose key they are told, so that no statement ends those of others.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.db import connection

from lamplighter.hub.accounts import encryption

USE = "session"


class SessionStore(db.SessionStore):
    """The store of ``SESSION_ENGINE``. Keys outside are Django's; keys in the table are digests of them."""

    def _get_session_from_db(self) -> Session | None:
        session = self._held(self.session_key)
        if session is None:
            self._session_key = None
        return session

    def exists(self, session_key: str | None) -> bool:
        return self._held(session_key) is not None

    def save(self, must_create: bool = False) -> None:
        """Store it. Raises ``CreateError`` for a key that is taken, ``UpdateError`` for one that ended."""
        if self.session_key is None:
            self.create()
            return
        holds = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # Django’s own, not in its types
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT accounts_session_save(%s, %s, %s, %s)",
                [stored(self.session_key), holds, self.get_expiry_date(), must_create],
            )
            ((done,),) = cursor.fetchall()
        if not done:
            raise CreateError if must_create else UpdateError

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            with connection.cursor() as cursor:
                cursor.execute("SELECT accounts_session_end(%s)", [stored(key)])

    def _held(self, session_key: str | None) -> Session | None:
        asked = "SELECT * FROM accounts_session_read(%s)"
        return next(iter(Session.objects.raw(asked, [stored(session_key)])), None)

    def encode(self, session_dict: dict[str, Any]) -> str:
        plain = json.dumps(session_dict, separators=(",", ":")).encode()
        return encryption.seal(plain, use=USE, of=_number(self.session_key))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the session's data; nothing where the row is of another session or another key sealed it."""
        try:
            plain = encryption.unseal(str(session_data), use=USE, of=_number(self.session_key))
        except encryption.NotOpenedError:
            return {}
        found: dict[str, Any] = json.loads(plain)
        return found


def stored(session_key: str | None) -> str:
    """The key of the table: 40 characters, of which nobody makes the key that the browser shows."""
    return encryption.digest(session_key or "", use=USE)[:40]


def _number(session_key: str | None) -> int:
    return int(stored(session_key), 16)


def clear_expired() -> None:
    """Remove the sessions that have ended by time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_sessions_expired()")
