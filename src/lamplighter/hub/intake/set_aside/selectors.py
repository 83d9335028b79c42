"""Read which reports are set aside, and why."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from django.db.models import F, QuerySet

from lamplighter.courses.findings.registry import rules_version
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.intake.models import Delivery, SetAside

PURPOSE = "match a new report"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that is set aside: by its opaque key, with the agency and the door it came by."""

    key: uuid.UUID
    agency: str
    door: str
    received_at: dt.datetime
    at: dt.datetime
    step: str
    fault: str
    place: str


@cache
def software() -> str:
    """Return one string that changes with the version of the software, or of the rules and words it reads."""
    rules = hashlib.sha256(rules_version().encode()).hexdigest()[:16]
    try:
        number = metadata.version("lamplighter")
    except metadata.PackageNotFoundError:  # run from the source folder without being installed
        number = "from source"
    return f"{number[:80]} {rules}"


def standing() -> QuerySet[SetAside]:
    """Return those that are set aside now, of versions that stand. For services."""
    return SetAside.objects.filter(ended_at=None, version__superseded_at=None)


def among(report_ids: Collection[str]) -> set[str]:
    """Return those of some reports that are set aside. For services."""
    held = standing().filter(version__report_id__in=list(report_ids))
    return set(held.values_list("version__report_id", flat=True))


@as_service(PURPOSE)
def how_many() -> int:
    """Return how many reports are set aside now."""
    return standing().count()


@as_service(PURPOSE)
def waiting(most: int = 500) -> list[Waiting]:
    """Return the reports that are set aside now, the longest first."""
    doors: Mapping[str, str] = dict(Delivery.Door.choices)
    rows = (
        standing()
        .annotate(door=F("version__batch__delivery__door"), received_at=F("version__received_at"))
        .select_related("agency")
        .order_by("at", "pk")[:most]
    )
    return [
        Waiting(
            key=row.key,
            agency=row.agency.name,
            door=doors[row.door],
            received_at=row.received_at,
            at=row.at,
            step=row.get_step_display(),
            fault=row.fault,
            place=row.place,
        )
        for row in rows
    ]


@as_service(PURPOSE)
def is_aside(key: uuid.UUID) -> bool:
    """Tell whether the report of a page is set aside now."""
    return standing().filter(key=key).exists()
