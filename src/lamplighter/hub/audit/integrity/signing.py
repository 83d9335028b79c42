"""Signed statements of how far the chain reached, and the key that signs them.

The private key is kept in ``<home>/secrets`` and never in the database. Its
public half can be printed and kept elsewhere; then a statement cannot be made
up afterwards even by somebody who holds this machine.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lamplighter.hub.site import places

KIND = "lamplighter audit checkpoint 1"
RESTORED = "lamplighter audit restoration 1"
FORMER = "former-keys"  # of a folder of checkpoints: public keys that signed before, one a line
SECRET = "audit-signing-key"  # noqa: S105  the name of the file, not what is in it
WIDTH = 16  # hexadecimal digits of a fingerprint: the first 64 bits of the row's hash


class NotACheckpointError(ValueError):
    """A file that is no checkpoint; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """At ``at`` the chain had ``position`` rows, and the last one's hash was ``hash``.

    ``fingerprints`` gives the beginning of every hash after position ``after``
    up to ``position``, so that a history that was made anew as a whole can be
    told apart row by row. It may be empty. One that is ``restored`` says that the
    hub was brought back then from a copy whose chain ended there.
    """

    at: dt.datetime
    position: int
    hash: str
    after: int = 0
    fingerprints: str = ""
    signature: str = ""
    source: str = ""
    restored: bool = False

    @property
    def kind(self) -> str:
        return RESTORED if self.restored else KIND

    def message(self) -> bytes:
        prints = hashlib.sha256(self.fingerprints.encode()).hexdigest()
        at = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return f"{self.kind}\n{at}\n{self.position}\n{self.hash}\n{self.after}\n{prints}\n".encode()

    def print_at(self, position: int) -> str:
        """The fingerprint of the row at this position, or nothing where this statement has none."""
        if not self.fingerprints or not self.after < position <= self.position:
            return ""
        start = (position - self.after - 1) * WIDTH
        return self.fingerprints[start : start + WIDTH]


def private_key() -> Ed25519PrivateKey:
    """The key of this installation, made on first use."""
    seed = places.secret(SECRET, 32)
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(seed + "=" * (-len(seed) % 4)))


def public_text() -> str:
    """The public half, as text to keep elsewhere."""
    return base64.b64encode(private_key().public_key().public_bytes_raw()).decode()


def public_key(text: str = "") -> Ed25519PublicKey:
    """A public key from its text; without one, this installation's own."""
    if not text:
        return private_key().public_key()
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except ValueError as problem:
        raise NotACheckpointError(
            "This is not a public key as `lamplighter audit key` prints it."
        ) from problem


def known_keys(folder: Path) -> list[Ed25519PublicKey]:
    """This installation's public key, and those that the folder of checkpoints says signed before it."""
    return [public_key(), *(public_key(text) for text in former_keys(folder))]


def former_keys(folder: Path) -> list[str]:
    """Public keys, as text, that a folder of checkpoints says have signed before."""
    path = folder / FORMER
    return path.read_text().split() if path.exists() else []


def standing(statements: Sequence[Statement]) -> list[Statement]:
    """Those that the chain must agree with: not what was signed before a restoration about rows after it.

    A hub that comes back from a copy goes on from where the copy ended. What had
    been signed about the rows that are not in the copy is about the trail that was left.
    """
    restorations = [s for s in statements if s.restored]
    return [s for s in statements if not any(s.at < r.at and s.position > r.position for r in restorations)]


def signed(statement: Statement) -> str:
    return base64.b64encode(private_key().sign(statement.message())).decode()


def is_ours(statement: Statement, key: Ed25519PublicKey) -> bool:
    """Tell whether the signature is by this key and of this very statement."""
    try:
        key.verify(base64.b64decode(statement.signature, validate=True), statement.message())
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_text(text: str) -> str:
    """Sign a text of another kind than a statement; its first line says of which."""
    return base64.b64encode(private_key().sign(text.encode())).decode()


def is_signed_text(text: str, signature: str, keys: Sequence[Ed25519PublicKey]) -> bool:
    """Tell whether one of these keys signed this text."""
    for key in keys:
        with suppress(InvalidSignature, ValueError):
            key.verify(base64.b64decode(signature, validate=True), text.encode())
            return True
    return False


def to_text(statement: Statement) -> str:
    """The statement as a JSON document, one key a line."""
    return json.dumps(
        {
            "kind": statement.kind,
            "at": statement.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "position": statement.position,
            "hash": statement.hash,
            "after": statement.after,
            "fingerprints": statement.fingerprints,
            "signature": statement.signature,
        },
        indent=1,
    )


def from_file(path: Path) -> Statement:
    """Read what :func:`to_text` wrote. Raises :class:`NotACheckpointError` for anything else."""
    try:
        found = json.loads(path.read_text())
        if found["kind"] not in {KIND, RESTORED}:
            raise NotACheckpointError(f"{path} is not a checkpoint of this version.")
        return Statement(
            at=dt.datetime.fromisoformat(found["at"]),
            position=int(found["position"]),
            hash=str(found["hash"]),
            after=int(found["after"]),
            fingerprints=str(found["fingerprints"]),
            signature=str(found["signature"]),
            source=str(path),
            restored=found["kind"] == RESTORED,
        )
    except OSError as problem:
        raise NotACheckpointError(f"{path} cannot be read: {problem.strerror}.") from problem
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as problem:
        if isinstance(problem, NotACheckpointError):
            raise
        raise NotACheckpointError(f"{path} is not a checkpoint.") from problem
