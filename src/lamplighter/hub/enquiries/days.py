"""Work out by when a line is done, and until when what it asks for is held. Nothing asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """Say what others still hold of the acts that call for a line, on the day on which it is asked.

    ``next_on`` is the day on which the first of it is lost, ``last_on`` that of the last. ``gone``: of how
    many acts it may be gone; it may still be there, and is asked for all the same.
    """

    next_on: dt.date | None = None
    last_on: dt.date | None = None
    gone: int = 0


def held(acts: Iterable[dt.date | None], kept_days: int | None, today: dt.date) -> Held:
    """Return what is still held of acts on these days. On the last day of its time it still is."""
    if kept_days is None:
        return Held()
    ends = sorted({act + dt.timedelta(days=kept_days) for act in acts if act is not None})
    ahead = [end for end in ends if end >= today]
    gone = len(ends) - len(ahead)
    return Held(ahead[0], ahead[-1], gone) if ahead else Held(gone=gone)


def due(planned: dt.date, of: Held) -> dt.date:
    """Return by which day the line is done: as planned, or before the first of it is lost."""
    return min(planned, of.next_on) if of.next_on else planned


def is_soon(due_on: dt.date, today: dt.date, days: int) -> bool:
    """Tell whether a line is so near its day, or past it, that it is a task."""
    return (due_on - today).days <= days
