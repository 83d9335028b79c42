"""Sealed files: AES-256-GCM in chunks, so that a copy of any size is read and written in little memory.

Each chunk is sealed with its number and whether it is the last (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizar, 2015): a chunk that was
changed, moved, repeated or cut off does not open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lamplighter.hub.site import places
from lamplighter.hub.site.errors import OperatorError

MAGIC = b"LLSEAL1\n"
CHUNK = 1 << 20
PREFIX = 7  # random bytes of each file's nonces; four more count, one says "last"
TAG = 16


class NotOpenedError(OperatorError):
    """The file is not a sealed copy, was changed, or was sealed with another key."""


def key(path: Path | None = None) -> bytes:
    """The key of this installation, made once, or the one in the file ``path`` (64 hexadecimal digits)."""
    text = path.read_text().strip() if path else places.secret("backup-key", 32)
    if path:
        try:
            found = bytes.fromhex(text)
        except ValueError:
            found = b""
        if len(found) != 32:
            raise NotOpenedError(
                f"{path} holds no key: 64 hexadecimal digits, as `lamplighter backup key` prints."
            )
        return found
    return _stretched(text)


def keep(path: Path) -> None:
    """Keep the key in a file as this installation's own, so that its next copies open with the same one."""
    places.write_whole(places.private_folder("secrets") / "backup-key", key(path).hex(), new=True)


def _stretched(text: str) -> bytes:
    import hashlib

    # One that was brought along from another machine is written as `lamplighter backup-key` prints it.
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return bytes.fromhex(text)
    # The installation's secrets are random text of 256 bits; a digest makes 32 bytes of it and loses nothing.
    return hashlib.sha256(text.encode()).digest()


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def seal(source: IO[bytes], target: BinaryIO, secret: bytes) -> int:
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


def opened(source: BinaryIO, secret: bytes) -> Iterator[bytes]:
    """Yield what was sealed, in chunks. Raises :class:`NotOpenedError`; until the end rely on nothing."""
    if source.read(len(MAGIC)) != MAGIC:
        raise NotOpenedError("This is not a sealed copy of a hub.")
    cipher, prefix = AESGCM(secret), source.read(PREFIX)
    number = 0
    chunk = source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG) if len(chunk) == CHUNK + TAG else b""
        try:
            yield cipher.decrypt(_nonce(prefix, number, not following), chunk, None)
        except InvalidTag:
            raise NotOpenedError(
                f"Part {number + 1} of the copy does not open: the key is another, or it was changed or cut."
            ) from None
        if not following:
            return
        chunk, number = following, number + 1
