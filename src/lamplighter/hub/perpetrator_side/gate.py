"""The gate: what the legal status of the case allows, kind of work by kind of work, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.perpetrator_side import configuration, library
from lamplighter.hub.perpetrator_side.models import OfficerConsultation

NOT_KNOWN = configuration.NOT_KNOWN
STATUSES = (NOT_KNOWN, *LegalStatus.Name.values)
START = OfficerConsultation.Answer.START


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether one kind of work is allowed, why, and where that comes from (``mark``: S, K or I).

    ``consultation``: allowed only after the officer in the case or the CPS was asked. ``consulted``
    is what they said last, of those who ask: nothing, where it was not asked or no longer counts.
    """

    work: str
    title: str
    allowed: bool
    why: str
    source: str
    mark: str
    consultation: bool = False
    consulted: OfficerConsultation | None = None

    @property
    def open(self) -> bool:
        """Whether the work can be done now."""
        if not self.allowed or not self.consultation:
            return self.allowed
        return self.consulted is not None and self.consulted.answer == START

    @property
    def waits(self) -> bool:
        """Whether a consultation would open it."""
        return self.allowed and not self.open


@dataclass(frozen=True, slots=True)
class Gate:
    """What holds on a day: the legal status (``not_known``: nobody has said) and a ruling a kind of work."""

    status: str
    title: str
    since: dt.date | None
    rulings: dict[str, Ruling]

    def allows(self, work: str) -> bool:
        return self.rulings[work].open

    @property
    def direct(self) -> bool:
        """Whether direct work is allowed on any footing."""
        return self.allows("direct_voluntary") or self.allows("direct_required")

    @property
    def to_consult(self) -> list[Ruling]:
        """The kinds of work that may be done after a consultation, whether or not it has been held."""
        return [ruling for ruling in self.rulings.values() if ruling.allowed and ruling.consultation]


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
                found[work] = Ruling(work, titles[work], *parts, row.get("consultation", False))
    if missing := set(titles) - set(found):
        raise LookupError(f"The gate has no rule for {status} and {', '.join(sorted(missing))} on {on}.")
    return {work: found[work] for work in titles}


def of_case(case: Case, as_at: dt.datetime | None = None, agency: str | None = None) -> Gate:
    """The gate of a case as the hub knew the legal status at a moment; ``None``: now.

    ``agency``: whose consultations open what is allowed after one; ``None``: nobody's, and what
    needs one stays closed.
    """
    row = cases.legal_status(case, as_at)
    status = row.name if row else NOT_KNOWN
    title = row.get_name_display() if row else "Not recorded"
    on = timezone.localdate(as_at or moment.now())
    ruled = rulings(status, on)
    if agency and row:
        ruled = _consulted(ruled, _consultations(case, agency, row.at, as_at))
    return Gate(status, title, row.since if row else None, ruled)


def _consulted(ruled: Mapping[str, Ruling], held: Mapping[str, OfficerConsultation]) -> dict[str, Ruling]:
    return {work: replace(r, consulted=held.get(work)) if r.consultation else r for work, r in ruled.items()}


def _consultations(
    case: Case, agency: str, after: dt.datetime, as_at: dt.datetime | None
) -> dict[str, OfficerConsultation]:
    """The newest consultation of an agency on each kind of work, of those held on what is live now."""
    rows = OfficerConsultation.objects.filter(case=case, owner=agency, at__gt=after).select_related(
        "by", "owner"
    )
    return {row.work: row for row in cases.known(rows, as_at).order_by("at", "pk")}
