"""The cases, tasks and entries that a number counts, a page lists and a file holds: one question for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar
from urllib.parse import urlencode

from lamplighter.hub.caseload.selectors import TIMES, Caseload, Late, Listed, Spent, waiting
from lamplighter.hub.cases.status.states import State

NONE, OPEN, YEAR, DONE, NOT_SEEN, WAITING = "none", "open", "year", "done", "not_seen", "waiting"
MISSING = "missing"
ANSWERS = (DONE, NOT_SEEN)


class UnknownFilterError(ValueError):
    """An address asks for something that no page links to."""


Kind = TypeVar("Kind", "Cases", "Tasks", "Time")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for; "" asks nothing. Its fields are the names in the address."""

    def query(self) -> str:
        """Return the part of an address after the question mark."""
        given = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}
        return urlencode(given)


@dataclass(frozen=True, slots=True)
class Cases(_Asked):
    """Cases: open now or opened within a year; whose; in which stage, of which level, with what late."""

    of: str = OPEN
    lead: str = ""
    agency: str = ""
    stage: str = ""
    level: str = ""
    late: str = ""
    decision: str = ""
    triage: str = ""
    contact: str = ""
    assessment: str = ""

    def apply(self, found: Caseload) -> list[Listed]:
        waits = waiting(found.cases)
        return [c for c in found.cases if self._is(c) and self._took(c, waits)]

    def _is(self, case: Listed) -> bool:
        leads = [x for x in case.leads if self.agency in ("", x.agency)]
        return (
            (case.is_open if self.of == OPEN else self.of == YEAR)
            and (self.lead in ("", *(x.key for x in leads)) if self.lead != NONE else not leads)
            and self.stage in ("", case.stage)
            and self.level in ("", case.level or NONE)
            and (self.late == "" or case.late > 0)
            and (self.decision == "" or case.undecided)
        )

    def _took(self, case: Listed, waits: set[int]) -> bool:
        for what in TIMES:
            asked = getattr(self, what)
            done = case.took(what) is not None
            if asked == WAITING and case.pk not in waits:
                return False
            if (asked == DONE and not done) or (asked == NOT_SEEN and done):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Tasks(_Asked):
    """Overdue tasks: of which person, or of nobody, and of which agency."""

    person: str = ""
    agency: str = ""

    def apply(self, found: Caseload) -> list[Late]:
        return [
            t for t in found.late if self.agency in ("", t.agency) and self.person in ("", t.person or NONE)
        ]


@dataclass(frozen=True, slots=True)
class Time(_Asked):
    """Time of one's own agency: at which activity."""

    activity: str = ""

    def apply(self, found: list[Spent]) -> list[Spent]:
        return [row for row in found if self.activity in ("", row.activity)]


def cases(given: Mapping[str, str]) -> Cases:
    """Return what an address asks for. Raises :class:`UnknownFilterError`."""
    asked = _taken(Cases, given)
    _known(asked.of, (OPEN, YEAR))
    _known(asked.stage, State.values)
    _known(asked.late, ("yes",))
    _known(asked.decision, (MISSING,))
    _known(asked.triage, (*ANSWERS, WAITING))
    _known(asked.contact, ANSWERS)
    _known(asked.assessment, ANSWERS)
    return asked


def tasks(given: Mapping[str, str]) -> Tasks:
    """Return what an address asks for."""
    return _taken(Tasks, given)


def time(given: Mapping[str, str]) -> Time:
    """Return what an address asks for."""
    return _taken(Time, given)


def _taken(kind: type[Kind], given: Mapping[str, str]) -> Kind:
    names = {f.name for f in fields(kind)}
    return kind(**{name: text for name, text in given.items() if name in names and text})


def _known(asked: str, known: Sequence[str]) -> None:
    """Refuse a word of ours that is none. A person or a level that no row has is no fault: none is listed."""
    if asked and asked not in known:
        raise UnknownFilterError(asked)
