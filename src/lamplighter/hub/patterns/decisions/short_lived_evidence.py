"""Evidence that does not last: what others record of the acts of a pattern, and delete after a while.

A shop's camera is often overwritten within a month, and who rang whom is gone after about a year: nobody can
ask for it once a case has waited. For how long each is kept is a dated rule (``[[evidence]]``), for which the
hub's own police are to be asked; that it may be gone is never said as that it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from lamplighter.courses.findings import time_limits
from lamplighter.hub.patterns import configuration
from lamplighter.hub.patterns.models import Occasion
from lamplighter.reporting.words import day, small


@dataclass(frozen=True, slots=True)
class Vanishing:
    """Records of one kind: of how many days with acts they may still be held, and of how many they may be
    gone. ``act`` is the first of the former, and ``on`` the day about which its records go."""

    title: str
    ask: str
    held: int
    gone: int
    act: dt.date | None
    on: dt.date | None

    @property
    def words(self) -> str:
        said = []
        if self.act and self.on:
            more = f" and {small(self.held - 1)} later" if self.held > 1 else ""
            said.append(f"Of {day(self.act)}{more}, they may be held until about {day(self.on)}.")
        if self.gone:
            of = f"{small(self.gone)} {'other ' if self.held else ''}day{'s' if self.gone > 1 else ''}"
            said.append(f"Of {of} they may be gone: ask all the same.")
        return " ".join([*said, self.ask])


def of(occasions: Iterable[Occasion], today: dt.date) -> list[Vanishing]:
    """Return the records that can exist of these acts, what goes first before the others.

    Of acts with a known day only. Kinds of which all may be gone for as long again as they are kept are left
    out.
    """
    acts = [
        (act, frozenset(o.channels))
        for o in occasions
        if o.acts
        and not o.reversed
        and (act := time_limits.known_day(o.at, o.precision, o.until))
        and act <= today
    ]
    found = []
    for row in configuration.evidence(today):
        days, channels = int(row.extra["days"]), frozenset(row.extra["channels"])
        of_kind = sorted({act for act, ways in acts if ways & channels})
        held = [act for act in of_kind if act + dt.timedelta(days=days) >= today]
        gone = [a for a in of_kind if a not in held and a + dt.timedelta(days=2 * days) >= today]
        if held or gone:
            first = held[0] if held else None
            ends = first + dt.timedelta(days=days) if first else None
            found.append(Vanishing(row.title, str(row.extra["ask"]), len(held), len(gone), first, ends))
    return sorted(found, key=lambda v: (v.on is None, v.on or today))
