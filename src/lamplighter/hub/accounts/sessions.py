"""Sessions as Django keeps them in the database, of which the database alone is worth nothing.

What a browser shows is stored as a keyed digest, and what a session holds (a
report that somebody is typing, for instance) is encrypted and bound to it.
Whoever reads the table can sign in as nobody and reads no draft.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from lamplighter.hub.accounts import sealing

USE = "session"


class SessionStore(db.SessionStore):
    """The store of ``SESSION_ENGINE``. Keys outside are Django's; keys in the table are digests of them."""

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.filter(session_key=stored(self.session_key), expire_date__gt=timezone.now())
        session = found.first()
        if session is None:
            self._session_key = None
        return session

    def exists(self, session_key: str | None) -> bool:
        return Session.objects.filter(session_key=stored(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        self._get_or_create_session_key()
        return Session(
            session_key=stored(self.session_key),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
        )

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(session_key=stored(key)).delete()

    def encode(self, session_dict: dict[str, Any]) -> str:
        plain = json.dumps(session_dict, separators=(",", ":")).encode()
        return sealing.seal(plain, use=USE, of=_number(self.session_key))

    def decode(self, session_data: str) -> dict[str, Any]:
        """What the session holds; nothing where the row is of another session or another key sealed it."""
        try:
            plain = sealing.unseal(session_data, use=USE, of=_number(self.session_key))
        except sealing.NotOpenedError:
            return {}
        found: dict[str, Any] = json.loads(plain)
        return found


def stored(session_key: str | None) -> str:
    """The key of the table: 40 characters, of which nobody makes the key that the browser shows."""
    return sealing.digest(session_key or "", use=USE)[:40]


def _number(session_key: str | None) -> int:
    return int(stored(session_key), 16)
