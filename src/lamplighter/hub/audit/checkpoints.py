"""Checkpoints: into a file to keep elsewhere, into the table, and nightly into ``<home>/checkpoints``."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from lamplighter.hub.audit import signing
from lamplighter.hub.audit.models import ChainLink, Checkpoint
from lamplighter.hub.audit.signing import WIDTH, NotACheckpointError, Statement
from lamplighter.hub.site import places


class NothingToSignError(RuntimeError):
    """The trail is empty."""


def folder() -> Path:
    return places.private_folder("checkpoints")


def make(*, after: int = 0) -> Statement:
    """Sign how far the chain reaches now, with a fingerprint of every row after position ``after``."""
    with transaction.atomic():
        last = ChainLink.objects.order_by("-position").first()
        if last is None:
            raise NothingToSignError("Nothing has been written to the audit trail yet.")
        rows = ChainLink.objects.filter(position__gt=after, position__lte=last.position)
        rows = rows.order_by("position").values_list("hash", flat=True)
        prints = "".join(value[:WIDTH] for value in rows.iterator(chunk_size=10_000))
    made = Statement(timezone.now(), last.position, last.hash, min(after, last.position), prints)
    return dataclasses.replace(made, signature=signing.signed(made))


def keep_in_table(statement: Statement) -> None:
    """Also where the auditor's pages show it. Signed without fingerprints: the rows are beside it."""
    plain = dataclasses.replace(statement, after=0, fingerprints="")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_checkpoint(%s, %s, %s, %s)",
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


def in_table() -> list[Statement]:
    return [
        Statement(c.at, c.position, c.hash, signature=c.signature, source=f"number {c.pk} of the table")
        for c in Checkpoint.objects.order_by("position", "pk")
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
    known = [*signing.former_keys(mine), signing.public_text()]
    new = [text for text in signing.former_keys(others) if text not in known]
    if new:
        with (mine / signing.FORMER).open("a") as file:
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
