"""Take over from a pattern into a referral: its two people as their records call them, and references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.one_pattern.selectors import read
from lamplighter.linkage.explain import naming

MOST = 200


def referral_of(course: Course) -> dict[str, Any]:
    """``victim`` and ``suspect`` as columns of a party, and ``crime_numbers`` of the reports."""
    reading = read(course)
    references = [f"{r['source_ref']} ({reading.agency(r['agency'])})" for r in reading.reports.values()]
    found: dict[str, Any] = {"crime_numbers": _whole(references)}
    sides = (
        ("victim", reading.victim, course.victim_person),
        ("suspect", reading.suspect, course.suspect_person),
    )
    days = {name: day for name, r in reading.reports.items() if (day := _day(r.get("reported_at")))}
    for side, records, person_id in sides:
        found[side] = {
            "name": naming.heading(records)[:MOST] if records else "Not known",
            "also_known_as": _whole(naming.also_called(records)),
            "birth_date": next((r["birth_date"] for r in records if r.get("birth_date")), None),
            "person_id": person_id or "",
        } | _age(records, days)
    return found


def _day(at: Any) -> dt.date | None:
    return at.date() if isinstance(at, dt.datetime) else at if isinstance(at, dt.date) else None


def _age(records: Sequence[dict[str, Any]], days: Mapping[str, dt.date]) -> dict[str, Any]:
    """The age of the report that was made last among those that give one, with its day."""
    told = [r for r in records if r.get("age_from") is not None or r.get("age_to") is not None]
    told = [r for r in told if r["report_id"] in days]
    if not told:
        return {"age_from": None, "age_to": None, "age_on": None}
    last = max(told, key=lambda r: days[r["report_id"]])
    return {"age_from": last["age_from"], "age_to": last["age_to"], "age_on": days[last["report_id"]]}


def _whole(parts: list[str]) -> str:
    """As many of the parts as fit, none of them cut."""
    text = ""
    for part in parts:
        longer = f"{text}, {part}" if text else part
        if len(longer) > MOST:
            break
        text = longer
    return text
