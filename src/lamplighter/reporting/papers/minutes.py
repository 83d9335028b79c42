"""The minutes of a meeting as a PDF: who came, and of each case the lines that may be on this paper.

Set with Typst like the schedule: the same input gives the same bytes, tagged and conforming to PDF/UA-1.
Until the minutes are agreed, DRAFT stands across every page.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from lamplighter.reporting.papers.typesetting import pdf
from lamplighter.reporting.words import clock, count, day


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """One line; every field is plain text and is set as such. ``side``: who reads it, where not everybody."""

    when: str
    who: str
    kind: str
    words: str
    side: str = ""


@dataclass(frozen=True, slots=True)
class MinutesCase:
    """Hold what was said of one case, or on an item of no case, and ``why`` it was on the agenda."""

    reference: str
    why: tuple[str, ...]
    lines: tuple[MinutesLine, ...]


@dataclass(frozen=True, slots=True)
class MeetingMinutes:
    """Everything on the paper. ``as_at`` (aware) is when it was read; ``draft``: nobody has agreed it."""

    title: str
    when: str
    whom_for: str
    state: str
    draft: bool
    as_at: dt.datetime
    came: tuple[tuple[str, str, str], ...]
    cases: tuple[MinutesCase, ...]
    general: tuple[MinutesCase, ...] = ()
    handling: str = ""
    author: str = "Lamplighter"


def minutes_pdf(minutes: MeetingMinutes) -> bytes:
    """Return the minutes on A4."""
    data = asdict(minutes) | {
        "as_at": "",
        "footer": f"{minutes.state} {count(len(minutes.cases), 'case')}, "
        f"as held at {clock(minutes.as_at)} on {day(minutes.as_at)}.",
    }
    return pdf("papers/minutes.typ", data, minutes.as_at)
