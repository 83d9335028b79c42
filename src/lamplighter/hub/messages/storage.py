"""Keep originals: the one place that says how. ``hub/evidence`` can take it over by these two functions."""

from __future__ import annotations

import hashlib

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import User
from lamplighter.hub.messages.models import Brought, Original
from lamplighter.message_exports.decoding import storable

USE = "what the victim brings"


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(data).hexdigest()


def keep(user: User, brought: Brought, name: str, data: bytes) -> Original:
    """Keep a file untouched, sealed with a key of this installation and bound to its case."""
    sealed = encryption.seal(data, use=USE, of=brought.case_id).encode()
    row = {"name": storable(name)[-255:], "size": len(data), "sha256": digest(data), "sealed": sealed}
    return Original.objects.create(
        **owned(user, brought.case, partition=brought.partition, brought=brought, **row)
    )


def given_back(original: Original) -> bytes:
    """Return a file as it was received.

    Raises ``encryption.NotOpenedError`` where it was changed, or sealed with the key of another hub.
    """
    return encryption.unseal(bytes(original.sealed).decode(), use=USE, of=original.case_id)
