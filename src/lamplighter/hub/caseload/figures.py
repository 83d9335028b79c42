"""The numbers of the page, each with the rows that it counts. What is not held is said and never nought."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.caseload import filters
from lamplighter.hub.caseload.filters import DONE, MISSING, NONE, NOT_SEEN, WAITING, YEAR, Cases, Tasks, Time
from lamplighter.hub.caseload.selectors import TIMES, Caseload, Lead, Listed, Spent
from lamplighter.hub.caseload.tables import activity
from lamplighter.hub.cases.status.states import State


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the address of exactly the rows that it counts."""

    number: int
    href: str


def of_cases(asked: Cases, found: Caseload) -> Figure:
    return Figure(len(asked.apply(found)), f"{reverse('caseload:cases')}?{asked.query()}")


def of_tasks(asked: Tasks, found: Caseload) -> Figure:
    return Figure(len(asked.apply(found)), f"{reverse('caseload:tasks')}?{asked.query()}")


def page(found: Caseload, user: User) -> dict[str, Any]:
    """Return the parts of the page."""
    return {
        "open": of_cases(Cases(), found),
        "late": of_tasks(Tasks(), found),
        "with_late": of_cases(Cases(late="yes"), found),
        "undecided": of_cases(Cases(decision=MISSING), found) if found.holds_decisions else None,
        "waiting": of_cases(Cases(triage=WAITING), found),
        "leads": _leads(found, user),
        "stages": _stages(found),
        "levels": _levels(found) if found.holds_levels else None,
        "times": [_time(what, found) for what in TIMES if what != "assessment" or found.holds_levels],
        "whose": _whose(found),
        "more": found.more,
    }


def _leads(found: Caseload, user: User) -> list[dict[str, Any]]:
    leads: set[Lead] = {lead for case in found.cases if case.is_open for lead in case.leads}
    rows = [
        _lead(f"{lead.name}, {lead.agency_name}", Cases(lead=lead.key, agency=lead.agency), found)
        for lead in sorted(leads, key=lambda x: (x.agency_name, x.name, x.key))
    ]
    if user.agency is not None:
        nobody = _lead(f"Nobody of {user.agency.name}", Cases(lead=NONE, agency=user.agency_id or ""), found)
        rows += [nobody] if nobody["cases"].number else []
    return rows


def _lead(name: str, asked: Cases, found: Caseload) -> dict[str, Any]:
    late = replace(asked, late="yes")
    return {"name": name, "cases": of_cases(asked, found), "late": of_cases(late, found)}


def _stages(found: Caseload) -> list[dict[str, Any]]:
    there = {case.stage for case in found.cases if case.is_open}
    return [
        {"name": state.label, "cases": of_cases(Cases(stage=state.value), found)}
        for state in State
        if state.value in there
    ]


def _levels(found: Caseload) -> list[dict[str, Any]]:
    there = {case.level: case.level_title for case in found.cases if case.is_open}
    return [
        {"name": title or "Not assessed", "cases": of_cases(Cases(level=level or NONE), found)}
        for level, title in sorted(there.items(), key=lambda item: (not item[0], item[1]))
    ]


def _time(what: str, found: Caseload) -> dict[str, Any]:
    """Return how long something took in the cases of the last year, and in how many nothing of it is seen."""
    done = Cases(of=YEAR, **{what: DONE})
    not_seen = Cases(of=YEAR, **{what: NOT_SEEN})
    took = sorted(_days(done.apply(found), what))
    return {
        "name": TIMES[what][1],
        "done": of_cases(done, found),
        "not_seen": of_cases(not_seen, found),
        "median": statistics.median(took) if took else None,
        "longest": took[-1] if took else None,
    }


def _days(cases: Iterable[Listed], what: str) -> Iterable[int]:
    return (max(0, took.days) for case in cases if (took := case.took(what)) is not None)


def _whose(found: Caseload) -> list[dict[str, Any]]:
    people = {(t.agency_name, t.name, t.person, t.agency) for t in found.late}
    return [
        {
            "name": f"{name or 'Nobody'}, {agency_name}",
            "tasks": of_tasks(Tasks(person=person or NONE, agency=agency), found),
        }
        for agency_name, name, person, agency in sorted(people)
    ]


def time_spent(rows: Sequence[Spent]) -> list[dict[str, Any]]:
    """Return the minutes of one's own agency by activity, each with its entries."""
    there = sorted({row.activity for row in rows}, key=lambda code: activity(code))
    return [_spent(activity(code), Time(activity=code), rows) for code in there]


def all_time(rows: Sequence[Spent]) -> dict[str, Any]:
    """Return all of it."""
    return _spent("All", Time(), rows)


def _spent(name: str, asked: Time, rows: Sequence[Spent]) -> dict[str, Any]:
    found = asked.apply(list(rows))
    minutes = sum(row.minutes for row in found)
    entries = Figure(len(found), f"{reverse('caseload:time')}?{asked.query()}")
    return {"name": name, "minutes": minutes, "hours": hours(minutes), "entries": entries}


def hours(minutes: int) -> str:
    return f"{minutes // 60:,} h {minutes % 60:02d} min"


def titles(asked: Cases | Tasks | Time, found: Caseload | None = None) -> list[str]:
    """Say in words what an address asks for, for the heading of its page."""
    if isinstance(asked, Time):
        return [activity(asked.activity)] if asked.activity else []
    if isinstance(asked, Tasks):
        names = {t.person: t.name for t in found.late} if found else {}
        agencies = {t.agency: t.agency_name for t in found.late} if found else {}
        person = "Nobody" if asked.person == NONE else names.get(asked.person, "")
        return [text for text in (person, agencies.get(asked.agency, "")) if text]
    return _of_cases(asked, found) if found else []


def _of_cases(asked: Cases, found: Caseload) -> list[str]:
    leads = {x.key: f"Lead worker: {x.name}" for c in found.cases for x in c.leads}
    told = ["Open now" if asked.of == filters.OPEN else "Referred in the last 12 months"]
    told += ["No lead worker of your agency"] if asked.lead == NONE else []
    told += [leads[asked.lead]] if asked.lead in leads else []
    told += [State(asked.stage).label] if asked.stage else []
    level = {c.level or NONE: c.level_title or "Not assessed" for c in found.cases}
    told += [level[asked.level]] if asked.level in level else []
    told += ["With overdue tasks"] if asked.late else []
    told += ["Suspect named, and the time for a decision on an order is over"] if asked.decision else []
    words = {DONE: "done", NOT_SEEN: "nothing that you can see", WAITING: "waiting"}
    told += [f"{title}: {words[way]}" for what, (_, title) in TIMES.items() if (way := getattr(asked, what))]
    return told
