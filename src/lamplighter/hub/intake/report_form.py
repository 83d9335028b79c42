"""A new report: its pages in order, and the document that they make together."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.intake.forms import OccasionPage, Page, ReportPage
from lamplighter.hub.intake.person_forms import SuspectPage, VictimPage

PAGES: dict[str, type[Page]] = {
    "report": ReportPage,
    "occasion": OccasionPage,
    "victim": VictimPage,
    "suspect": SuspectPage,
}


def document(pages: list[Page]) -> dict[str, Any]:
    """The nested report that valid pages make together."""
    whole: dict[str, Any] = {"people": [], "answered": {}}
    for page in pages:
        answers = page.answers()
        whole["people"] += answers.pop("people", [])
        whole["answered"] |= answers.pop("answered", {})
        whole |= answers
    return whole
