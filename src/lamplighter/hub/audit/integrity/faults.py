"""Faults that an audit trail can have, in words; and how to tell them apart."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any

from django.db import connection

from lamplighter.hub.audit.integrity.chain import COLUMNS, Sealed, digest

WINDOW = 100  # how far from its place a row is looked for


class Kind(enum.StrEnum):
    CHANGED = "changed"
    REMOVED = "removed"
    REORDERED = "reordered"
    INSERTED = "inserted"
    CUT_OFF = "cut off"
    MADE_ANEW = "made anew"
    FORGED = "not signed by us"
    NOT_AS_DECLARED = "not as declared"


@dataclass(frozen=True, slots=True)
class Link:
    """One place of the chain with the event that stands there; ``None`` when it is gone."""

    position: int
    event_id: int
    previous: str
    hash: str
    event: Sealed | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``event_id`` and ``position`` are those of the row, where they are known."""

    kind: Kind
    words: str
    event_id: int | None = None
    position: int | None = None
    at: dt.datetime | None = None
    # The highest number of an event up to there: where it belongs among what is found otherwise.
    near: int = 0

    def __str__(self) -> str:
        where = [f"event {self.event_id}"] if self.event_id is not None else []
        if self.position is not None:
            where.append(f"position {self.position}")
        if self.at is not None:
            where.append(f"written {self.at:%Y-%m-%d %H:%M:%S} UTC")
        what = "the tables" if self.kind is Kind.NOT_AS_DECLARED else "the chain"
        return f"{', '.join(where) or what}: {self.kind.value}. {self.words}"


def _of(link: Link, kind: Kind, words: str) -> Fault:
    at = link.event.at if link.event else None
    return Fault(kind, words, link.event_id, link.position, at)


def _ask(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _link_at(position: int) -> Link | None:
    rows = _ask(
        f"SELECT l.position, l.event_id, l.previous, l.hash, {COLUMNS} FROM ONLY public.audit_chainlink l"  # noqa: S608  our own columns
        " LEFT JOIN ONLY public.audit_event e ON e.id = l.event_id WHERE l.position = %s",
        [position],
    )
    return link_of(rows[0]) if rows else None


def link_of(row: Any) -> Link:
    """A row of the query of :mod:`verification`."""
    position, event, previous, digest, *sealed = row
    return Link(position, event, previous, digest, Sealed(*sealed) if sealed[0] is not None else None)


def gone(link: Link) -> Fault:
    return _of(link, Kind.REMOVED, "Its place in the chain is there; the event is not.")


def unnamed(link: Link) -> Fault:
    """One of many that do not agree."""
    return _of(link, Kind.CHANGED, "It does not follow from the row before it.")


def missing_places(first: int, link: Link) -> Fault:
    last = link.position - 1
    which = f"position {first} is" if first == last else f"positions {first} to {last} are"
    words = f"In the chain, {which} missing before event {link.event_id}."
    return Fault(Kind.REMOVED, words, None, first, None)


def classify(link: Link, expected: str) -> Fault:
    """Find the tampering that explains why this row does not follow from the one before it.

    ``expected`` is the hash of the row before. Looks for the place that the row
    was sealed for, and for the row that was sealed for this place.
    """
    event = link.event
    if event is None:
        return gone(link)
    near = range(max(1, link.position - WINDOW), link.position + WINDOW + 1)
    places = sorted(near, key=lambda p: abs(p - link.position))
    sealed_for = next((p for p in places if digest(p, link.previous, event) == link.hash), None)
    follows = _ask("SELECT position FROM ONLY public.audit_chainlink WHERE hash = %s", [link.previous])
    stands_after = follows[0][0] if follows else None
    if sealed_for == link.position:
        return _other_before(link, stands_after)
    if sealed_for is None:
        return _other_values(link)
    if stands_after is not None and stands_after >= link.position:
        return _of(link, Kind.REORDERED, f"It was sealed for position {sealed_for} of the chain.")
    if sealed_for < link.position and (found := _link_at(sealed_for)):
        more = link.position - sealed_for
        return _of(found, Kind.INSERTED, f"{_rows(more)} put in before event {link.event_id}.")
    more = sealed_for - link.position
    words = f"{_rows(more)} taken out before event {link.event_id}, and the places numbered anew."
    return Fault(Kind.REMOVED, words, None, link.position, None)


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count} rows were"


def _other_before(link: Link, stands_after: int | None) -> Fault:
    """The row is as it was sealed, and follows from another row than the one before it."""
    if stands_after is not None and stands_after != link.position - 1:
        return _of(link, Kind.REORDERED, f"It was sealed to follow the row at position {stands_after}.")
    before = _link_at(link.position - 1)
    if before is None:
        return _of(link, Kind.REMOVED, "What stood before it in the chain is not there.")
    words = f"It was sealed anew: event {link.event_id}, which follows it, was sealed upon another hash."
    return _of(before, Kind.CHANGED, words)


def _other_values(link: Link) -> Fault:
    """No place near here gives this hash with the values that the event has now."""
    rows = _ask(
        f"SELECT {COLUMNS} FROM ONLY public.audit_event e WHERE e.id BETWEEN %s AND %s AND e.id <> %s",  # noqa: S608  our own columns
        [link.event_id - WINDOW, link.event_id + WINDOW, link.event_id],
    )
    for row in rows:
        if digest(link.position, link.previous, Sealed(*row)) == link.hash:
            return _of(link, Kind.REORDERED, f"Event {row[0]} was sealed for this place.")
    return _of(link, Kind.CHANGED, "Its values are not those that were sealed.")
