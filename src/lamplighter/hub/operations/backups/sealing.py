"""The key that seals copies of a hub, and the sealed files that a copy is made of."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site import places
from lamplighter.hub.site.sealed_files import CHUNK, MAGIC, PREFIX, TAG, NotOpenedError, opened, seal

__all__ = ["CHUNK", "MAGIC", "PREFIX", "TAG", "NotOpenedError", "keep", "key", "opened", "seal"]


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
