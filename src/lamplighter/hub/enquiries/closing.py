"""Lines of enquiry that are still open, for whoever closes the case: see ``cases.status.hooks``."""

from __future__ import annotations

from lamplighter.hub.access import moment
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status.hooks import Check
from lamplighter.hub.enquiries import rules, selectors


def checks(case: Case, outcome: str) -> list[Check]:
    """Return one check a line, and one where the incidents call for none at all. As the service."""
    today = rules.day_of(moment.now())
    found = []
    for line in selectors.lines(case):
        state = line.newest.get_state_display() if line.newest else "Open"
        found.append(
            Check(
                f"enquiries.{line.row.kind or 'added'}",
                f"Line of enquiry: {selectors.title(line.row, today)}",
                line.resolved,
                state if line.resolved else f"{state}. {line.why_now(today)}",
                page="enquiries:page",
                side=line.row.partition,
            )
        )
    return found
