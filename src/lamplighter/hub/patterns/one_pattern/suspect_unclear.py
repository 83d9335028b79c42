"""List the reports by the victim of a pattern whose suspect may be the same, for a person to say.

They are in no pattern because of it: the linkage holds it likely, and not likely enough, or somebody else
fits as well.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from lamplighter.courses.rules import share_of
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns.one_pattern.selectors import Reading
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people.links import presenters as link_explanations

MOST = 10


def unclear(reading: Reading) -> list[dict[str, Any]]:
    """Return of each such report its reference, how likely it is, why, and where a person decides."""
    course = reading.course
    links = people.suspects_unclear(
        [r["record_id"] for r in reading.suspect if r["role"] == "suspect"],
        (course.victim_person, course.suspect_person or ""),
        course.report_ids,
        share_of("joining.belief", "ask"),
    )
    held = {r["report_id"]: r for r in intake.rows(list(links))["reports"]}
    return [
        {
            "reference": held[report_id]["source_ref"],
            "agency": reading.agency(held[report_id]["agency"]),
            "of_100": min(99, round(link.probability * 100)),
            "why": link_explanations.explained(link).why,
            "href": reverse("people:link", args=[link.address]),
        }
        for report_id, link in list(links.items())[:MOST]
        if report_id in held
    ]
