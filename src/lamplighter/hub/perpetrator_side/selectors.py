"""Reading this side of a case, as it was known at a moment. The wall decides what is there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import models
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass, CaseRow
from lamplighter.hub.access.wall.partitions import AREAS, HEALTH
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.cases.selectors import known
from lamplighter.hub.perpetrator_side import library, permissions
from lamplighter.hub.perpetrator_side.models import (
    Allocation,
    Chase,
    Consultation,
    Ending,
    Enrolment,
    HealthDecision,
    HealthFlag,
    MeasureResult,
    OfficerConsultation,
    PriorRelationship,
    Session,
    SessionOutcome,
    Statement,
    TypologyJudgement,
)

Moment = dt.datetime | None
Row = TypeVar("Row", bound=CaseRow)
MOST_EVIDENCE = 100
SUMMARY = "intervention.summary"
# What we judged, planned or published ourselves shows nothing: evidence happened, was said or was answered.
NO_EVIDENCE = (
    SUMMARY,
    *(
        f"intervention.{verb}"
        for verb in (
            *("statement", "typology", "enrolled", "allocated", "offered", "ended"),
            *("safety_check", "warned"),
        )
    ),
)


def open_to(user: User, case: Case) -> bool:
    """Tell whether this side is the person's, or opened to them by emergency access on this case."""
    return permissions.may_work_here(user) or bool(opened(user, case))


def opened(user: User, case: Case) -> list[str]:
    """List what emergency access has opened to somebody on this case: ``AREAS`` of the partition."""
    own = [name for name, partition in AREAS.items() if partition is HEALTH]
    glass = BreakGlass.objects.filter(user=user, case=case, partition__in=own, ended_at=None)
    there = set(glass.filter(expires_at__gt=timezone.now()).values_list("partition", flat=True))
    return [name for name in own if name in there]


def one(model: type[Row], case: Case, key: uuid.UUID) -> Row:
    """A row of the case by its key, or "not found", said the same for one that never was."""
    try:
        return model._default_manager.select_related("by", "owner").get(case=case, key=key)
    except model.DoesNotExist:
        raise Http404 from None


def _rows(model: type[Row], case: Case, as_at: Moment) -> models.QuerySet[Row]:
    rows = model._default_manager.filter(case=case).select_related("by", "owner").order_by("-at", "-pk")
    return known(rows, as_at)


# Judgements and facts --------------------------------------------------------------------------------------


def judgements(case: Case, as_at: Moment = None) -> list[TypologyJudgement]:
    """Every judgement of the type, newest first."""
    return list(_rows(TypologyJudgement, case, as_at))


def standing(found: Sequence[TypologyJudgement]) -> list[TypologyJudgement]:
    """The newest judgement of each person who judged, newest first; ``found`` is newest first."""
    latest: dict[int | None, TypologyJudgement] = {}
    for row in found:
        latest.setdefault(row.by_id, row)
    return list(latest.values())


def disagree(found: Sequence[TypologyJudgement]) -> bool:
    """Tell whether assessors disagree as things stand."""
    return len({row.type for row in standing(found)}) > 1


def relationships(case: Case, as_at: Moment = None) -> list[PriorRelationship]:
    return list(_rows(PriorRelationship, case, as_at))


# Formulation -----------------------------------------------------------------------------------------------


def versions(case: Case, as_at: Moment = None) -> list[Statement]:
    """Every version of every statement, newest first."""
    return list(_rows(Statement, case, as_at).order_by("-pk"))


def formulation(case: Case, as_at: Moment = None) -> list[Statement]:
    """The statements that stand, section by section, oldest first in each."""
    newest: dict[uuid.UUID, Statement] = {}
    for row in reversed(versions(case, as_at)):
        newest[row.line] = row
    order = Statement.Section.values
    kept = [row for row in newest.values() if not row.withdrawn]
    return sorted(kept, key=lambda row: order.index(row.section))


def newest(line: uuid.UUID, case: Case) -> Statement:
    """The version of a statement that stands now."""
    row = _rows(Statement, case, None).filter(line=line).order_by("-pk").first()
    if row is None:
        raise Http404
    return row


def evidence(case: Case, as_at: Moment = None) -> list[Entry]:
    """Entries of the history that one may see and point to, newest first."""
    rows = known(can_show(case), as_at)
    return list(rows.select_related("owner").order_by("-happened_at", "-pk")[:MOST_EVIDENCE])


def can_show(case: Case) -> models.QuerySet[Entry]:
    """Every entry that one may see and that can show something."""
    return Entry.objects.filter(case=case).exclude(kind__in=NO_EVIDENCE)


def shown_by(case: Case, statements: Sequence[Statement]) -> dict[uuid.UUID, Entry]:
    """The entries that the statements point to, by key: those that can be seen."""
    keys = {key for row in statements for key in row.evidence}
    return {row.key: row for row in Entry.objects.filter(case=case, key__in=keys)}


# Programmes ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class SessionState:
    """One session offered, with what came of it (newest outcome) and what was done when it was missed."""

    session: Session
    outcome: SessionOutcome | None = None
    chases: list[Chase] = field(default_factory=list)

    @property
    def what(self) -> str:
        return self.outcome.what if self.outcome else ""

    @property
    def to_chase(self) -> bool:
        return self.what == SessionOutcome.What.MISSED and not self.chases


@dataclass(slots=True)
class Course:
    """One enrolment as it stood at a moment: who works on it, the sessions in the order of their times."""

    enrolment: Enrolment
    programme: library.Programme
    allocation: Allocation | None = None
    ending: Ending | None = None
    sessions: list[SessionState] = field(default_factory=list)

    def _count(self, what: str) -> int:
        return sum(1 for s in self.sessions if s.what == what)

    @property
    def offered(self) -> int:
        """Sessions offered and not called off by the service."""
        return len(self.sessions) - self._count(SessionOutcome.What.CALLED_OFF)

    @property
    def attended(self) -> set[int]:
        """Numbers of the sessions that were attended: the dose so far."""
        return {s.session.number for s in self.sessions if s.what == SessionOutcome.What.ATTENDED}

    @property
    def missed(self) -> int:
        return self._count(SessionOutcome.What.MISSED)

    @property
    def next_number(self) -> int:
        """The first session that was neither attended nor is still to come."""
        taken = self.attended | {s.session.number for s in self.sessions if not s.what}
        return next(n for n in range(1, len(taken) + 2) if n not in taken)

    @property
    def next_session(self) -> SessionState | None:
        return next((s for s in self.sessions if not s.what), None)


def courses(case: Case, as_at: Moment = None) -> list[Course]:
    """Every enrolment on the case as it stood, newest first, in a fixed number of questions."""
    found = {
        row.pk: Course(row, library.programme(row.programme, timezone.localdate(row.at)))
        for row in _rows(Enrolment, case, as_at)
    }
    # Only what belongs to an enrolment that can be seen: whoever asks may see less than there is.
    of_these = {"enrolment__in": list(found)}
    for allocation in _rows(Allocation, case, as_at).filter(**of_these).select_related("practitioner"):
        if found[allocation.enrolment_id].allocation is None:
            found[allocation.enrolment_id].allocation = allocation
    for ending in _rows(Ending, case, as_at).filter(**of_these):
        found[ending.enrolment_id].ending = ending
    sessions = {row.pk: SessionState(row) for row in _rows(Session, case, as_at).filter(**of_these)}
    for outcome in _rows(SessionOutcome, case, as_at).filter(session__in=list(sessions)).order_by("pk"):
        sessions[outcome.session_id].outcome = outcome
    for chase in _rows(Chase, case, as_at).filter(session__in=list(sessions)).order_by("pk"):
        sessions[chase.session_id].chases.append(chase)
    for state in sorted(sessions.values(), key=lambda s: (s.session.planned_at, s.session.pk)):
        found[state.session.enrolment_id].sessions.append(state)
    return list(found.values())


def course(case: Case, key: uuid.UUID, as_at: Moment = None) -> Course:
    for found in courses(case, as_at):
        if found.enrolment.key == key:
            return found
    raise Http404


def session(case: Case, key: uuid.UUID) -> tuple[Course, SessionState]:
    for found in courses(case):
        for state in found.sessions:
            if state.session.key == key:
                return found, state
    raise Http404


# Measures and advice ---------------------------------------------------------------------------------------


def results(case: Case, as_at: Moment = None, instrument: str = "") -> list[MeasureResult]:
    """Results, oldest first by the day they were taken."""
    rows = _rows(MeasureResult, case, as_at).order_by("on", "pk")
    return list(rows.filter(instrument=instrument) if instrument else rows)


def health_flags(case: Case, as_at: Moment = None) -> list[HealthFlag]:
    """List what sources said of the suspect's health, newest first."""
    return list(_rows(HealthFlag, case, as_at).order_by("-noted_on", "-pk"))


def health_decisions(case: Case, as_at: Moment = None) -> list[HealthDecision]:
    """List decisions on referrals to a health service, newest first."""
    return list(_rows(HealthDecision, case, as_at).order_by("-on", "-pk"))


def consultations(case: Case, as_at: Moment = None) -> list[Consultation]:
    return list(_rows(Consultation, case, as_at).order_by("-on", "-pk"))


def officer_consultations(case: Case, as_at: Moment = None) -> list[OfficerConsultation]:
    """List the answers of officers and the CPS about required work, newest first."""
    return list(_rows(OfficerConsultation, case, as_at).order_by("-on", "-pk"))


def summaries(case: Case, as_at: Moment = None) -> list[Entry]:
    """List the summaries published to everybody on the case, newest first."""
    rows = known(Entry.objects.filter(case=case, kind=SUMMARY), as_at)
    return list(rows.select_related("by", "owner").order_by("-at", "-pk"))
