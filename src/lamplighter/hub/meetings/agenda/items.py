"""The agenda of a meeting as one person may read it: built anew for each look, and explained line by line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.meetings import selectors
from lamplighter.hub.meetings.agenda.sources import (
    HEARD,
    SECTIONS,
    VICTIM,
    Look,
    Proposed,
    all_sources,
    victims_side,
)
from lamplighter.hub.meetings.models import Meeting, Placing


@dataclass(slots=True)
class Item:
    """A case in a section, with what puts it there. ``off``: why it is put off to the next meeting."""

    case: Case
    lines: list[Proposed] = field(default_factory=list)
    placing: Placing | None = None

    @property
    def off(self) -> str:
        return self.placing.reason if self.placing and self.placing.deferred else ""

    @property
    def alarm(self) -> bool:
        return any(line.alarm for line in self.lines)

    def rank(self) -> tuple[bool, bool, int, bool, dt.datetime, str]:
        """Put off comes last; else where a coordinator put it, what is late, the oldest, by reference."""
        place = self.placing.place if self.placing else None
        first = min(line.at for line in self.lines)
        return (bool(self.off), place is None, place or 0, not self.alarm, first, self.case.reference)


@dataclass(slots=True)
class Section:
    code: str
    title: str
    items: list[Item]


@dataclass(slots=True)
class Agenda:
    """``cases``: each case that has an item, in the order in which the agenda first comes to it."""

    sections: list[Section]
    cases: list[Case]

    def section(self, code: str) -> Section:
        return next(section for section in self.sections if section.code == code)

    def heard(self) -> list[Case]:
        """Return the cases that are heard, for which returns are asked."""
        found = {item.case.pk for s in self.sections if s.code in HEARD for item in s.items if not item.off}
        return [case for case in self.cases if case.pk in found]

    def of_case(self, case: Case) -> list[tuple[Section, Item]]:
        """Return the items of one case, with their sections."""
        return [(s, item) for s in self.sections for item in s.items if item.case.pk == case.pk]


def look(user: User, meeting: Meeting, now: dt.datetime) -> Look:
    as_at = selectors.until(meeting, now)
    return Look(user, meeting, selectors.before(meeting), as_at, as_at or now)


def build(user: User, meeting: Meeting, now: dt.datetime) -> Agenda:
    """Return the agenda: of a meeting that is over, as it was at its end, for whoever may read it today."""
    seen = look(user, meeting, now)
    proposed = [line for source in all_sources() for line in source(seen)]
    heard = list(dict.fromkeys(line.case for line in proposed if line.section in HEARD))
    proposed += victims_side(seen, heard)
    placed = selectors.placings(meeting, seen.as_at)
    # A row of a side may be open to somebody by emergency access, and the case itself not.
    cases = Case.objects.in_bulk({line.case for line in proposed})
    of: dict[tuple[str, int], Item] = {}
    for line in proposed:
        if line.case in cases:
            key = (line.section, line.case)
            item = of.setdefault(key, Item(cases[line.case], placing=placed.get(key)))
            item.lines.append(line)
    sections = [
        Section(code, title, sorted((i for (c, _), i in of.items() if c == code), key=Item.rank))
        for code, title in SECTIONS.items()
    ]
    order = dict.fromkeys(item.case.pk for s in sections if s.code != VICTIM for item in s.items)
    return Agenda(sections, [cases[pk] for pk in order])
