"""Files that somebody sends: received, told apart by their sources' mappings, and handed on as deliveries.

Where a file fits no source, or two, the files wait in the private folder of uploads until the person who sent
them has said which it is, or a day has passed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils import timezone

from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import services
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.sources import versions
from lamplighter.records.errors import RecordsError
from lamplighter.records.formats.input_files import labelled
from lamplighter.records.mapping.mappings import Mapping as Loaded
from lamplighter.records.reading import recognise
from lamplighter.records.reading.extract import match_files

WAITS_FOR = dt.timedelta(hours=24)
WAITING = "waiting.sealed"
#: A file goes to the agency of its source. Where another source fits nearly as well, a person says which.
CLEARLY = 0.1


class NoFilesError(LookupError):
    """There are no such files of this person: handed on, older than a day, or sent by somebody else."""


@dataclass(frozen=True, slots=True)
class Told:
    """One file: the sources that it may be from, or why it cannot be read."""

    path: Path
    sources: list[str]
    error: RecordsError | None = None

    @property
    def source(self) -> str:
        """The one source that it is from; "" where a person has to say."""
        return self.sources[0] if len(self.sources) == 1 else ""


def _told(path: Path, mappings: Sequence[Loaded]) -> Told:
    try:
        return Told(path, recognise.which(path, mappings, clearly=CLEARLY))
    except RecordsError as error:
        return Told(path, [], error)


@dataclass(frozen=True, slots=True)
class Sent:
    """Files of one sending, in the folder of that name."""

    key: uuid.UUID
    paths: list[Path]

    @property
    def folder(self) -> Path:
        return Path(settings.UPLOADS) / self.key.hex

    def told_apart(self) -> list[Told]:
        """Return which source each file is from."""
        mappings = list(versions.usable().values())
        return [_told(path, mappings) for path in self.paths]

    def wait(self, user: User) -> None:
        """Keep the files until this person has said whose they are."""
        names = json.dumps([p.name for p in self.paths]).encode()
        handle = os.open(self.folder / WAITING, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(encryption.seal(names, use=_use(self.key), of=user.pk))

    def remove(self) -> None:
        """Nothing of it is to be read."""
        shutil.rmtree(self.folder, ignore_errors=True)


def receive(uploads: Iterable[Any]) -> Sent:
    """Put uploaded files into a folder of their own."""
    sent = Sent(uuid.uuid4(), [])
    sent.folder.mkdir(mode=0o700, parents=True)
    try:
        for number, upload in enumerate(uploads):
            # Django has cut the name to its last part; a number keeps equal names apart.
            path, again = sent.folder / upload.name, number
            while path.exists() or path.name == WAITING:
                path, again = sent.folder / f"{again}-{upload.name}", again + 1
            _put(upload, path)
            sent.paths.append(path)
    except BaseException:
        # Nobody would ever read what is there of them.
        sent.remove()
        raise
    return sent


def _put(upload: Any, path: Path) -> None:
    if isinstance(upload, TemporaryUploadedFile):
        # It lies on the same disk already, under a name of its own.
        with contextlib.suppress(OSError):
            path.hardlink_to(upload.temporary_file_path())
            return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in upload.chunks():
            out.write(chunk)


def resume(user: Any, key: uuid.UUID) -> Sent:
    """Files that wait for this person's answer. Raises ``NoFilesError``."""
    sent = Sent(key, [])
    path = sent.folder / WAITING
    try:
        if _age(path) > WAITS_FOR:
            raise NoFilesError(str(key))
        told = encryption.unseal(path.read_text("ascii"), use=_use(key), of=getattr(user, "pk", None) or 0)
    except (OSError, encryption.NotOpenedError, UnicodeDecodeError) as problem:
        raise NoFilesError(str(key)) from problem
    sent.paths.extend(sent.folder / name for name in json.loads(told))
    return sent


def hand_on(user: User, sent: Sent, by_source: Mapping[str, list[Path]]) -> list[Delivery]:
    """One delivery a source, to be read in the background; files of no source go.

    Raises:
        RecordsError: a mapping cannot be used, or a file of an extract is missing. Nothing is received then.
        UnknownAgencyError: nobody has added the agency of a source yet. Likewise.
    """
    for source, paths in by_source.items():
        _complete(versions.load(versions.reference_of(source)), paths)
    with transaction.atomic():
        found = [_received(user, source, paths) for source, paths in sorted(by_source.items())]
    chosen = {path for paths in by_source.values() for path in paths}
    (sent.folder / WAITING).unlink(missing_ok=True)
    for path in sent.paths:
        if path not in chosen:
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        sent.folder.rmdir()
    return found


def _complete(mapping: Loaded, paths: list[Path]) -> None:
    """Whether every file of an extract is there, where it has several. Raises ``FileNotRecognised``."""
    if mapping.format == "delimited" and len(mapping.files) > 1:
        match_files(labelled(paths), mapping)


def _received(user: User, source: str, paths: list[Path]) -> Delivery:
    delivery = services.receive_files(paths, source, user)
    audit.record(
        user,
        "intake.files_received",
        f"delivery {delivery.key}",
        operation=Operation.COLLECTION,
        files=len(paths),
    )
    if delivery.state == Delivery.State.UNCHANGED:
        services.discard_uploads(delivery)
    else:
        services.read_later(delivery)
    return delivery


def clear_expired() -> int:
    """Remove files that waited for an answer for a day. Returns how many sendings."""
    cleared = 0
    folder = Path(settings.UPLOADS)
    for waiting in folder.glob(f"*/{WAITING}"):
        if _age(waiting) > WAITS_FOR:
            shutil.rmtree(waiting.parent, ignore_errors=True)
            cleared += 1
    return cleared


def _age(path: Path) -> dt.timedelta:
    return timezone.now() - dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _use(key: uuid.UUID) -> str:
    return f"sent {key.hex}"
