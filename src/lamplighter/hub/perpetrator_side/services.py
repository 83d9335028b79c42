"""The only writers of judgements, the formulation, measures, advice and the published summary."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.cases.participants import services as participants
from lamplighter.hub.instruments import library as instruments
from lamplighter.hub.perpetrator_side import library, policies, selectors, wording
from lamplighter.hub.perpetrator_side.models import (
    Consultation,
    MeasureResult,
    OfficerConsultation,
    PriorRelationship,
    Statement,
    TypologyJudgement,
)
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.scoring import score

PARTITION = "health"
# The first half of the lock; the case is the second.
LOCK = 72078


def note(user: User, case: Case, verb: str, title: str, row: Any, page: str, fields: Sequence[str]) -> Entry:
    """One change in the case's history, for those of this side, and in the audit trail."""
    audit.record(user, f"perpetrator_side.{verb}", f"row {row.key}", case=case, fields=fields)
    return cases.enter(
        user,
        case,
        f"intervention.{verb}",
        title,
        partition=PARTITION,
        page=f"perpetrator_side:{page}",
        of_key=row.key,
    )


def hold(case: Case) -> None:
    """One at a time on this side of a case, until the transaction ends."""
    one_at_a_time(case.pk, LOCK)


@transaction.atomic
def judge_type(user: User, case: Case, type_: str, confidence: str, basis: str) -> TypologyJudgement:
    """Somebody judges the type today. What they or others judged before stays."""
    policies.check_judgement(type_, confidence, basis, timezone.localdate(moment.now()))
    scheme, _, _ = library.scheme()
    row = {"scheme": scheme, "type": type_, "confidence": confidence, "basis": basis}
    made = TypologyJudgement.objects.create(**owned(user, case, **row))
    title = f"Typology judged: {library.title('type', type_)}"
    note(user, case, "typology", title, made, "typology", ["type", "confidence", "basis"])
    return made


@transaction.atomic
def record_relationship(
    user: User, case: Case, kind: str, source: str, words: str = "", *, seen: Any = None
) -> PriorRelationship:
    """Record the relationship of the two before, and who says so.

    ``seen`` is the key of the row that the writer read, "" for none; ``ConflictError``
    when there is a newer one.
    """
    hold(case)
    policies.check_seen(next(iter(selectors.relationships(case)), None), seen)
    policies.check_relationship(kind, source, timezone.localdate(moment.now()))
    made = PriorRelationship.objects.create(**owned(user, case, kind=kind, source=source, words=words))
    title = f"Prior relationship recorded: {library.title('relationship', kind)}"
    note(user, case, "relationship", title, made, "typology", ["kind", "source", "words"])
    return made


@transaction.atomic
def state(user: User, case: Case, section: str, text: str, evidence: Sequence[uuid.UUID] = ()) -> Statement:
    """Add a statement to the formulation, with the entries that show it; without any: not yet supported."""
    policies.check_allowed(case, "consultation")
    if section not in Statement.Section.values:
        raise NotPossibleError("Choose which part of the formulation it belongs to.")
    policies.check_words(text, "Enter the statement.")
    row = {"section": section, "text": text, "evidence": _seen(case, evidence)}
    made = Statement.objects.create(**owned(user, case, **row))
    note(user, case, "statement", "Formulation: a statement was added", made, "formulation", [*row])
    return made


def restate(
    user: User,
    case: Case,
    seen: Statement,
    text: str,
    evidence: Sequence[uuid.UUID],
    reason: str,
    *,
    withdrawn: bool = False,
) -> Statement:
    """A new version of a statement after ``seen``, the version that the writer had before them.

    Raises ``ConflictError`` with the version that stands when somebody was faster.
    """
    policies.check_own(user, seen.owner_id, seen.owner.name)
    policies.check_words(text, "Enter the statement, or withdraw it.")
    policies.check_words(reason, "Enter why it changes.")
    row = {"section": seen.section, "line": seen.line, "replaces": seen, "text": text, "reason": reason}
    keys = _seen(case, evidence, before=seen.evidence)
    try:
        with transaction.atomic():
            made = Statement.objects.create(**owned(user, case, evidence=keys, withdrawn=withdrawn, **row))
            what = "withdrawn" if withdrawn else "changed"
            title = f"Formulation: a statement was {what}"
            note(user, case, "statement", title, made, "formulation", ["text", "evidence", "reason"])
    except IntegrityError:
        raise ConflictError(newest=selectors.newest(seen.line, case)) from None
    return made


def withdraw(user: User, case: Case, seen: Statement, reason: str) -> Statement:
    """The statement no longer stands. Its versions stay in the history."""
    return restate(user, case, seen, seen.text, seen.evidence, reason, withdrawn=True)


def _seen(case: Case, keys: Sequence[uuid.UUID], before: Sequence[uuid.UUID] = ()) -> list[uuid.UUID]:
    """The keys of entries of this case that the person can see, in the order given.

    What the version ``before`` points to and the person cannot see stays: they were not asked about it.
    """
    visible = set(selectors.can_show(case).filter(key__in=[*keys, *before]).values_list("key", flat=True))
    if set(keys) - visible - set(before):
        raise NotPossibleError("Choose evidence from the list.")
    return list(dict.fromkeys([key for key in before if key not in visible] + list(keys)))


@transaction.atomic
def measure(
    user: User,
    case: Case,
    instrument: Definition,
    when: str,
    on: dt.date,
    answers: Mapping[str, int | None],
) -> MeasureResult:
    """Keep a questionnaire that was filled in, scored by the rule of its version."""
    if instrument.scale is None:
        raise NotPossibleError(f"{instrument.title} is licensed, and this hub has not supplied it.")
    today = timezone.localdate(moment.now())
    if refused := instruments.refusals(today).get((instrument.code, instrument.version)):
        raise NotPossibleError(" ".join(map(str, refused)))
    if when not in MeasureResult.Moment.values:
        raise NotPossibleError("Choose when it was filled in: before, during, after or later.")
    if on > timezone.localdate():
        raise NotPossibleError("The day must not be in the future.")
    try:
        found = score(instrument.scale, answers)
    except ValueError as wrong:
        raise NotPossibleError(str(wrong)) from None
    if not found.answered:
        raise NotPossibleError("Answer at least one question.")
    row = {"instrument": instrument.code, "version": instrument.version, "moment": when, "on": on}
    kept = {"answers": dict(answers), "total": found.total, "missing": found.missing}
    made = MeasureResult.objects.create(**owned(user, case, **row, **kept))
    title = f"Measure filled in: {instrument.title}, {made.get_moment_display().lower()}"
    note(user, case, "measure", title, made, "measures", [*row, "answers"])
    return made


@transaction.atomic
def advise(
    user: User, case: Case, *, kind: str, on: dt.date, to: str, question: str, advice: str, minutes: int
) -> Consultation:
    """Advice given to another service. Allowed whatever the legal status; its minutes count as work."""
    if kind not in Consultation.Kind.values:
        raise NotPossibleError("Choose what was given: advice or consultation.")
    policies.check_allowed(case, kind)
    policies.check_words(to, "Enter whom you advised.")
    policies.check_words(question, "Enter what it was about.")
    policies.check_words(advice, "Enter what you advised.")
    row = {"kind": kind, "on": on, "to": to, "question": question, "advice": advice, "minutes": minutes}
    participants.add_minutes(user, case, minutes, "consultation", on)
    made = Consultation.objects.create(**owned(user, case, **row))
    title = f"{made.get_kind_display()} given"
    note(user, case, "consultation", title, made, "consultations", [*row])
    return made


@transaction.atomic
def consult_officer(user: User, case: Case, **given: Any) -> OfficerConsultation:
    """Record what the officer in the case or the CPS said of required work while the matter is live.

    ``given``: ``work``, ``asked``, ``who``, ``on``, ``answer``, ``content``, ``disclosure``, ``timing``. It
    counts for one's own agency, until a live status is recorded after it or another one is held.
    """
    hold(case)
    found = policies.check_gate(case, agency=user.agency_id)
    policies.check_consultation(found, given, timezone.localdate(moment.now()))
    made = OfficerConsultation.objects.create(**owned(user, case, **given))
    title = f"{made.get_asked_display()} consulted: {made.get_answer_display().lower()}"
    note(user, case, "officer_consulted", title, made, "officer_consultations", [*given])
    return made


@transaction.atomic
def publish(user: User, case: Case) -> Entry:
    """Show everybody on the case the gate and how far programmes are: fixed sentences, nothing said there."""
    made = cases.enter(
        user,
        case,
        selectors.SUMMARY,
        "Intervention: status",
        body=" ".join(
            wording.summary(policies.check_gate(case, agency=user.agency_id), own_courses(user, case))
        ),
    )
    subject = f"entry {made.key}"
    audit.record(user, "perpetrator_side.published", subject, operation=Operation.DISCLOSURE, case=case)
    return made


def own_courses(user: User, case: Case) -> list[selectors.Course]:
    """The enrolments of the person's own agency: one publishes what is one's own."""
    return [c for c in selectors.courses(case) if c.enrolment.owner_id == user.agency_id]
