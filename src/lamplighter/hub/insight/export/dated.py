"""Make an event of a row that the hub wrote in a case: at a moment, or on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.insight.export.events import Event

KINDS_OF_AGENCY = {
    Agency.Kind.POLICE: "police",
    Agency.Kind.HEALTH: "health",
    Agency.Kind.PROBATION: "probation",
    Agency.Kind.ADVOCACY: "advocacy",
    Agency.Kind.HUB: "other",
}


def clock(at: dt.datetime) -> dt.datetime:
    """Return local wall-clock time, to the minute."""
    return timezone.localtime(at).replace(tzinfo=None, second=0, microsecond=0)


def at(
    kind: str,
    row: Any,
    moment: dt.datetime,
    code: str | None = None,
    status: str | None = None,
    *,
    mark: str = "",
    **rest: Any,
) -> Event:
    """Return an event of a row at a moment; other moments in ``rest`` are aware too.

    ``mark``: what tells it from others of the same row and kind.
    """
    told = {name: clock(value) if isinstance(value, dt.datetime) else value for name, value in rest.items()}
    return Event(kind, "", f"{_of(row)} {mark}".strip(), clock(moment), "minute", code, status, told)


def on(
    kind: str, row: Any, day: dt.date, code: str | None = None, status: str | None = None, **rest: Any
) -> Event:
    """Return an event of a row on a day."""
    return Event(kind, "", _of(row), dt.datetime.combine(day, dt.time()), "day", code, status, rest)


def _of(row: Any) -> str:
    return f"{type(row).__name__} {row.pk}"
