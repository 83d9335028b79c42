"""Read what came into force and when, and compare it with what this process runs on and with the disk."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.http import Http404

from lamplighter.hub.configuration.models import InForce
from lamplighter.hub.site import places
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.config_files.part import Part, parts
from lamplighter.hub.site.config_files.reading import Reading, State
from lamplighter.rule_files.faults import Fault


@dataclass(frozen=True, slots=True)
class Standing:
    """One part: what this process runs on, since when, and whether the files have changed meanwhile.

    ``since`` is ``None`` where nobody noted this content. ``noted`` is what was
    noted last, by whatever process.
    """

    part: Part
    state: State
    since: dt.datetime | None
    noted: InForce | None
    changed: bool
    faults: tuple[Fault, ...]

    @property
    def elsewhere(self) -> bool:
        """Return whether another process started with other content later than this one."""
        return self.noted is not None and self.noted.digest != self.state.digest


def newest() -> dict[str, InForce]:
    """Return the newest row of each part, by name."""
    rows = InForce.objects.order_by("part", "-since", "-pk").distinct("part")
    return {row.part: row for row in rows}


def on_disk() -> Reading:
    """Return the files as they are now, which this process does not run on."""
    return Reading(places.installation())


def standings(disk: Reading) -> list[Standing]:
    """Return every part, by title."""
    noted = newest()
    return [_standing(part, disk, noted.get(part.name)) for part in parts()]


def standing(name: str, disk: Reading) -> Standing:
    """Return one part. Raises ``Http404`` for a name that is none."""
    for part in parts():
        if part.name == name:
            rows = InForce.objects.filter(part=name).order_by("-since", "-pk")
            return _standing(part, disk, rows.first())
    raise Http404


def _standing(part: Part, disk: Reading, noted: InForce | None) -> Standing:
    state, now = reading.running().state(part), disk.state(part)
    return Standing(part, state, _since(state, noted), noted, now.digest != state.digest, now.faults)


def _since(state: State, noted: InForce | None) -> dt.datetime | None:
    if noted is None or noted.digest == state.digest:
        return noted.since if noted else None
    rows = InForce.objects.filter(part=state.part.name, digest=state.digest).order_by("-since", "-pk")
    return rows.values_list("since", flat=True).first()


def not_in_force() -> list[str]:
    """Return the files of the parts that are on disk otherwise than was noted last."""
    disk, noted = on_disk(), newest()
    return [p.file for p in parts() if p.name not in noted or noted[p.name].digest != disk.state(p).digest]


def strays(disk: Reading) -> list[Fault]:
    """Return an error for each name in the folder that is no part."""
    return disk.strays(parts())


@dataclass(frozen=True, slots=True)
class Version:
    """A row with the moment at which the next one followed it, and the row before it."""

    row: InForce
    until: dt.datetime | None
    before: InForce | None


def history(name: str) -> list[Version]:
    """Return every version of a part, the newest first."""
    rows = list(InForce.objects.filter(part=name).order_by("-since", "-pk"))
    return [
        Version(row, rows[n - 1].since if n else None, rows[n + 1] if n + 1 < len(rows) else None)
        for n, row in enumerate(rows)
    ]


def version(name: str, key: uuid.UUID) -> Version:
    """Return one version. Raises ``Http404`` when there is none."""
    for found in history(name):
        if found.row.key == key:
            return found
    raise Http404
