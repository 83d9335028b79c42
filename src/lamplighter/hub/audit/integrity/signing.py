"""Sign statements of how far the chain reached (:mod:`lamplighter.hub.site.signatures` has the key)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lamplighter.hub.site import signatures

KIND = "lamplighter audit checkpoint 1"
RESTORED = "lamplighter audit restoration 1"
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


def standing(statements: Sequence[Statement]) -> list[Statement]:
    """Those that the chain must agree with: not what was signed before a restoration about rows after it.

    A hub that comes back from a copy goes on from where the copy ended. What had
    been signed about the rows that are not in the copy is about the trail that was left.
    """
    restorations = [s for s in statements if s.restored]
    return [s for s in statements if not any(s.at < r.at and s.position > r.position for r in restorations)]


def signed(statement: Statement) -> str:
    return base64.b64encode(signatures.private_key().sign(statement.message())).decode()


def is_ours(statement: Statement, key: Ed25519PublicKey) -> bool:
    """Tell whether the signature is by this key and of this very statement."""
    try:
        key.verify(base64.b64decode(statement.signature, validate=True), statement.message())
    except (InvalidSignature, ValueError):
        return False
    return True


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
