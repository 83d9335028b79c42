"""Seal what lies beside the database and belongs to a copy of the hub.

The signed checkpoints with the public keys that signed them, the ledger of
erasures with the key that seals its lines, the folder of the installation (its
configuration and mappings), and the secrets without which a hub that comes back
lets nobody in. Not the private key that signs checkpoints:
whoever has a copy and its key could sign a history of their own. Nor the key
that seals copies, which opens this one.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from lamplighter.hub.audit.integrity import checkpoints
from lamplighter.hub.operations.backups import sealing
from lamplighter.hub.operations.backups.unpacking import FILE, FOLDER, INSTALLATION, SECRETS, files_in, opened
from lamplighter.hub.rights.erasure import ledger
from lamplighter.hub.site import places, signatures

__all__ = ["FILE", "opened", "pack", "seal"]

CHECKPOINTS, ERASURES = "checkpoints", "erasures"


def pack() -> bytes:
    """The files as a TAR archive, in memory: some thousand small files at the most."""
    packed = io.BytesIO()
    keys = [*signatures.former_keys(checkpoints.folder()), signatures.public_text()]
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, folder in ((CHECKPOINTS, checkpoints.folder()), (ERASURES, ledger.folder())):
            for path in sorted(folder.glob("*.json")):
                _put(archive, f"{name}/{path.name}", path.read_bytes())
        _put(archive, f"{CHECKPOINTS}/{signatures.FORMER}", "".join(f"{k}\n" for k in keys).encode())
        _put(archive, ledger.SECRET, places.secret(ledger.SECRET).encode())
        for name in SECRETS:
            _put(archive, f"{FOLDER}/{name}", places.secret(name).encode())
        # The folder itself too: a copy of a hub without files says so.
        entry = tarfile.TarInfo(INSTALLATION)
        entry.type, entry.mode = tarfile.DIRTYPE, 0o700
        archive.addfile(entry)
        for name, path in files_in(places.installation()).items():
            _put(archive, f"{INSTALLATION}/{name}", path.read_bytes())
    return packed.getvalue()


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def seal(content: bytes, path: Path, secret: bytes) -> None:
    with path.open("xb") as target:
        path.chmod(0o600)
        sealing.seal(io.BytesIO(content), target, secret)


def key_of_the_ledger(beside: Path) -> str:
    """The copy's own key. An installation that has none yet goes on with it."""
    text = (beside / ledger.SECRET).read_text()
    path = places.private_folder("secrets") / ledger.SECRET
    if not path.exists():
        path.write_text(text)
        path.chmod(0o600)
    return text


def erasures(beside: Path) -> list[ledger.Line]:
    """Every line of the ledger that this machine or the copy knows of, the oldest first."""
    secrets = [key_of_the_ledger(beside), places.secret(ledger.SECRET)]
    lines = {
        line.key: line
        for folder in (beside / ERASURES, ledger.folder())
        for line in ledger.read(folder, secrets=secrets)
    }
    return sorted(lines.values(), key=lambda line: line.at)
