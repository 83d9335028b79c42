"""Take the steps after a decision: refer, ask a force to correct its record, set a review date."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lamplighter.courses.summaries.sentences import offence
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.design import actions
from lamplighter.hub.patterns import configuration, forms, hooks, presenters, selectors
from lamplighter.hub.patterns.decisions import steps
from lamplighter.hub.patterns.models import Decision
from lamplighter.hub.patterns.one_pattern.selectors import read
from lamplighter.hub.patterns.views import standing


@shows("records", "shared")
@permissions.require(permissions.may_decide_patterns)
def next_steps(request: HttpRequest, course_id: str) -> HttpResponse:
    """Everything that the newest decision on a pattern can lead to, on one page."""
    course = standing(course_id)
    newest = next(iter(selectors.decisions(course_id)), None)
    reading = read(course)
    reports = steps.to_correct(reading) if newest and newest.kind == Decision.Kind.COURSE else []
    asked = {s.report_id for s in steps.of(course_id)}
    choices = [
        (str(r.key), f"{r.source_ref}, {reading.agency(r.agency)}: recorded as {offence(r.recorded_as)}")
        for r in reports
        if r.report_id not in asked
    ]
    form = forms.NextStepsForm(request.POST or None, reports=choices)

    def do(given: dict[str, Any]) -> Any:
        chosen = set(given.get("reports") or ())
        wanted = [r for r in reports if str(r.key) in chosen]
        return steps.take(who(request), course, wanted, given["review_on"])

    return actions.page(
        request,
        "patterns/next_steps.html",
        form,
        do,
        lambda: {
            "course": course,
            "sentence": presenters.sentence(reading),
            "decided": presenters.DECIDED.get(newest.kind, "") if newest else "",
            "is_course": newest is not None and newest.kind == Decision.Kind.COURSE,
            "cases": hooks.cases_of([course])[course_id],
            "to_ask": bool(choices),
            "within": configuration.correct_within(timezone.localdate()),
        },
        done=lambda made: "Next steps saved." if made else "",
        to=("patterns:pattern", course_id),
        field="review_on",
    )


@shows("records")
@permissions.require(permissions.may_see_patterns)
def step(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One record that a force has been asked to correct, and what came of it."""
    found = steps.one(key)
    may = steps.may_end(who(request), found)
    if request.method == "POST" and not may:
        raise PermissionDenied

    def context() -> dict[str, Any]:
        page_access.record(f"pattern {found.course_id}")
        return {
            "step": found,
            "reference": steps.references([found]).get(found.report_id, ""),
            "ended": getattr(found, "ended", None),
            "may": may,
        }

    return actions.page(
        request,
        "patterns/step.html",
        forms.OutcomeForm(request.POST or None),
        lambda given: steps.end(who(request), found, given["outcome"]),
        context,
        done="Outcome saved.",
        to=("patterns:pattern", found.course_id),
    )
