"""Make ids that say nothing: keyed for each role, for each purpose and release, and turned from one into
another by whoever holds both keys.

Every id is one block of AES over a token of 16 bytes, so that it can be turned back by whoever holds its key
and by nobody else. Each of the three roles has a key of its own in a file of its own:

- a *force* makes a token of its record's id, which it alone can make again;
- the *linker* sees that token under a key of the force, and gives national pseudonyms under its own key;
- the *analyst* sees it under the key of a release, which the forces have to write with and the linker has
not.

So the linker's ids and the analyst's have nothing in common that either could work out alone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lamplighter.national.errors import NationalError

BYTES = 32
_BLOCK = 16
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Release:
    """Hold what ids are made for: a ``purpose`` ("reoffending") and a ``release`` ("2027-q1")."""

    purpose: str
    release: str

    @property
    def label(self) -> str:
        return f"{self.purpose}-{self.release}"


@dataclass(frozen=True, slots=True)
class Key:
    """Hold a secret of 32 bytes; it is never shown."""

    secret: bytes

    def __repr__(self) -> str:
        return "<Key>"

    @classmethod
    def read(cls, path: Path) -> Key:
        """Return the key in a file.

        Raises:
            NationalError: there is none, or it is not 32 bytes in hexadecimal digits.
        """
        try:
            secret = bytes.fromhex(path.read_text("ascii").strip())
        except (OSError, ValueError):
            raise NationalError(f"{path} is no key: 32 bytes in hexadecimal digits.") from None
        if len(secret) != BYTES:
            raise NationalError(f"{path} is no key: 32 bytes in hexadecimal digits.")
        return cls(secret)

    @classmethod
    def kept(cls, path: Path) -> Key:
        """Return the key in a file, which is made where there is none; nobody else can read it."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(BYTES) + "\n", "ascii")
        return cls.read(path)

    def derived(self, *labels: str) -> Key:
        """Return the key for some use of this one."""
        info = _SEPARATOR.join(labels).encode()
        return Key(HKDF(hashes.SHA256(), BYTES, salt=None, info=info).derive(self.secret))

    def of_release(self, release: Release) -> Key:
        """Return the key for a purpose and a release."""
        return self.derived("release", release.purpose, release.release)

    def tokens(self, values: Iterable[str]) -> bytes:
        """Return a token of 16 bytes for each value, one after the other."""
        begun = hashlib.blake2b(digest_size=_BLOCK, key=self.secret)

        def made(value: str) -> bytes:
            own = begun.copy()
            own.update(value.encode())
            return own.digest()

        return b"".join([made(v) for v in values])

    def token_texts(self, values: Iterable[str]) -> list[str]:
        """Return the tokens in hexadecimal digits."""
        whole = self.tokens(values).hex()
        return [whole[i : i + 2 * _BLOCK] for i in range(0, len(whole), 2 * _BLOCK)]

    def sealed(self, letter: str, tokens: bytes) -> pl.Series:
        """Return an id for each token: a letter, a hyphen and 32 hexadecimal digits."""
        whole = self._cipher().encryptor().update(tokens).hex()
        step = 2 * _BLOCK
        made = [f"{letter}-{whole[i : i + step]}" for i in range(0, len(whole), step)]
        return pl.Series(made, dtype=pl.String())

    def opened(self, ids: Sequence[str]) -> bytes:
        """Return the tokens that some ids of this key stand for.

        Raises:
            NationalError: one of them is no id.
        """
        try:
            whole = bytes.fromhex("".join(i.partition("-")[2] for i in ids))
        except ValueError:
            raise NationalError("What is turned back is no id of this kind.") from None
        if len(whole) != _BLOCK * len(ids):
            raise NationalError("What is turned back is no id of this kind.")
        return self._cipher().decryptor().update(whole)

    def _cipher(self) -> Cipher[modes.ECB]:
        # Each id is one block of its own over a token that looks random: nothing is chained.
        return Cipher(algorithms.AES(self.secret), modes.ECB())  # noqa: S305 - see above


def transcoded(ids: pl.Series, before: Key, after: Key) -> pl.Series:
    """Return the same ids under another key: what two releases have in common is known to whoever holds both
    keys, and to nobody else."""
    if ids.is_empty():
        return ids
    letter = str(ids[0]).partition("-")[0]
    return after.sealed(letter, before.opened(ids.to_list()))
