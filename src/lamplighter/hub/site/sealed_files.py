"""Sealed files: AES-256-GCM in chunks, so that a file of any size is read and written in little memory.

Each chunk is sealed with its number and whether it is the last (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizar, 2015): a chunk that was
changed, moved, repeated or cut off does not open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lamplighter.hub.site.errors import OperatorError

MAGIC = b"LLSEAL1\n"
CHUNK = 1 << 20
PREFIX = 7  # random bytes of each file's nonces; four more count, one says "last"
TAG = 16


class NotOpenedError(OperatorError):
    """The file is not a sealed copy, was changed, or was sealed with another key."""


class Readable(Protocol):
    """Anything that gives its bytes in order."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, fewer only at the end."""


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def seal(source: Readable, target: BinaryIO, secret: bytes) -> int:
    """Seal everything that ``source`` gives; returns the bytes read."""
    cipher, prefix = AESGCM(secret), os.urandom(PREFIX)
    target.write(MAGIC + prefix)
    number = total = 0
    chunk = source.read(CHUNK)
    while True:
        following = source.read(CHUNK) if len(chunk) == CHUNK else b""
        target.write(cipher.encrypt(_nonce(prefix, number, not following), chunk, None))
        total += len(chunk)
        if not following:
            return total
        chunk, number = following, number + 1


def opened(source: Readable, secret: bytes, what: str = "copy") -> Iterator[bytes]:
    """Yield what was sealed, in chunks. Raises :class:`NotOpenedError`; until the end rely on nothing."""
    if source.read(len(MAGIC)) != MAGIC:
        raise NotOpenedError(f"This is not a sealed {what} of a hub.")
    cipher, prefix = AESGCM(secret), source.read(PREFIX)
    number = 0
    chunk = source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG) if len(chunk) == CHUNK + TAG else b""
        try:
            yield cipher.decrypt(_nonce(prefix, number, not following), chunk, None)
        except InvalidTag:
            raise NotOpenedError(
                f"Part {number + 1} of the {what} does not open: "
                "the key is another, or it was changed or cut."
            ) from None
        if not following:
            return
        chunk, number = following, number + 1
