"""Checks of the victim's side before a case is dropped: see ``cases.status.hooks``."""

from __future__ import annotations

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status.hooks import Check
from lamplighter.hub.victim_side import elements, selectors


def checks(case: Case, outcome: str) -> list[Check]:
    """Return whether the impact on the victim is recorded by the elements of the offences. As the service."""
    shown = [e for e in elements.summary(selectors.impact(case)) if e.shown]
    side, page = "advocacy", "victim:impact"
    if shown:
        says = "Recorded."
    elif any(p.agency.kind == Agency.Kind.ADVOCACY for p in cases.participations(case)):
        says = "No entry speaks to an element of the offences yet."
    else:
        # Nobody of that side is there to be asked: everybody is told what to do about it.
        side, page = "shared", "cases:agencies"
        says = "No advocacy service works on the case. Add one, so that the victim is asked."
    title = "The impact on the victim, by the elements of the offences"
    return [Check("victim.impact", title, bool(shown), says, page, side)]
