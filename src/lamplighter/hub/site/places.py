"""Where an installation keeps its own files: the embedded database, the secret key, uploads.

``LAMPLIGHTER_HOME`` names the folder. Without it, a clone uses its own ``var/``
(which is not under version control) and an installed package uses the user's
data folder.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


def home() -> Path:
    """The folder of this installation, made on first use and readable by its owner only."""
    named = os.environ.get("LAMPLIGHTER_HOME")
    if named:
        folder = Path(named).expanduser().resolve()
    elif (PACKAGE.parents[1] / "pyproject.toml").exists():
        folder = PACKAGE.parents[1] / "var"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "lamplighter"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def private_folder(name: str) -> Path:
    """A folder under :func:`home` that only its owner can read."""
    folder = home() / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def installation() -> Path:
    """The folder of what a hub decides for itself: configuration files, see :mod:`config_files`."""
    return private_folder("installation")


def secret(name: str, length: int = 64) -> str:
    """A secret made once for this installation and kept in a file of its own.

    Two processes that start at once agree: the file is made exclusively, and
    whoever comes second reads what the first wrote.
    """
    path = private_folder("secrets") / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_when_written(path)
    with os.fdopen(handle, "w") as file:
        value = secrets.token_urlsafe(length)
        file.write(value)
    return value


def _read_when_written(path: Path) -> str:
    import time

    for _ in range(100):
        if value := path.read_text():
            return value
        time.sleep(0.02)
    raise RuntimeError(
        f"The secret file {path} is empty. Remove it, and a new one is made at the next start."
    )
