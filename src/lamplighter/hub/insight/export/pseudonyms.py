"""Names of nobody: the same thing has the same one within an export, and another one in the next.

Keyed, so that nobody who knows a crime reference can work out its pseudonym; and the key is made for one
export, held in memory and gone with it, so that two exports have no pseudonym in common (ADR 0102). What else
could join them, and lead back to people, is kept coarse: ADR 0152.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

DIGITS = 20  # of 16 values each: two alike among a million have a chance of 1 in 10 to the 12th
LETTERS = {"report": "R", "case": "C", "person": "P", "event": "E", "item": "I", "clock": "T"}


class Pseudonyms:
    """Pseudonyms of one export."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, kind: str, identity: object) -> str:
        """``R-`` and 20 hexadecimal digits for ("report", anything). Raises ``KeyError`` for other kinds."""
        told = f"{kind}\0{identity}".encode()
        digest = hmac.new(self._key, told, hashlib.sha256).hexdigest()
        return f"{LETTERS[kind]}-{digest[:DIGITS]}"

    def maybe(self, kind: str, identity: object | None) -> str | None:
        """As :meth:`of`; ``None`` stays ``None``."""
        return None if identity is None else self.of(kind, identity)
