"""Record steps after a decision on a pattern: a review date, and tasks for forces that recorded otherwise."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lamplighter.courses.reports.facts import by_police
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.accounts.permissions import may_decide_patterns, may_see_patterns
from lamplighter.hub.accounts.selectors import agency_kinds
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake.models import OffenceRecord, ReportVersion
from lamplighter.hub.patterns import configuration, policies
from lamplighter.hub.patterns.models import Course, Decision, NextStep, StepEnded
from lamplighter.hub.patterns.one_pattern.selectors import Reading
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

Kind = NextStep.Kind
STALKING = "stalking"


def to_correct(reading: Reading) -> list[ReportVersion]:
    """Return the police records of a pattern that are not recorded as stalking, of agencies in the hub."""
    kinds, here = agency_kinds(), set(Agency.objects.values_list("code", flat=True))
    found = _not_called_stalking().filter(report_id__in=reading.course.report_ids)
    return [
        r
        for r in found.order_by("reported_at", "report_id")
        if r.agency in here and by_police(r.agency, r.record_type, kinds)
    ]


def _not_called_stalking() -> QuerySet[ReportVersion]:
    """Reports that stand and have no offence of stalking, whether as the principal one or beside it."""
    offences = OffenceRecord.objects.filter(version=OuterRef("pk"), offence_group=STALKING)
    rows = ReportVersion.objects.filter(~Exists(offences), superseded_at=None)
    return rows.filter(Q(recorded_as__isnull=True) | ~Q(recorded_as=STALKING))


@transaction.atomic
def take(
    user: User, course: Course, reports: Collection[ReportVersion], review_on: dt.date | None
) -> list[NextStep]:
    """Ask the forces to correct these records, and set the day on which the pattern is looked at again.

    A record that a force has been asked about already is left alone. Raises ``NotPossibleError``.
    """
    today = timezone.localdate()
    if review_on is not None and review_on <= today:
        raise NotPossibleError("The review date must be in the future.")
    asked = set(
        _open(NextStep.objects.filter(course_id=course.course_id)).values_list("report_id", flat=True)
    )
    made = [
        NextStep.objects.create(
            course_id=course.course_id,
            kind=Kind.CORRECT,
            due_on=today + dt.timedelta(days=configuration.correct_within(today)),
            agency_id=report.agency,
            report_id=report.report_id,
            by=user,
        )
        for report in reports
        if report.report_id not in asked
    ]
    if review_on is not None:
        made.append(
            NextStep.objects.create(course_id=course.course_id, kind=Kind.REVIEW, due_on=review_on, by=user)
        )
    for step in made:
        operation = Operation.DISCLOSURE if step.agency_id else Operation.ALTERATION
        audit.record(
            user,
            f"patterns.step_{step.kind}",
            f"pattern {course.course_id}",
            operation=operation,
            step=str(step.key),
        )
    return made


@transaction.atomic
def end(user: User, step: NextStep, outcome: str) -> StepEnded:
    """Record the outcome. Raises ``NotPossibleError``."""
    policies.check_reason(outcome)
    if StepEnded.objects.filter(step=step).exists():
        raise ConflictError("Somebody has recorded the outcome already.")
    made = StepEnded.objects.create(step=step, outcome=outcome.strip(), by=user)
    audit.record(user, "patterns.step_ended", f"pattern {step.course_id}", step=str(step.key))
    return made


def may_end(user: User, step: NextStep) -> bool:
    """Allow those who decide on patterns in the force whose record it is."""
    return may_decide_patterns(user) and step.agency_id is not None and step.agency_id == user.agency_id


def one(key: uuid.UUID) -> NextStep:
    """Return a task for a force. Raises ``Http404``."""
    step = NextStep.objects.select_related("agency", "by").filter(key=key, kind=Kind.CORRECT).first()
    if step is None:
        raise Http404
    return step


def _open(steps: QuerySet[NextStep]) -> QuerySet[NextStep]:
    """Tasks for forces that nobody has ended and that the record itself does not show to be done."""
    stands = Exists(_not_called_stalking().filter(report_id=OuterRef("report_id")))
    return steps.filter(stands, kind=Kind.CORRECT, ended=None)


def open_for(user: User) -> list[NextStep]:
    """Return what the agency of this person has been asked to correct, the most urgent first."""
    if not may_see_patterns(user) or not user.agency_id:
        return []
    found = _open(NextStep.objects.filter(agency=user.agency_id)).select_related("by", "by__agency")
    return list(found.order_by("due_on", "pk"))


def references(steps: Collection[NextStep]) -> dict[str, str]:
    """Return the agency's own reference of each report, by its id."""
    held = ReportVersion.objects.filter(report_id__in={s.report_id for s in steps}, superseded_at=None)
    return dict(held.values_list("report_id", "source_ref"))


def review(course_id: str) -> NextStep | None:
    """Return the review date that stands: the newest, unless somebody has decided since."""
    newest = NextStep.objects.filter(course_id=course_id, kind=Kind.REVIEW).order_by("-at", "-pk").first()
    if newest is None:
        return None
    later = Decision.objects.filter(course_id=course_id, at__gt=newest.at).exists()
    return None if later else newest


def reviews_of(user: User, held: Collection[str]) -> list[NextStep]:
    """Return the reviews that this person waits for: of patterns they hold, and any that they set."""
    rows = NextStep.objects.filter(kind=Kind.REVIEW)
    ids = set(held) | set(rows.filter(by=user).values_list("course_id", flat=True))
    found = [step for course_id in sorted(ids) if (step := review(course_id)) is not None]
    standing = set(
        Course.objects.filter(course_id__in=ids, superseded_at=None).values_list("course_id", flat=True)
    )
    return [s for s in found if s.course_id in standing and (s.course_id in held or s.by_id == user.pk)]


def of(course_id: str) -> list[NextStep]:
    """Return every task for a force about this pattern, newest first."""
    found = NextStep.objects.filter(course_id=course_id, kind=Kind.CORRECT)
    return list(found.select_related("agency", "by", "ended", "ended__by").order_by("-at", "-pk"))
