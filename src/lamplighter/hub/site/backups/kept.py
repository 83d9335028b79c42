"""What lies beside the database and belongs to a copy of the hub, sealed like it.

The signed checkpoints with the public keys that signed them, the ledger of
erasures with the key that seals its lines, and the folder of the installation:
its configuration and mappings. Not the private key that signs checkpoints:
whoever has a copy and its key could sign a history of their own.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lamplighter.hub.audit import checkpoints, signing
from lamplighter.hub.rights import ledger
from lamplighter.hub.site import places
from lamplighter.hub.site.backups import sealing

FILE = "kept.sealed"
CHECKPOINTS, ERASURES, INSTALLATION = "checkpoints", "erasures", "installation"


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the installation's folder: files that were written here, or in words what differs."""

    written: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()


def pack() -> bytes:
    """The files as a TAR archive, in memory: some thousand small files at the most."""
    packed = io.BytesIO()
    keys = [*signing.former_keys(checkpoints.folder()), signing.public_text()]
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, folder in ((CHECKPOINTS, checkpoints.folder()), (ERASURES, ledger.folder())):
            for path in sorted(folder.glob("*.json")):
                _put(archive, f"{name}/{path.name}", path.read_bytes())
        _put(archive, f"{CHECKPOINTS}/{signing.FORMER}", "".join(f"{k}\n" for k in keys).encode())
        _put(archive, ledger.SECRET, places.secret(ledger.SECRET).encode())
        # The folder itself too: a copy of a hub without files says so.
        archive.addfile(_folder(INSTALLATION))
        for name, path in _files(places.installation()).items():
            _put(archive, f"{INSTALLATION}/{name}", path.read_bytes())
    return packed.getvalue()


def _folder(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o700
    return entry


def _files(folder: Path) -> dict[str, Path]:
    """Every file of a folder and of the folders in it by its name; not what is hidden, such as ``.git``."""
    found = {}
    for top in sorted(folder.iterdir()):
        for path in [top, *sorted(top.rglob("*"))] if top.is_dir() else [top]:
            name = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                found[name.as_posix()] = path
    return found


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def seal(content: bytes, path: Path, secret: bytes) -> None:
    with path.open("xb") as target:
        path.chmod(0o600)
        sealing.seal(io.BytesIO(content), target, secret)


@contextmanager
def opened(path: Path, secret: bytes) -> Iterator[Path]:
    """A folder with what was packed, for as long as the block lasts. Raises ``sealing.NotOpenedError``."""
    with path.open("rb") as source:
        content = b"".join(sealing.opened(source, secret))
    with tempfile.TemporaryDirectory(prefix="lamplighter-copy-") as folder:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def bring_back(beside: Path) -> Brought:
    """Write the installation's files of a copy here where there are none, as on a new machine.

    Where there are files already nothing is written: what differs is returned
    in words, for whoever runs the hub to decide. A copy of an earlier version
    that knows of no such folder brings nothing.
    """
    if not (beside / INSTALLATION).is_dir():
        return Brought()
    theirs, folder = _files(beside / INSTALLATION), places.installation()
    if ours := _files(folder):
        return Brought(differences=tuple(_differences(theirs, ours)))
    for name, path in theirs.items():
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        target.chmod(0o600)
    return Brought(written=tuple(theirs))


def _differences(theirs: dict[str, Path], ours: dict[str, Path]) -> Iterator[str]:
    for name in sorted(theirs | ours):
        if name not in ours:
            yield f"{name} is in the copy and not here"
        elif name not in theirs:
            yield f"{name} is here and not in the copy"
        elif theirs[name].read_bytes() != ours[name].read_bytes():
            yield f"{name} is another in the copy"


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
