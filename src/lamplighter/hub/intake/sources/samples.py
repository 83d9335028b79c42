"""A source being added: its sample and what was decided so far, sealed for the one person who sent it.

A sample is personal data. It lies in the private folder of uploads, encrypted by a key of this installation
and bound to the person and to this one journey, until the journey ends or a day has passed. It is never in a
session, a log, an address or the database; whoever else asks for it is told that there is nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import User

KEPT_FOR = dt.timedelta(hours=24)
MOST_FILES = 6
DRAFT = "draft.sealed"


class NoDraftError(LookupError):
    """There is no such journey of this person: it ended, a day has passed, or it is somebody else's."""


@dataclass
class Draft:
    """One journey. ``data`` is what was decided, as plain data; ``files`` the names of the sample's files."""

    key: uuid.UUID
    of: int
    data: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return folder() / self.key.hex

    def save(self) -> None:
        """Keep what was decided, all of it or nothing."""
        value = json.dumps({"data": self.data, "files": self.files}, ensure_ascii=False).encode()
        _put(self.folder / DRAFT, encryption.seal(value, use=self._use, of=self.of))

    def take(self, uploads: Iterable[Any]) -> None:
        """Seal uploaded files in place of those before."""
        for number in range(len(self.files)):
            (self.folder / f"{number}.sealed").unlink(missing_ok=True)
        self.files = []
        for number, upload in enumerate(uploads):
            content = b"".join(upload.chunks())
            _put(self.folder / f"{number}.sealed", encryption.seal(content, use=self._use, of=self.of))
            # Django has cut the name to its last part.
            self.files.append(upload.name)
        self.save()

    @contextlib.contextmanager
    def opened(self) -> Iterator[list[Path]]:
        """The sample's files for as long as the block lasts, under their own names."""
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="open-") as folder:
            paths = []
            for number, name in enumerate(self.files):
                content = encryption.unseal(
                    (self.folder / f"{number}.sealed").read_text("ascii"), use=self._use, of=self.of
                )
                place = Path(folder) / str(number)
                place.mkdir(mode=0o700)
                path = place / name
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
                paths.append(path)
            yield paths

    def remove(self) -> None:
        """The journey has ended: everything of it goes."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _use(self) -> str:
        return f"sample {self.key.hex}"


def start(user: User, data: dict[str, Any]) -> Draft:
    """Begin a journey of this person."""
    draft = Draft(uuid.uuid4(), user.pk, data)
    draft.folder.mkdir(mode=0o700)
    draft.save()
    return draft


def resume(user: Any, key: uuid.UUID) -> Draft:
    """Go on with a journey of this person's own. Raises ``NoDraftError``."""
    draft = Draft(key, getattr(user, "pk", None) or 0)
    path = draft.folder / DRAFT
    try:
        if _age(path) > KEPT_FOR:
            raise NoDraftError(str(key))
        kept = json.loads(encryption.unseal(path.read_text("ascii"), use=draft._use, of=draft.of))
    except (OSError, encryption.NotOpenedError, UnicodeDecodeError) as problem:
        raise NoDraftError(str(key)) from problem
    draft.data, draft.files = kept["data"], kept["files"]
    return draft


def unfinished(user: Any) -> list[Draft]:
    """Return this person's journeys that have not ended, the one changed last first."""
    found = []
    for journey in folder().iterdir():
        with contextlib.suppress(NoDraftError, ValueError):
            draft = resume(user, uuid.UUID(hex=journey.name))
            found.append((_age(draft.folder / DRAFT), draft))
    return [draft for _, draft in sorted(found, key=lambda one: one[0])]


def clear_expired() -> int:
    """Remove every journey that nobody went on with for a day. Returns how many."""
    cleared = 0
    for journey in folder().iterdir():
        draft = journey / DRAFT
        if _age(draft if draft.exists() else journey) > KEPT_FOR:
            shutil.rmtree(journey, ignore_errors=True)
            cleared += 1
    return cleared


def folder() -> Path:
    """Return where samples lie; it stays when they go."""
    found = Path(settings.UPLOADS) / "samples"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def _age(path: Path) -> dt.timedelta:
    return timezone.now() - dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _put(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    part.replace(path)
