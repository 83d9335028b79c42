"""A new report: its pages in order, and the document that they make together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lamplighter.hub.intake.new_report.forms import OccasionPage, Page, ReportPage
from lamplighter.hub.intake.new_report.person_forms import SuspectPage, VictimPage

OCCASION = "occasion"
PAGES: dict[str, type[Page]] = {
    "report": ReportPage,
    OCCASION: OccasionPage,
    "victim": VictimPage,
    "suspect": SuspectPage,
}
_LATER_OCCASION = re.compile(rf"{OCCASION}-(\d+)")


def occasion_step(number: int) -> str:
    """The page of one occasion: 'occasion', 'occasion-2', 'occasion-3' ..."""
    return OCCASION if number == 1 else f"{OCCASION}-{number}"


def occasion_number(step: str) -> int | None:
    """Return the number of the occasion that a page is about; ``None`` for the other pages."""
    if step == OCCASION:
        return 1
    later = _LATER_OCCASION.fullmatch(step)
    return int(later[1]) if later else None


def steps(occasions: int) -> list[str]:
    """Every page in order, when the report tells of so many occasions."""
    found: list[str] = []
    for step in PAGES:
        found += [occasion_step(n + 1) for n in range(occasions)] if step == OCCASION else [step]
    return found


def page_of(step: str) -> type[Page]:
    """The form of a page."""
    return OccasionPage if occasion_number(step) else PAGES[step]


def document(pages: list[Page], numbers: Sequence[int] = ()) -> dict[str, Any]:
    """Return the nested report that valid pages make together.

    ``numbers`` are those of the occasions, in their order, where they are not 1, 2, 3 ...: what people said
    of an occasion of an earlier version is said of its number.
    """
    whole: dict[str, Any] = {"people": [], "occasions": [], "answered": {}}
    for page in pages:
        answers = page.answers()
        whole["people"] += answers.pop("people", [])
        whole["occasions"] += answers.pop("occasions", [])
        whole["answered"] |= answers.pop("answered", {})
        whole |= answers
    if list(numbers) != list(range(1, len(numbers) + 1)):
        for occasion, number in zip(whole["occasions"], numbers, strict=True):
            occasion["occasion_seq"] = number
    # The report's own place is that of the first occasion of which a place is known.
    placed = next((o for o in whole["occasions"] if o["place_text"] or o["place_postcode"]), None)
    whole["location_text"] = placed["place_text"] if placed else None
    whole["location_postcode"] = placed["place_postcode"] if placed else None
    return whole
