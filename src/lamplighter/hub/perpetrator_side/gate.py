"""The gate: what the legal status of the case allows, kind of work by kind of work, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.perpetrator_side import configuration, library

NOT_KNOWN = configuration.NOT_KNOWN
STATUSES = (NOT_KNOWN, *LegalStatus.Name.values)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether one kind of work is allowed, why, and where that comes from (``mark``: S, K or I)."""

    work: str
    title: str
    allowed: bool
    why: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What holds on a day: the legal status (``not_known``: nobody has said) and a ruling a kind of work."""

    status: str
    title: str
    since: dt.date | None
    rulings: dict[str, Ruling]

    def allows(self, work: str) -> bool:
        return self.rulings[work].allowed

    @property
    def direct(self) -> bool:
        """Whether direct work is allowed on any footing."""
        return self.allows("direct_voluntary") or self.allows("direct_required")


def rulings(status: str, on: dt.date) -> dict[str, Ruling]:
    """Every kind of work under one legal status on one day.

    Raises ``LookupError`` when the rules leave a kind out: what is not ruled is not guessed.
    """
    found: dict[str, Ruling] = {}
    titles = library.kinds_of_work()
    for row in library.gate_rules(on):
        if status in row["status"]:
            for work in row["work"]:
                parts = (row["allowed"], row["why"], row["source"], row["mark"])
                found[work] = Ruling(work, titles[work], *parts)
    if missing := set(titles) - set(found):
        raise LookupError(f"The gate has no rule for {status} and {', '.join(sorted(missing))} on {on}.")
    return {work: found[work] for work in titles}


def of_case(case: Case, as_at: dt.datetime | None = None) -> Gate:
    """The gate of a case as the hub knew the legal status at a moment; ``None``: now."""
    row = cases.legal_status(case, as_at)
    status = row.name if row else NOT_KNOWN
    title = row.get_name_display() if row else "Not recorded"
    on = timezone.localdate(as_at or moment.now())
    return Gate(status, title, row.since if row else None, rulings(status, on))
