"""Put on the agenda of a meeting what the risk asks for: a case that was judged high since the last one."""

from __future__ import annotations

from lamplighter.hub.meetings.agenda.sources import DISCUSSION, Look, Proposed
from lamplighter.hub.risk import selectors
from lamplighter.hub.risk.levels import Level
from lamplighter.hub.risk.models import Assessment


def judged_high(look: Look) -> list[Proposed]:
    """Cases with an assessment since the last meeting whose level is high."""
    new = look.new(Assessment.objects.all()).order_by("at", "pk")
    at = {row.case_id: row.at for row in new}
    found = []
    for case, risk in sorted(selectors.of_cases(at, look.as_at).items()):
        if risk.level == Level.HIGH:
            why = f"Its risk was assessed {look.since_words}, and the level of the case is high."
            found.append(
                Proposed(
                    DISCUSSION, case, "Assessed, and the level is high", why, at[case], alarm="High risk"
                )
            )
    return found


SOURCES = (judged_high,)
