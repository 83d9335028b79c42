"""The tokens under which the hub's records of suspects are known to the national index.

A key of its own is derived from the secret of this installation: who has a token, or all of them, can work
out neither a record id nor another hub's token of the same record.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection

from lamplighter.hub.access.wall import identity

_PURPOSE = b"lamplighter national index, tokens of suspects, 1"


def token_of(record_id: str) -> str:
    """Return the token of a person record: 64 hexadecimal digits."""
    return hmac.new(_key(), record_id.encode(), hashlib.sha256).hexdigest()


def by_token(record_ids: Collection[str]) -> dict[str, str]:
    """Return the record id of each token."""
    key = _key()
    return {hmac.new(key, one.encode(), hashlib.sha256).hexdigest(): one for one in record_ids}


def _key() -> bytes:
    return hmac.new(identity.identity_key(), _PURPOSE, hashlib.sha256).digest()
