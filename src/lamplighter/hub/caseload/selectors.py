"""Cases, overdue tasks and time spent, in a fixed number of questions. The wall decides which there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Min, Q
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.caseload import decisions, risk
from lamplighter.hub.cases import rules
from lamplighter.hub.cases.models import Case, LeadWorker, Triage, Work
from lamplighter.hub.cases.selectors import statuses
from lamplighter.hub.cases.status.states import OVER, State
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.victim_side.models import Contact
from lamplighter.hub.victim_side.services.contact import REACHED

YEAR = dt.timedelta(days=365)
OTHER = "other"
MOST = 5_000
"""Cases, tasks and entries that are read. Where there are more, the page says so."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Lead worker of an agency on a case."""

    key: str
    name: str
    agency: str
    agency_name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A case, as far as its reader may see it. A moment that is ``None`` is not held, or not theirs."""

    key: str
    pk: int
    reference: str
    stage: str
    opened_at: dt.datetime
    leads: tuple[Lead, ...]
    level: str
    level_title: str
    triaged_at: dt.datetime | None
    contacted_at: dt.datetime | None
    assessed_at: dt.datetime | None
    late: int
    undecided: bool = False

    @property
    def is_open(self) -> bool:
        return self.stage not in OVER

    def took(self, what: str) -> dt.timedelta | None:
        """Return how long it took from the referral to one of :data:`TIMES`."""
        at = getattr(self, TIMES[what][0])
        return at - self.opened_at if at is not None else None


TIMES = {
    "triage": ("triaged_at", "Triage"),
    "contact": ("contacted_at", "First contact with the victim"),
    "assessment": ("assessed_at", "Risk assessment"),
}


@dataclass(frozen=True, slots=True)
class Late:
    """An overdue task that its reader may see."""

    case_key: str
    pk: int
    reference: str
    key: str
    text: str
    due_at: dt.datetime
    person: str
    name: str
    agency: str
    agency_name: str


@dataclass(frozen=True, slots=True)
class Caseload:
    """All that the pages count: ``holds_levels``: a context of this hub holds levels of risk.

    ``holds_decisions``: one holds decisions on orders.
    """

    cases: Sequence[Listed]
    late: Sequence[Late]
    holds_levels: bool
    at: dt.datetime
    more: bool
    holds_decisions: bool = False


def caseload(now: dt.datetime) -> Caseload:
    """Return the open cases and those of the last year, and what is overdue, as their reader may see them."""
    late = _late(now)
    late_of: dict[int, int] = {}
    for task in late:
        late_of[task.pk] = late_of.get(task.pk, 0) + 1
    found = list(Case.objects.order_by("-opened_at", "-pk")[: MOST + 1])
    stage = statuses(found)
    kept = [c for c in found[:MOST] if c.pk in stage]
    kept = [c for c in kept if stage[c.pk].name not in OVER or now - c.opened_at <= YEAR]
    ids = [c.pk for c in kept]
    leads, triaged, contacted = _leads(ids), _triaged(ids), _contacted(ids)
    assessed, undecided = risk.levels(ids), decisions.undecided(ids, now)
    rows = []
    for case in kept:
        told = (assessed or {}).get(case.pk)
        rows.append(
            Listed(
                key=str(case.key),
                pk=case.pk,
                reference=case.reference,
                stage=stage[case.pk].name,
                opened_at=case.opened_at,
                leads=tuple(leads.get(case.pk, ())),
                level=told.level if told else "",
                level_title=told.title if told else "",
                triaged_at=triaged.get(case.pk),
                contacted_at=contacted.get(case.pk),
                assessed_at=told.first_at if told else None,
                late=late_of.get(case.pk, 0),
                undecided=case.pk in (undecided or ()),
            )
        )
    more = len(found) > MOST or len(late) > MOST
    return Caseload(rows, late[:MOST], assessed is not None, now, more, undecided is not None)


def _late(now: dt.datetime) -> list[Late]:
    rows = Clock.objects.filter(state=Clock.State.RUNNING, due_at__lt=now)
    rows = rows.select_related("case", "assigned_to", "owner").order_by("due_at", "pk")[: MOST + 1]
    return [
        Late(
            case_key=str(c.case.key),
            pk=c.case_id,
            reference=c.case.reference,
            key=str(c.key),
            text=c.text,
            due_at=c.due_at,
            person=str(c.assigned_to.key) if c.assigned_to else "",
            name=c.assigned_to.display_name if c.assigned_to else "",
            agency=c.owner_id,
            agency_name=c.owner.name,
        )
        for c in rows
    ]


def _leads(cases: Sequence[int]) -> dict[int, list[Lead]]:
    """Return the standing lead worker of each agency on each case; agencies without one are left out."""
    rows = LeadWorker.objects.filter(case__in=cases).select_related("worker", "owner")
    standing = rows.order_by("case_id", "owner_id", "-at", "-pk").distinct("case_id", "owner_id")
    found: dict[int, list[Lead]] = {}
    for row in standing:
        if row.worker:
            lead = Lead(str(row.worker.key), row.worker.display_name, row.owner_id, row.owner.name)
            found.setdefault(row.case_id, []).append(lead)
    return found


def _triaged(cases: Sequence[int]) -> dict[int, dt.datetime]:
    """Return when a decision first ended the waiting. A case that no referral began was never waiting."""
    rows = Triage.objects.filter(case__in=cases).exclude(decision=State.HELD)
    return _first(rows, "at")


def _contacted(cases: Sequence[int]) -> dict[int, dt.datetime]:
    reached = Q(direction=Contact.Direction.IN) | Q(results__result__in=REACHED)
    return _first(Contact.objects.filter(reached, case__in=cases), "happened_at")


def _first(rows: Any, column: str) -> dict[int, dt.datetime]:
    return dict(rows.order_by().values_list("case_id").annotate(first=Min(column)))


def waiting(cases: Sequence[Listed]) -> set[int]:
    """Return which of the cases wait for a decision on the referral."""
    return {c.pk for c in cases if c.stage in (State.REFERRED, State.HELD)}


# Time spent -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spent:
    """One entry of time that its reader may see."""

    case_key: str
    pk: int
    reference: str
    on: dt.date
    minutes: int
    activity: str
    role: str
    agency: str


def spent(user: User, since: dt.date) -> list[Spent]:
    """Return the time that the reader's own agency recorded since a day, the newest first."""
    # A code stands in addresses: nothing but the words of the rules gets there.
    known = {rule.code for rule in rules.RULES.every("activity")}
    rows = Work.objects.filter(owner=user.agency_id, on__gte=since).select_related("case", "owner")
    return [
        Spent(
            case_key=str(row.case.key),
            pk=row.case_id,
            reference=row.case.reference,
            on=row.on,
            minutes=row.minutes,
            activity=row.activity if row.activity in known else OTHER,
            role=row.role,
            agency=row.owner.name,
        )
        for row in rows.order_by("-on", "-pk")[:MOST]
    ]


def totals(since: dt.date) -> list[tuple[str, int, int]]:
    """Return the minutes of all agencies since a day by activity, and how many people they are of.

    For whoever costs the hub (``caseload_minutes`` of ``wall.sql``), in whole hours. No case and nobody;
    an activity of fewer than three people is in the row without a name.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT activity, minutes, people FROM caseload_minutes(%s)", [since])
        return [(str(a), int(m), int(p)) for a, m, p in cursor.fetchall()]


def since_a_year(now: dt.datetime) -> dt.date:
    """Return the first day that is counted."""
    return timezone.localdate(now - YEAR)
