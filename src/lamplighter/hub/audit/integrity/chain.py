"""The chain of the audit trail, worked out a second time.

The database seals each event when its transaction commits (``wall.sql``).
Here the same hash is made from the row's values without asking the database's
functions, because whoever can alter a row can alter a function.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

START = "0" * 64  # what stands before the first row

# The values of an event as the chain covers them; casts are PostgreSQL's own, no function of ours is asked.
COLUMNS = (
    "e.id, (e.at AT TIME ZONE 'UTC'), e.actor_id, e.agency, e.service, e.operation, e.verb, e.subject,"
    " e.case_id, e.fields, e.reason, e.detail::text"
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The values of one event, in the order in which the chain covers them."""

    id: int
    at: dt.datetime  # UTC, without a zone
    actor: int | None
    agency: str
    service: str
    operation: str
    verb: str
    subject: str
    case: int | None
    fields: Sequence[str | None]
    reason: str
    detail: str  # the text that PostgreSQL gives for the JSON


def part(value: object) -> str:
    """``5:Alice``: the length in characters first, so that nothing can move from one field into the next."""
    if value is None:
        return "-"
    text = str(value)
    return f"{len(text)}:{text}"


def text_of(position: int, previous: str, event: Sealed) -> str:
    """Return the text that the hash of this event at this place of the chain covers."""
    return "".join(
        [
            part(position),
            part(previous),
            part(event.id),
            part(event.at.isoformat(timespec="microseconds")),
            part(event.actor),
            part(event.agency),
            part(event.service),
            part(event.operation),
            part(event.verb),
            part(event.subject),
            part(event.case),
            part("".join(part(name) for name in event.fields)),
            part(event.reason),
            part(event.detail),
        ]
    )


def digest(position: int, previous: str, event: Sealed) -> str:
    """SHA-256 of :func:`text_of` in hexadecimal."""
    return hashlib.sha256(text_of(position, previous, event).encode()).hexdigest()
