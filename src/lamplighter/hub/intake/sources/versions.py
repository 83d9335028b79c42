"""Versions of mappings: dated TOML files in the installation's folder, beside the built-in ones.

``<home>/installation/mappings/NAME.2026-05-03.toml`` is in force from 3 May 2026; a second one of that day is
``NAME.2026-05-03-2.toml``. The latest that is not in the future reads what comes in. A file is never changed
or removed: a delivery that was cut short goes on with the version that it began with.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from lamplighter.hub.site import places
from lamplighter.records.errors import MappingError
from lamplighter.records.mapping import mappings as built_in_mappings
from lamplighter.records.mapping.mappings import Mapping as Loaded
from lamplighter.records.mapping.mappings import load_mapping
from lamplighter.rule_files.reading import at as toml_at
from lamplighter.rule_files.reading import parsed

#: Our own bundles: no source, and nothing to map.
BUNDLE = "lamplighter"
_FILE = re.compile(r"([a-z0-9][a-z0-9_-]{0,59})\.(\d{4}-\d{2}-\d{2})(?:-(\d{1,3}))?\.toml")
_REFERENCE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,59})@(\d{4}-\d{2}-\d{2})(?:-(\d{1,3}))?")
_AT_A_DAY = 99
_RESERVED_FOR = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One version of a source's mapping: the day from which it is in force, and which of that day it is."""

    name: str
    since: dt.date
    number: int = 1

    @property
    def reference(self) -> str:
        """Return the name that a delivery remembers: ``force_c@2026-05-03``."""
        return f"{self.name}@{self._day}"

    @property
    def path(self) -> Path:
        return folder() / f"{self.name}.{self._day}.toml"

    @property
    def part(self) -> Path:
        """Return the place where it lies before it counts."""
        return folder() / f".{self.name}.{self._day}.toml.part"

    @property
    def _day(self) -> str:
        return self.since.isoformat() + (f"-{self.number}" if self.number > 1 else "")

    def load(self) -> Loaded:
        """The mapping. Raises ``MappingError`` that names the file, the place and the remedy."""
        return _checked(self, self.path.stat().st_mtime_ns if self.path.exists() else 0)

    def body(self) -> dict[str, Any]:
        """The parts of its TOML. Raises ``MappingError``."""
        self.load()
        return toml_at(self.path)


@dataclass(frozen=True, slots=True)
class Broken:
    """A file in the folder of mappings that cannot be used, and why."""

    file: str
    name: str
    error: MappingError
    followed: bool = False
    """Whether a later version is in force."""


def folder() -> Path:
    """Return the folder of the versions; only the installation's owner reads it."""
    found = places.installation() / "mappings"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


@lru_cache(256)
def _checked(version: Version, changed: int) -> Loaded:
    del changed  # a file that was changed by hand is read again
    loaded = load_mapping(version.path)
    file, remedy = version.path.name, "Correct the file, or its name. Nothing is read with it until then."
    if loaded.name != version.name:
        raise MappingError(
            f"source.name is {loaded.name!r}, but the file's name says {version.name!r}.",
            file=file,
            place="[source]",
            remedy=remedy,
        )
    if loaded.since != version.since:
        raise MappingError(
            f"source.from is {loaded.since}, but the file's name says {version.since}.",
            file=file,
            place="[source]",
            remedy=remedy,
        )
    return loaded


def _parsed(name: str) -> Version | None:
    match = _FILE.fullmatch(name)
    if match is None:
        return None
    try:
        return Version(match[1], dt.date.fromisoformat(match[2]), int(match[3] or 1))
    except ValueError:
        return None


def every(name: str | None = None) -> list[Version]:
    """Every own version (of one source), the oldest first; files not named as versions are left out."""
    found = [version for path in folder().glob("*.toml") if (version := _parsed(path.name))]
    return sorted(v for v in found if name is None or v.name == name)


def broken() -> list[Broken]:
    """Every file in the folder that cannot be used, with the reason and the remedy."""
    found = []
    for path in sorted(folder().glob("[!.]*.toml")):
        version = _parsed(path.name)
        if version is None:
            error = MappingError(
                "The name is not that of a version.",
                file=path.name,
                remedy="Name it NAME.YYYY-MM-DD.toml, or take it out of the folder of mappings.",
            )
            found.append(Broken(path.name, "", error))
            continue
        try:
            version.load()
        except MappingError as error:
            now = in_force(version.name)
            found.append(Broken(path.name, version.name, error, now is not None and version < now))
    return found


def in_force(name: str, on: dt.date | None = None) -> Version | None:
    """The own version of a source that is in force on a day (today); ``None`` where none is yet."""
    day = on or timezone.localdate()
    return max((v for v in every(name) if v.since <= day), default=None)


def names() -> list[str]:
    """Every source that files can come from: built-in ones, and those of the installation."""
    own = {v.name for v in every()}
    return sorted(own | {n for n in built_in_mappings.built_in() if n != BUNDLE})


def reference_of(name_or_reference: str | Path) -> str:
    """Return the name that a delivery is to remember: the version in force now, where the source has its own.

    Raises:
        MappingError: the source has versions, and none is in force yet.
    """
    text = str(name_or_reference)
    if isinstance(name_or_reference, Path) or "@" in text or "/" in text or text.endswith(".toml"):
        return text
    version = in_force(text)
    if version is not None:
        return version.reference
    coming = every(text)
    if coming and text not in built_in_mappings.built_in():
        raise MappingError(
            f"The mapping {text!r} is not in force before {coming[0].since.isoformat()}.",
            remedy="Send the files from that day on, or save a version that is in force from today.",
        )
    return text


def load(reference: str | Path) -> Loaded:
    """The mapping behind what a delivery remembers: exactly that version, whatever came since.

    Raises:
        MappingError: there is no such version, or its file is broken.
    """
    version = version_of(str(reference))
    if version is None:
        return load_mapping(reference)
    if not version.path.exists():
        raise MappingError(
            f"The version {version.reference!r} of the mapping is not there.",
            file=version.path.name,
            remedy="Put the file back into the folder of mappings, from a copy of the installation.",
        )
    return version.load()


def version_of(reference: str) -> Version | None:
    """The own version that a reference names, or ``None`` for a built-in mapping or a file elsewhere."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    return Version(match[1], dt.date.fromisoformat(match[2]), int(match[3] or 1))


def source_name(reference: str) -> str:
    """The source behind what a delivery remembers."""
    return reference.partition("@")[0]


def usable() -> dict[str, Loaded]:
    """Return the mapping in force now, by source: the own mapping, else the built-in one. Those that are
    broken, or not in force yet, are left out; :func:`broken` tells of them."""
    return dict(_usable())


def _usable() -> Iterator[tuple[str, Loaded]]:
    for name in names():
        try:
            yield name, load(reference_of(name))
        except MappingError:
            continue


def reserve(name: str, since: dt.date, text: str) -> Version:
    """Write a version down beside the others, under a name that nobody else gets. :func:`put` lets it count.

    Raises:
        MappingError: there are too many versions of that day.
    """
    for number in range(1, _AT_A_DAY + 1):
        version = Version(name, since, number)
        if version.path.exists():
            continue
        try:
            handle = os.open(version.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if not version.path.exists():
            return version
        # Somebody was first, between the two looks.
        version.part.unlink()
    raise MappingError(
        f"There are {_AT_A_DAY} versions from {since.isoformat()} already.",
        remedy="Choose a later day from which the mapping is in force.",
    )


def put(version: Version) -> None:
    """Let a reserved version count: all of it at once, never over another file."""
    os.link(version.part, version.path)
    version.part.unlink()
    _keep_the_name()


def clear_reserved() -> int:
    """Remove what was reserved and never put, because somebody's save failed. Returns how many."""
    cleared = 0
    for part in folder().glob(".*.part"):
        if timezone.now().timestamp() - part.stat().st_mtime > _RESERVED_FOR.total_seconds():
            part.unlink(missing_ok=True)
            cleared += 1
    return cleared


def _keep_the_name() -> None:
    """A power cut after this takes nothing back."""
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checked_text(text: str, name: str, since: dt.date) -> Loaded:
    """The mapping that a text is, before it is written. Raises ``MappingError``."""
    loaded = built_in_mappings.parse_mapping(text, f"{name}.{since.isoformat()}.toml")
    if loaded.name != name or loaded.since != since:
        raise MappingError("The mapping does not say the name and the day it is saved under.")
    return loaded


def body_of(name: str) -> Mapping[str, Any]:
    """The parts of what is in force for a source now, own or built-in. Raises ``MappingError``."""
    version = in_force(name)
    if version is not None:
        return version.body()
    return parsed(built_in_mappings.built_in_text(name), f"{name}.toml")
