"""Open what lies beside the database in a copy, and bring its secrets and the installation's files back,
before there is a hub that could.

Nothing here needs a database or the hub's settings: a hub that is brought up asks for its secrets at once,
and would make new ones.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lamplighter.hub.operations.backups import sealing
from lamplighter.hub.site import places

FILE, FOLDER, INSTALLATION = "kept.sealed", "secrets", "installation"
# Those that what is in the database hangs on. A new site proves itself to it with a key of its own.
SECRETS = ("secret-key", "sealing-key", "match-key", "erasure-key")


@contextmanager
def opened(path: Path, secret: bytes) -> Iterator[Path]:
    """A folder with what was packed, for as long as the block lasts. Raises ``sealing.NotOpenedError``."""
    with path.open("rb") as source:
        content = b"".join(sealing.opened(source, secret))
    with tempfile.TemporaryDirectory(prefix="lamplighter-copy-") as folder:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def bring_back(copy: Path, key: Path | None = None) -> list[str]:
    """Put the secrets of a copy in their place where this machine has none; returns what was done, in words.

    One that is there and different stays: what is here hangs on it. Raises ``sealing.NotOpenedError`` where
    the copy is none, or its key is another.
    """
    path = copy / FILE
    if not path.is_file():
        raise sealing.NotOpenedError(f"{copy} holds no copy of a hub: {FILE} is not there.")
    told = []
    with opened(path, sealing.key(key)) as beside:
        for name in SECRETS:
            there, here = beside / FOLDER / name, places.private_folder("secrets") / name
            if not there.exists():
                told.append(f"The copy is of an earlier version and does not hold the secret {name}.")
            elif not here.exists():
                places.write_whole(here, there.read_text(), new=True)
                told.append(f"Secret brought back: {name}.")
            elif here.read_text() != there.read_text():
                told.append(f"The secret {name} here is another than the copy's, and stays.")
        told += bring_back_installation(beside)
    if key is not None and "backup-key" in places.missing_secrets():
        # The next copies open with the same key as those before.
        sealing.keep(key)
    return told


def files_in(folder: Path) -> dict[str, Path]:
    """Return every file of a folder and of the folders in it by its name, without what is hidden."""
    found = {}
    for top in sorted(folder.iterdir()):
        for path in [top, *sorted(top.rglob("*"))] if top.is_dir() else [top]:
            name = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                found[name.as_posix()] = path
    return found


def bring_back_installation(beside: Path) -> list[str]:
    """Write configuration and mappings of a copy here where there are none; returns what was done, in words.

    ``beside`` is the folder that :func:`opened` gives. Where there are files
    already nothing is written: what differs is said, for whoever runs the hub
    to decide. A copy of an earlier version that knows of no such folder brings
    nothing.
    """
    if not (beside / INSTALLATION).is_dir():
        return []
    theirs, folder = files_in(beside / INSTALLATION), places.installation()
    if ours := files_in(folder):
        return list(_differences(theirs, ours))
    for name, path in theirs.items():
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Byte for byte, whatever it holds; what begins with a dot does not count.
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(path.read_bytes())
        part.chmod(0o600)
        part.replace(target)
    return [f"Configuration brought back: {', '.join(theirs)}."] if theirs else []


def _differences(theirs: dict[str, Path], ours: dict[str, Path]) -> Iterator[str]:
    for name in sorted(theirs | ours):
        if name not in ours:
            yield f"The copy holds {INSTALLATION}/{name}, which is not here."
        elif name not in theirs:
            yield f"{INSTALLATION}/{name} is here and not in the copy, and stays."
        elif theirs[name].read_bytes() != ours[name].read_bytes():
            yield f"{INSTALLATION}/{name} here is another than the copy's, and stays."
