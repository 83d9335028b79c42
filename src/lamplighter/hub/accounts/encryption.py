"""Encrypts what the database must not hold in the clear: seeds of authenticator apps, kept text. And what
stands in addresses of pages.

AES-256-GCM under a key of this installation (``<home>/secrets/sealing-key``),
one derived key a use, bound to the person: a sealed value moved to somebody
else's row, or used for something else, does not open.

An address must be the same whenever it is made, so it has no nonce: AES-SIV (RFC 5297), which is made for
that, and tells nothing but whether two addresses are one and about how long the sealed text is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lamplighter.hub.site import places

NONCE = 12  # bytes
SHORT = 32  # digits, of the 128 bits that AES-SIV makes of a text and begins with


class NotOpenedError(ValueError):
    """The value was not sealed here, for this use and this person; or it was changed."""


def _key(use: str) -> bytes:
    return _derived(places.secret("sealing-key"), use, 32)


def _derived(secret: str, use: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"lamplighter {use}".encode()).derive(secret.encode())


def file_key(use: str, secret: str = "") -> bytes:
    """Return the key of one sealed file; ``secret``: the sealing key, where it is another installation's."""
    return _derived(secret or places.secret("sealing-key"), f"file {use}", 32)


def _siv(use: str) -> AESSIV:
    return _siv_of(places.secret("sealing-key"), use)


@lru_cache(8)
def _siv_of(secret: str, use: str) -> AESSIV:
    return AESSIV(_derived(secret, use, 64))


def seal(value: bytes, *, use: str, of: int) -> str:
    """Encrypt ``value`` for one use and one person (their primary key); text of 4/3 of the length + 38."""
    nonce = os.urandom(NONCE)
    return base64.b64encode(nonce + AESGCM(_key(use)).encrypt(nonce, value, str(of).encode())).decode()


def unseal(text: str, *, use: str, of: int) -> bytes:
    """Return the text that was sealed. Raises ``NotOpenedError``."""
    try:
        raw = base64.b64decode(text, validate=True)
        return AESGCM(_key(use)).decrypt(raw[:NONCE], raw[NONCE:], str(of).encode())
    except (InvalidTag, ValueError) as problem:
        raise NotOpenedError("This was not sealed here.") from problem


def digest(text: str, *, use: str) -> str:
    """A keyed digest for looking a secret up: worth nothing to whoever has only the database."""
    return hmac.new(_key(use), text.encode(), hashlib.sha256).hexdigest()


def address(text: str, *, use: str) -> str:
    """Hexadecimal digits that stand for a text in an address, the same each time. The first :data:`SHORT` are
    a keyed digest of it, from which nobody gets it back; of the rest there are two for each of its bytes."""
    return _siv(use).encrypt(text.encode(), None).hex()


def text_at(sealed: str, *, use: str) -> str:
    """The text that an address stands for. Raises ``NotOpenedError``."""
    try:
        text = _siv(use).decrypt(bytes.fromhex(sealed), None).decode()
    except (InvalidTag, ValueError) as problem:
        raise NotOpenedError("This was not sealed here.") from problem
    # The same in capitals is no second address.
    if address(text, use=use) != sealed:
        raise NotOpenedError("This was not sealed here.")
    return text
