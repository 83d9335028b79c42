"""What a referral takes over from a pattern: its two people as their records call them, and references."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.reading import read
from lamplighter.linkage import naming

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
    for side, records, person_id in sides:
        found[side] = {
            "name": naming.heading(records)[:MOST] if records else "Not known",
            "also_known_as": _whole(naming.also_called(records)),
            "birth_date": next((r["birth_date"] for r in records if r.get("birth_date")), None),
            "person_id": person_id or "",
        }
    return found


def _whole(parts: list[str]) -> str:
    """As many of the parts as fit, none of them cut."""
    text = ""
    for part in parts:
        longer = f"{text}, {part}" if text else part
        if len(longer) > MOST:
            break
        text = longer
    return text
