"""Place an installation's own files: the embedded database, its secrets, uploads, its configuration.

``LAMPLIGHTER_HOME`` names the folder. Without it, a clone uses its own ``var/``
(which is not under version control) and an installed package uses the user's
data folder.

``lamplighter hub init`` makes a folder the home of a hub: it writes every secret and, last, ``hub.toml``.
From then on a secret that is missing is never made anew in silence: with another key nobody could sign in,
tokens would match nothing, and an erasure could not be proved.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from lamplighter.hub.site.errors import OperatorError
from lamplighter.rule_files.reading import at as toml_at

PACKAGE = Path(__file__).resolve().parents[2]
SECRETS = {
    "secret-key": "signs sessions and makes the look-up keys of matching",
    "identity-key": "proves to the database who is asking",
    "sealing-key": "opens the second steps of those who sign in, and text that was kept",
    "match-key": "makes the tokens by which a protected contact is matched",
    "erasure-key": "seals the ledger of what was erased",
    "audit-signing-key": "signs how far the audit trail reached",
    "backup-key": "seals copies of the hub",
}
"""Every secret of an installation, and what it does."""
HUB = "hub.toml"
_making: ContextVar[bool] = ContextVar("making", default=False)


class NotInstalledError(OperatorError):
    """The folder is not the home of a hub, or something belonging to it is missing."""


def home() -> Path:
    """Return the folder of this installation, made on first use and readable by its owner only."""
    named = os.environ.get("LAMPLIGHTER_HOME")
    if named:
        folder = Path(named).expanduser().resolve()
    elif (PACKAGE.parents[1] / "pyproject.toml").exists():
        folder = PACKAGE.parents[1] / "var"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "lamplighter"
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not named or (folder / "secrets").is_dir():
        _close(folder)
    return folder


def _close(folder: Path) -> None:
    """Take from others what an earlier version, or a careless copy, let them do in a hub's folder."""
    found = folder.stat()
    # Run by root, the embedded server runs as somebody else and passes through.
    others = 0o066 if os.geteuid() == 0 else 0o077
    if found.st_uid == os.geteuid() and found.st_mode & others:
        with suppress(OSError):
            folder.chmod(found.st_mode & 0o7777 & ~others)


def private_folder(name: str) -> Path:
    """Return a folder under :func:`home` that only its owner can read."""
    folder = home() / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def installation() -> Path:
    """Return the folder of what this hub decides for itself: mappings, agencies, time limits and the like."""
    return private_folder("installation")


def installed() -> dict[str, Any] | None:
    """Return what ``lamplighter hub init`` wrote down about this home, or ``None`` where it never ran."""
    try:
        return toml_at(home() / HUB)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        raise NotInstalledError(
            f"{home() / HUB} cannot be read ({problem}). Bring it back from a copy of the folder."
        ) from problem


def note_installed(*, version: str, database: str, since: dt.datetime) -> None:
    """Write ``hub.toml``: this folder is the home of a hub, of this version, on this kind of server."""
    write_whole(
        home() / HUB,
        "# This folder is the home of a Lamplighter hub. Written by `lamplighter hub`; do not remove it.\n"
        f'[hub]\nsince = {since.isoformat()}\nversion = "{version}"\ndatabase = "{database}"\n',
    )


@contextmanager
def making_secrets() -> Iterator[None]:
    """Allow missing secrets to be made: for the commands that set a hub up, and nobody else."""
    token = _making.set(True)
    try:
        yield
    finally:
        _making.reset(token)


def missing_secrets() -> list[str]:
    """Return the names of the secrets that this installation does not have."""
    folder = home() / "secrets"
    return [name for name in SECRETS if not _text(folder / name)]


def secret(name: str, length: int = 64) -> str:
    """Return a secret of this installation, from a file of its own.

    Before a hub is installed here (a demonstration, a test) it is made on first use; two processes that start
    at once agree. Afterwards a missing one raises :class:`NotInstalledError`.
    """
    path = private_folder("secrets") / name
    if found := _text(path):
        return found
    if installed() is not None and not _making.get():
        what = SECRETS.get(name, "belongs to this hub")
        raise NotInstalledError(
            f"The secret {path} is missing; it {what}. Is {home()} the right folder, and is its disk there? "
            "Bring the file back from a copy of the folder, or from a copy of the hub with "
            "`lamplighter hub init --from`. None is made in silence: what hangs on the old one would be lost."
        )
    with suppress(FileExistsError):
        write_whole(path, secrets.token_urlsafe(length), new=True)
    return _text(path)


def _text(path: Path) -> str:
    """What a file holds; "" where there is none. A full disk left empty files behind in earlier versions."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def write_whole(path: Path, text: str, *, new: bool = False, mode: int = 0o600) -> None:
    """Write a file so that it is there whole or not at all, also when the disk is full or the machine dies.

    ``new``: never in the place of a file with something in it. Raises ``FileExistsError``.
    """
    made = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if new and not (path.exists() and path.stat().st_size == 0):
            os.link(made, path)
        else:
            made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
