"""Encrypts what the database must not hold in the clear: seeds of authenticator apps, kept text.

AES-256-GCM under a key of this installation (``<home>/secrets/sealing-key``),
one derived key a use, bound to the person: a sealed value moved to somebody
else's row, or used for something else, does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lamplighter.hub.site import places

NONCE = 12  # bytes


class NotOpenedError(ValueError):
    """The value was not sealed here, for this use and this person; or it was changed."""


def _key(use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"lamplighter {use}".encode()).derive(
        places.secret("sealing-key").encode()
    )


def seal(value: bytes, *, use: str, of: int) -> str:
    """Encrypt ``value`` for one use and one person (their primary key); text of 4/3 of the length + 38."""
    nonce = os.urandom(NONCE)
    return base64.b64encode(nonce + AESGCM(_key(use)).encrypt(nonce, value, str(of).encode())).decode()


def unseal(text: str, *, use: str, of: int) -> bytes:
    """What was sealed. Raises ``NotOpenedError``."""
    try:
        raw = base64.b64decode(text, validate=True)
        return AESGCM(_key(use)).decrypt(raw[:NONCE], raw[NONCE:], str(of).encode())
    except (InvalidTag, ValueError) as problem:
        raise NotOpenedError("This was not sealed here.") from problem


def digest(text: str, *, use: str) -> str:
    """A keyed digest for looking a secret up: worth nothing to whoever has only the database."""
    return hmac.new(_key(use), text.encode(), hashlib.sha256).hexdigest()
