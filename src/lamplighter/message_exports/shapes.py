"""Shapes that every reader gives: entries, the account in which every line is counted, and refusals."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lamplighter.message_exports import dates
from lamplighter.message_exports.dates import Order, OrderFound, Written


class Kind(StrEnum):
    """Kinds of entries. A call that nobody took and a message that was deleted are evidence too."""

    MESSAGE = "message"
    MEDIA = "media"
    CALL = "call"
    MISSED_CALL = "missed_call"
    DELETED = "deleted"
    UNSENT = "unsent"
    SYSTEM = "system"
    DIARY = "diary"
    PICTURE = "picture"


# What an account calls what is no entry.
CONTINUED, REFUSED, BLANK, OTHER = "continued", "refused", "blank", "other"


class ExportError(ValueError):
    """Refusal of a file: what is wrong, in which line, and what to do. It holds no word of the file."""

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what, self.place, self.remedy = what, place, remedy


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a file tells, from line or record ``place`` to ``end``, counted from 1.

    ``when`` is aware where the file says the moment, and naive where it says the time of a clock on a wall.
    ``also``: the other moment that the same clock time can be. ``mine``: sent from the phone of the person
    who exported it; ``None`` where the file does not say.
    """

    place: int
    end: int
    when: dt.datetime | None
    who: str
    kind: Kind
    text: str
    raw: str
    attachments: tuple[str, ...] = ()
    seconds: int | None = None
    day_only: bool = False
    mine: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Part that is no entry: from ``place`` to ``end``, why, and how it stands in the file."""

    place: int
    end: int
    why: str
    raw: str
    sort: str = REFUSED


@dataclass(frozen=True, slots=True)
class Account:
    """Every line or record of the file, by what it was counted as. Made by :func:`closed` alone."""

    unit: str
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Export:
    """Contents of one file. ``order`` is ``None`` where the dates of the file need none."""

    format: str
    channel: str
    entries: tuple[Entry, ...]
    parts: tuple[Part, ...]
    account: Account
    order: OrderFound | None = None
    notes: tuple[str, ...] = ()
    attachments_found: tuple[str, ...] = ()

    @property
    def refused(self) -> list[Part]:
        """Return what was not understood."""
        return [p for p in self.parts if p.sort == REFUSED]

    @property
    def senders(self) -> dict[str, int]:
        """Return how many entries each sender has, the most first."""
        return dict(Counter(e.who for e in self.entries if e.who).most_common())

    @property
    def needs_order(self) -> bool:
        """Tell whether a person must say if the day or the month is first."""
        return self.order is not None and not self.order.proved


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of whoever brings a file: the order of day and month, where the file does not prove it."""

    order: Order | None = None
    names_found: tuple[str, ...] = field(default=())


def closed(unit: str, total: int, entries: Sequence[Entry], parts: Sequence[Part]) -> Account:
    """Return the account of a file of ``total`` lines or records.

    Raises:
        ExportError: a line is counted twice or not at all; it says which.
    """
    spans = sorted([(e.place, e.end) for e in entries] + [(p.place, p.end) for p in parts])
    reached = 0
    for place, end in spans:
        if place != reached + 1 or end < place:
            twice = place <= reached
            raise ExportError(
                f"A {unit} of this file would be counted {'twice' if twice else 'not at all'}, so nothing of "
                "it is imported.",
                place=f"{unit} {place if twice else reached + 1}",
                remedy="Keep the file and tell the people who look after Lamplighter.",
            )
        reached = end
    if reached != total:
        raise ExportError(
            f"The file has {total} {unit}s but {reached} are accounted for, so nothing of it is imported.",
            place=f"{unit} {min(reached, total) + 1}",
            remedy="Keep the file and tell the people who look after Lamplighter.",
        )
    counts: Counter[str] = Counter(e.kind for e in entries)
    counts[CONTINUED] = sum(e.end - e.place for e in entries)
    for part in parts:
        counts[part.sort] += part.end - part.place + 1
    return Account(unit, total, {k: n for k, n in counts.items() if n})


def order_of(written: Sequence[Written], told: Order | None) -> OrderFound:
    """Return the order of a file's dates, confirmed where somebody said it.

    Raises:
        ExportError: the dates have both orders, or another than what was said.
    """
    try:
        found = dates.find(written)
    except dates.BothOrdersError as both:
        raise ExportError(
            "Some dates of this file can only have the day first, and others only the month first.",
            place=f"line {both.day_first} and line {both.month_first}",
            remedy="It was put together from two exports. Send each of them by itself.",
        ) from None
    if told is None or (found.proved and told == found.order):
        return found
    if found.proved:
        raise ExportError(
            f"This order of day and month does not fit. {found.why}",
            place=f"line {found.place}" if found.place else "",
            remedy="Choose the other order.",
        )
    return OrderFound(told, True, "Confirmed by a person.")
