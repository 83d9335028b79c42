"""The gate: what the legal status of the case allows, kind of work by kind of work, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.cases.status import criminal_matters
from lamplighter.hub.perpetrator_side import configuration, library
from lamplighter.hub.perpetrator_side.models import OfficerConsultation

NOT_KNOWN = configuration.NOT_KNOWN
# Whatever it is there: it is ruled on as the strictest that is live.
LIVE_ELSEWHERE = LegalStatus.Name.INVESTIGATION
START = OfficerConsultation.Answer.START


@dataclass(frozen=True, slots=True)
class Ruling:
    """Ruling on one kind of work: whether it is allowed, why, and its origin (``mark``: S, K or I).

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
        """Tell whether the work can be done now."""
        if not self.allowed or not self.consultation:
            return self.allowed
        return self.consulted is not None and self.consulted.answer == START

    @property
    def waits(self) -> bool:
        """Tell whether a consultation would open it."""
        return self.allowed and not self.open


@dataclass(frozen=True, slots=True)
class Gate:
    """Gate on a day: the legal statuses that stand (``not_known``: none) and a ruling a kind of work.

    ``title`` is in words, newest first; ``since`` is that of the newest that is live, or else of the newest.
    ``elsewhere``: a criminal matter about the same person is live in another case, and no more is known here.
    """

    statuses: tuple[str, ...]
    title: str
    since: dt.date | None
    elsewhere: bool
    rulings: dict[str, Ruling]

    def allows(self, work: str) -> bool:
        return self.rulings[work].open

    @property
    def direct(self) -> bool:
        """Tell whether direct work is allowed on any footing."""
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
    """The gate of a case as the hub knew the legal statuses at a moment; ``None``: now.

    All that stand count, and whether the same person has a live matter in another case. ``agency``:
    whose consultations open what is allowed after one; ``None``: nobody's, and what needs one stays closed.
    """
    rows = cases.legal_standing(case, as_at)
    elsewhere = criminal_matters.live_elsewhere(case, as_at)
    statuses = tuple(dict.fromkeys(row.name for row in rows)) or (NOT_KNOWN,)
    live = [row for row in rows if row.name in criminal_matters.LIVE]
    on = timezone.localdate(as_at or moment.now())
    ruled = strictest([*statuses, *([LIVE_ELSEWHERE] if elsewhere else [])], on)
    if agency:
        ruled = _consulted(ruled, _consultations(case, agency, live, as_at))
    title = ", ".join(dict.fromkeys(row.get_name_display() for row in rows)) or "Not recorded"
    return Gate(statuses, title, next((r.since for r in [*live, *rows]), None), elsewhere, ruled)


def strictest(statuses: Sequence[str], on: dt.date) -> dict[str, Ruling]:
    """Every kind of work under several legal statuses at once: what one of them refuses is refused.

    "Not reported" speaks of one matter only, and says nothing beside another that was.
    """
    told = [status for status in statuses if status != LegalStatus.Name.NOT_REPORTED] or list(statuses)
    each = [rulings(status, on) for status in told]
    # Not allowed before allowed after a consultation before allowed; the first to say it is named.
    return {
        work: min((ruled[work] for ruled in each), key=lambda r: (r.allowed, not r.consultation))
        for work in each[0]
    }


def _consulted(ruled: Mapping[str, Ruling], held: Mapping[str, OfficerConsultation]) -> dict[str, Ruling]:
    return {work: replace(r, consulted=held.get(work)) if r.consultation else r for work, r in ruled.items()}


def _consultations(
    case: Case, agency: str, live: Sequence[LegalStatus], as_at: dt.datetime | None
) -> dict[str, OfficerConsultation]:
    """The newest consultation of an agency on each kind of work, of those held on what is live now.

    One does not count any more once something live is recorded after it, in whichever case.
    """
    rows = OfficerConsultation.objects.filter(case=case, owner=agency).select_related("by", "owner")
    if live:
        rows = rows.filter(at__gt=max(row.at for row in live))
    newest = {row.work: row for row in cases.known(rows, as_at).order_by("at", "pk")}
    return {
        w: row for w, row in newest.items() if not criminal_matters.live_elsewhere(case, as_at, after=row.at)
    }
