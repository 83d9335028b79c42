"""Checkpoints: into a file to keep elsewhere, into the table, and nightly into ``<home>/checkpoints``."""

from __future__ import annotations

import dataclasses
import hashlib
from contextlib import suppress
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from lamplighter.hub.audit.integrity import signing
from lamplighter.hub.audit.integrity.signing import WIDTH, NotACheckpointError, Statement
from lamplighter.hub.site import environment, places, signatures

ELSEWHERE = "LAMPLIGHTER_CHECKPOINTS"
_LAST = "SELECT position, hash FROM ONLY public.audit_chainlink ORDER BY position DESC LIMIT 1"
_PRINTS = """
SELECT coalesce(string_agg("left"(hash, %s), '' ORDER BY position), '') FROM ONLY public.audit_chainlink
WHERE position > %s AND position <= %s
"""
_IN_TABLE = """
SELECT id, at, position, hash, signature FROM ONLY public.audit_checkpoint ORDER BY position, id
"""


class NothingToSignError(RuntimeError):
    """The trail is empty."""


def folder() -> Path:
    return places.private_folder(signatures.FOLDER)


def make(*, after: int = 0) -> Statement:
    """Sign how far the chain reaches now, with a fingerprint of every row after position ``after``."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LAST)
        last = cursor.fetchone()
        if last is None:
            raise NothingToSignError("Nothing has been written to the audit trail yet.")
        position, hash_ = last
        # Written out: nobody's table of this name is signed in its place.
        cursor.execute(_PRINTS, [WIDTH, after, position])
        prints = cursor.fetchone()[0]
    made = Statement(timezone.now(), position, hash_, min(after, position), prints)
    return dataclasses.replace(made, signature=signing.signed(made))


def keep_in_table(statement: Statement) -> None:
    """Also where the auditor's pages show it. Signed without fingerprints: the rows are beside it."""
    plain = dataclasses.replace(statement, after=0, fingerprints="")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.audit_checkpoint(%s, %s, %s, %s)",
            [plain.at, plain.position, plain.hash, signing.signed(plain)],
        )


def write(statement: Statement, path: Path) -> None:
    """Write to a file that is not there yet: an earlier checkpoint is never written over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x") as file:
        file.write(signing.to_text(statement))


def nightly() -> Path | None:
    """Sign what came since the last file in ``<home>/checkpoints``; ``None`` when nothing did."""
    reached = max((s.position for s in signing.standing(in_folder())), default=0)
    try:
        made = make(after=reached)
    except NothingToSignError:
        return None
    if made.position <= reached:
        return None
    path = folder() / f"audit-{made.at:%Y%m%dT%H%M%S}-{made.position}.json"
    write(made, path)
    keep_in_table(made)
    return path


def elsewhere() -> Path | None:
    """Return the folder that checkpoints are also written to, of another machine for example; ``None`` where
    nobody named one (``LAMPLIGHTER_CHECKPOINTS``)."""
    named = environment.value(ELSEWHERE)
    return Path(named) if named else None


def send() -> int:
    """Write every checkpoint that is not there yet into the folder elsewhere, and the public key beside them;
    returns how many. What is there is never written over. Raises ``OSError``."""
    goal = elsewhere()
    if goal is None:
        return 0
    if not goal.is_dir():
        # A mount that is not there would leave an empty folder, and files on this very disk.
        raise FileNotFoundError(2, "There is no such folder", str(goal))
    sent = 0
    for path in sorted(folder().glob("*.json")):
        with suppress(FileExistsError), (goal / path.name).open("xb") as file:
            file.write(path.read_bytes())
            sent += 1
    name = f"public-key-{hashlib.sha256(signatures.public_text().encode()).hexdigest()[:12]}.txt"
    with suppress(FileExistsError), (goal / name).open("x") as file:
        file.write(f"{signatures.public_text()}\n")
    return sent


def waiting() -> int:
    """Return how many checkpoints are not in the folder elsewhere. Raises ``OSError``."""
    goal = elsewhere()
    if goal is None:
        return 0
    there = {path.name for path in goal.iterdir()}
    return len({path.name for path in folder().glob("*.json")} - there)


def in_table() -> list[Statement]:
    """Return those of the table, whatever another table of its name says."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_TABLE)
        return [
            Statement(at, position, hash_, signature=signature, source=f"number {number} of the table")
            for number, at, position, hash_, signature in cursor.fetchall()
        ]


def restored(position: int, hash_: str) -> Path:
    """Sign that the hub has been brought back now from a copy whose chain ended there; returns the file."""
    made = Statement(timezone.now(), position, hash_, restored=True)
    path = folder() / f"restored-{made.at:%Y%m%dT%H%M%S%f}-{position}.json"
    write(dataclasses.replace(made, signature=signing.signed(made)), path)
    return path


def take_in(others: Path) -> None:
    """Take in the checkpoints of a copy, and the keys that signed them, where this folder has them not."""
    mine = folder()
    for path in sorted(others.glob("*.json")):
        if not (mine / path.name).exists():
            (mine / path.name).write_bytes(path.read_bytes())
    known = [*signatures.former_keys(mine), signatures.public_text()]
    new = [text for text in signatures.former_keys(others) if text not in known]
    if new:
        with (mine / signatures.FORMER).open("a") as file:
            file.writelines(f"{text}\n" for text in new)


def in_folder(where: Path | None = None) -> list[Statement]:
    """The files in ``<home>/checkpoints``, or in another folder.

    One that cannot be read is a statement that nobody signed.
    """
    found = []
    for path in sorted((where or folder()).glob("*.json")):
        try:
            found.append(signing.from_file(path))
        except NotACheckpointError:
            found.append(Statement(timezone.now(), 0, "", source=str(path)))
    return found
