"""Reports that are erased, with who they were about and the patterns made from them: nothing is left of them.

What other reports tell is found anew without them. Older versions of a pattern
stay for what they still hold, so that a decision of another agency keeps the
version that it was about.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.intake.storage import services as intake
from lamplighter.hub.patterns import hooks
from lamplighter.hub.patterns.models import (
    AbuseLook,
    Correction,
    Course,
    CourseChange,
    Decision,
    Finding,
    Holding,
    Lesson,
    LessonDecision,
    LessonIncident,
    LessonPattern,
    Look,
    NextStep,
    Occasion,
    StepEnded,
)
from lamplighter.hub.patterns.services import LOCK, refresh_component
from lamplighter.hub.people import services as who
from lamplighter.hub.people.matching.record_tables import tied
from lamplighter.hub.site.postgresql.locks import lock


@transaction.atomic
def erase_reports(report_ids: Collection[str]) -> dict[str, int]:
    """Delete reports from everything that is received and computed; returns how many rows went, by table."""
    if not report_ids:
        return {}
    with as_service(intake.PURPOSE):
        lock(who.LOCK)
        records = intake.records_of(report_ids)
        near = tied(records) - records
        counts = intake.erase_reports(report_ids)
        more, touched = who.forget(records, near)
        lock(LOCK)
        if touched.persons:
            refresh_component(touched.persons)
        counts |= more | _without(set(report_ids))
        counts |= hooks.reports_erased(report_ids)
    return {table: count for table, count in sorted(counts.items()) if count}


def _without(report_ids: set[str]) -> dict[str, int]:
    gone = list(report_ids)
    touched = Course.objects.filter(report_ids__overlap=gone)
    ids = set(touched.values_list("course_id", flat=True))
    held = Course.objects.filter(course_id__in=ids).values_list("course_id", "report_ids")
    left = {course_id for course_id, reports in held if set(reports) - report_ids}
    counts: dict[str, int] = {}
    taught = Lesson.objects.filter(report_id__in=gone)
    _add(counts, LessonDecision.objects.filter(lesson__in=taught))
    _add(counts, LessonIncident.objects.filter(report_id__in=gone))
    _add(counts, taught)
    _add(counts, Correction.objects.filter(report_id__in=gone))
    _add(counts, CourseChange.objects.filter(Q(reports_joined__overlap=gone) | Q(reports_left__overlap=gone)))
    steps = NextStep.objects.filter(Q(report_id__in=gone) | Q(course_id__in=ids - left))
    _add(counts, StepEnded.objects.filter(step__in=steps))
    _add(counts, steps)
    # Of these patterns nothing was told by any other report.
    whole = ids - left
    for model in (AbuseLook, Decision, Holding, LessonPattern, Look, CourseChange):
        _add(counts, model.objects.filter(course_id__in=whole))
    courses = Course.objects.filter(course_id__in=whole)
    for part in (Occasion, Finding):
        _add(counts, part.objects.filter(course__in=courses))
    _add(counts, courses)
    for version in touched.filter(course_id__in=left):
        _shorten(version, report_ids, counts)
    return counts


def _shorten(version: Course, report_ids: set[str], counts: dict[str, int]) -> None:
    """Leave in an older version what the other reports told, and nothing worked out with the erased ones."""
    _add(counts, version.occasions.filter(report_id__in=report_ids))
    _add(counts, version.findings.all())
    rest = list(version.occasions.all())
    # "<report>#<n>": the account of the same occasion in a report that is no more.
    lost = [o.pk for o in rest if o.same_as and o.same_as.rsplit("#", 1)[0] in report_ids]
    version.occasions.filter(pk__in=lost).update(same_as=None)
    times = [o.at for o in rest if o.at]
    version.report_ids = [r for r in version.report_ids if r not in report_ids]
    version.n_reports = len(version.report_ids)
    version.n_occasions = len({o.number for o in rest})
    version.first_at, version.last_at = (min(times), max(times)) if times else (None, None)
    version.agencies = sorted({o.agency for o in rest})
    version.rules_met, version.reading_reasons, version.urgency_reasons = [], [], []
    version.relationship, version.digest = None, ""
    version.save()


def _add(counts: dict[str, int], rows: QuerySet[Any]) -> None:
    table = rows.model._meta.db_table
    counts[table] = counts.get(table, 0) + rows.delete()[0]
