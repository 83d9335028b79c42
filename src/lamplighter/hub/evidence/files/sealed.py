"""Files of exhibits on disk: each sealed under a key of its own, in a folder of the hub, by a random name.

The key of a file is derived from the secret of the installation that seals what the database must not hold
(``sealing-key``) and the file's random name; it stands in no table. Nothing is written over: what is there
stays as it came until it is erased. A file is first put into ``arriving``, and takes its place when the
transaction that says of it is committed; what was cut off there is removed after a day (``tasks``).
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.db import transaction

from lamplighter.hub.accounts import encryption
from lamplighter.hub.site import places, sealed_files

FOLDER, ARRIVING = "evidence", "arriving"


class NotHereError(LookupError):
    """The hub says of a file that it has it, and it is not on this machine's disk."""


@dataclass(frozen=True, slots=True)
class Put:
    """A file that was sealed: its random name, its length and its SHA-256, worked out while it was read."""

    key: uuid.UUID
    size: int
    sha256: str


class _Hashed:
    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.digest = source, hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block


def folder() -> Path:
    """Return the folder of sealed files."""
    return places.private_folder(FOLDER)


def _arriving() -> Path:
    return places.private_folder(f"{FOLDER}/{ARRIVING}")


def place(key: uuid.UUID) -> Path:
    """Return where a file belongs: 256 folders, so that none holds too many."""
    return folder() / key.hex[:2] / key.hex


def put(source: IO[bytes]) -> Put:
    """Seal what ``source`` gives. The file takes its place when the transaction is committed."""
    made = write(source)
    transaction.on_commit(lambda: settle(made.key))
    return made


def write(source: IO[bytes]) -> Put:
    """Seal what ``source`` gives, in little memory, reading it once."""
    key = uuid.uuid4()
    waiting = _arriving() / key.hex
    hashed = _Hashed(source)
    try:
        with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            size = sealed_files.seal(hashed, target, _key(key))
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return Put(key, size, hashed.digest.hexdigest())


def put_bytes(content: bytes) -> Put:
    """Seal what the hub made of a file."""
    return put(io.BytesIO(content))


def settle(key: uuid.UUID) -> None:
    """Put a file that has arrived into its place."""
    there = place(key)
    there.parent.mkdir(mode=0o700, exist_ok=True)
    (_arriving() / key.hex).replace(there)


def discard(put: Put) -> None:
    """Remove a file of which no row will say anything."""
    for path in (_arriving() / put.key.hex, place(put.key)):
        path.unlink(missing_ok=True)


def path_of(key: uuid.UUID) -> Path:
    """Return where a file is. Raises :class:`NotHereError`."""
    for path in (place(key), _arriving() / key.hex):
        if path.is_file():
            return path
    raise NotHereError(
        f"File {key} of the evidence is not in {folder()}. Bring it back from a copy of the hub."
    )


def chunks(key: uuid.UUID) -> Iterator[bytes]:
    """Yield the bytes as they came. Raises :class:`NotHereError`, or ``sealed_files.NotOpenedError``."""
    path = path_of(key)
    return _chunks(path, key)


def _chunks(path: Path, key: uuid.UUID) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from sealed_files.opened(source, _key(key), "file")


@contextmanager
def opened(key: uuid.UUID) -> Iterator[BinaryIO]:
    """Open the bytes for a reader that moves about in them: in memory, or in a file without a name."""
    with tempfile.SpooledTemporaryFile(max_size=64 << 20, dir=str(_arriving())) as plain:
        for block in chunks(key):
            plain.write(block)
        plain.seek(0)
        yield cast("BinaryIO", plain)


def digest_of(path: Path, key: uuid.UUID, secret: str = "") -> str:
    """Return the SHA-256 of what is sealed in a file; ``secret``: of the installation that sealed it."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        for block in sealed_files.opened(source, _key(key, secret), "file"):
            digest.update(block)
    return digest.hexdigest()


def every() -> dict[str, Path]:
    """Return every sealed file that is in its place, by its name."""
    return {path.name: path for path in sorted(folder().glob("??/*")) if path.is_file()}


def waiting() -> dict[str, Path]:
    """Return every file that has not taken its place, by its name."""
    return {path.name: path for path in _arriving().iterdir() if path.is_file() and len(path.name) == 32}


def _key(key: uuid.UUID, secret: str = "") -> bytes:
    return encryption.file_key(f"evidence {key.hex}", secret)
