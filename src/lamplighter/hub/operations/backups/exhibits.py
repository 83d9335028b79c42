"""Sealed files of exhibits in a copy of the hub: copied as they lie, and proved by opening each of them.

They are sealed already, under keys that hang on the secret ``sealing-key``, which is in the copy too. A file
that the copy before has already is linked to it, so that a nightly copy of many gigabytes takes what is new.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lamplighter.hub.evidence.files import sealed
from lamplighter.hub.operations.backups import manifest
from lamplighter.hub.site.sealed_files import NotOpenedError

FOLDER = "evidence"
ROWS = "SELECT replace(key::text, '-', ''), sha256 FROM evidence_file"
THERE = "SELECT to_regclass('public.evidence_file') IS NOT NULL"


def known(hub: Any) -> dict[str, str]:
    """Return the SHA-256 of each file that a database has rows of, by its name on disk."""
    [(there,)] = hub.execute(THERE).fetchall()
    return dict(hub.execute(ROWS).fetchall()) if there else {}


def copy(folder: Path, hub: Any) -> dict[str, str]:
    """Copy the files that the database has rows of; returns a print of each. One that is not on the disk is
    left out: the drill names it."""
    before = _newest_beside(folder)
    prints = {}
    for name in sorted(known(hub)):
        try:
            source = sealed.path_of(uuid.UUID(hex=name))
        except sealed.NotHereError:
            continue
        target = _place(folder, name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = _place(before, name) if before else None
        if (
            there is None
            or manifest.print_of(there) != manifest.print_of(source)
            or not _linked(there, target)
        ):
            shutil.copyfile(source, target)
            target.chmod(0o600)
        prints[name] = manifest.print_of(target)
    return prints


def differences(folder: Path, prints: Mapping[str, str], hub: Any, secret: str) -> Iterator[str]:
    """Open every file of a copy with the copy's own key, and hold it against the rows of its database."""
    for name, sha256 in sorted(known(hub).items()):
        path = _place(folder, name)
        if not path.is_file():
            yield f"file {name} of the evidence is not in the copy"
        elif prints.get(name) != manifest.print_of(path):
            yield f"file {name} of the evidence is not the one that was copied"
        else:
            try:
                same = sealed.digest_of(path, uuid.UUID(hex=name), secret) == sha256
            except NotOpenedError:
                same = False
            if not same:
                yield f"file {name} of the evidence does not open as it was received"


def bring_back(folder: Path) -> int:
    """Put the files of a copy where the hub has none of that name; returns how many."""
    made = 0
    for path in sorted((folder / FOLDER).glob("??/*")):
        target = sealed.place(uuid.UUID(hex=path.name))
        if not target.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o600)
            made += 1
    return made


def _place(folder: Path, name: str) -> Path:
    return folder / FOLDER / name[:2] / name


def _newest_beside(folder: Path) -> Path | None:
    """Return the copy before this one, where copies lie in one folder."""
    made = [p for p in folder.parent.iterdir() if p != folder and (p / manifest.CLEAR).is_file()]
    return max(made, key=lambda p: (p / manifest.CLEAR).stat().st_mtime, default=None)


def _linked(there: Path, target: Path) -> bool:
    try:
        os.link(there, target)
    except OSError:
        # A disk without links: a copy, then.
        return False
    return True
