"""Show what a report joins, as soon as it is saved; and take it out again: 'This is a different person'."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.design import actions
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.intake.reports.permissions import may_amend
from lamplighter.hub.intake.set_aside import selectors as aside
from lamplighter.hub.patterns import forms, hooks, selectors, services
from lamplighter.hub.patterns.decisions import short_lived_evidence
from lamplighter.hub.patterns.models import Course, Occasion
from lamplighter.hub.patterns.saved_reports import selectors as answers
from lamplighter.hub.patterns.views import standing


def _report_id(key: uuid.UUID) -> str:
    try:
        return intake.report_id(key)
    except ReportVersion.DoesNotExist:
        raise Http404 from None


@shows("records", "shared")
@permissions.require(permissions.may_see_patterns)
def joined(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The answer first: have we met these two people before?"""
    user = who(request)
    try:
        report = versions.find(user, key)
    except ReportVersion.DoesNotExist:
        raise Http404 from None
    page_access.record(f"report {key}")
    if not report.standing:
        return redirect("intake:report", key)
    amended = report.newest.note(versions.Kind.CORRECTED, versions.Kind.PUT_BACK)
    answer = answers.answer(report.report_id, report.reference)
    if answer.course:
        page_access.record(f"pattern {answer.course.course_id}")
    # Whoever typed it can ask for what its acts left before anybody deletes it.
    acts = answer.course.occasions.filter(report_id=report.report_id) if answer.course else ()
    context = {
        "answer": answer,
        "vanishing": short_lived_evidence.of(acts, timezone.localdate()),
        "key": key,
        "cases": hooks.told_of(key),
        "amended": amended,
        "no_longer": answers.no_longer(report.report_id, amended.at) if amended else [],
        "aside": aside.is_aside(key),
        "may_amend": may_amend(user, report),
        "judged": bool(amended) and selectors.corrected_acts(report.report_id),
    }
    return render(request, "patterns/joined.html", context)


@shows("records")
@permissions.require(permissions.may_decide_links)
def different(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """'This is a different person', after saving."""
    report_id = _report_id(key)
    known = selectors.of_report(report_id).filter(suspect_person__isnull=False)
    course = next((c for c in known if len(c.report_ids) > 1), None)
    if course is None:
        raise Http404
    return _part(request, course, report_id, back=("patterns:joined", key))


@shows("records")
@permissions.require(permissions.may_decide_links)
def different_in_pattern(request: HttpRequest, course_id: str, place: int) -> HttpResponse:
    """The same from a pattern's page, for the report behind one occasion."""
    course = standing(course_id)
    occasion = Occasion.objects.filter(course=course, place=place).first()
    if occasion is None or course.suspect_person is None:
        raise Http404
    return _part(request, course, occasion.report_id, back=("patterns:pattern", course_id))


def _part(
    request: HttpRequest, course: Course, report_id: str, *, back: tuple[str, uuid.UUID | str]
) -> HttpResponse:

    def context() -> dict[str, Any]:
        page_access.record(f"pattern {course.course_id}")
        return {"course": course, "about": answers.parting(course, report_id), "back": back}

    return actions.page(
        request,
        "patterns/different.html",
        forms.ReasonForm(request.POST or None),
        lambda v: services.different_person(who(request), report_id, str(course.suspect_person), v["reason"]),
        context,
        done="The report has been taken out of the pattern. You can undo it under the decisions below.",
        to=back,
    )
