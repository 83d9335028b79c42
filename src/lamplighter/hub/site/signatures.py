"""Sign with the key of this installation.

The private key is kept in ``<home>/secrets`` and never in the database. Its
public half can be printed and kept elsewhere; then nothing that is signed can be made
up afterwards even by somebody who holds this machine.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lamplighter.hub.site import places

FOLDER = "checkpoints"  # in it: what was signed of the trail, and the keys that signed before
FORMER = "former-keys"  # of that folder: public keys that signed before, one a line
SECRET = "audit-signing-key"  # noqa: S105  the name of the file, not what is in it


class NotAKeyError(ValueError):
    """A text that is no public key."""


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
        raise NotAKeyError("This is not a public key as `lamplighter audit key` prints it.") from problem


def known_keys(folder: Path) -> list[Ed25519PublicKey]:
    """This installation's public key, and those that the folder of checkpoints says signed before it."""
    return [public_key(), *(public_key(text) for text in former_keys(folder))]


def former_keys(folder: Path) -> list[str]:
    """Public keys, as text, that a folder of checkpoints says have signed before."""
    path = folder / FORMER
    return path.read_text().split() if path.exists() else []


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
