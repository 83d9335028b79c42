"""What comes after a decision: refer, ask a force to correct its record, set a review date."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lamplighter.courses.sentences import offence
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit import looks
from lamplighter.hub.patterns import configuration, following, forms, presenters, selectors, steps
from lamplighter.hub.patterns.models import Decision
from lamplighter.hub.patterns.reading import read
from lamplighter.hub.patterns.views import standing
from lamplighter.hub.site.refusals import NotPossibleError


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
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data.get("reports") or ())
        wanted = [r for r in reports if str(r.key) in chosen]
        try:
            made = steps.take(who(request), course, wanted, form.cleaned_data["review_on"])
        except NotPossibleError as refused:
            form.add_error("review_on", str(refused))
        else:
            if made:
                messages.success(request, "Next steps saved.")
            return redirect("patterns:pattern", course_id)
    context = {
        "course": course,
        "form": form,
        "sentence": presenters.sentence(reading),
        "decided": presenters.DECIDED.get(newest.kind, "") if newest else "",
        "is_course": bool(newest) and newest.kind == Decision.Kind.COURSE,
        "cases": following.cases_of([course])[course_id],
        "to_ask": bool(choices),
        "within": configuration.correct_within(timezone.localdate()),
    }
    return render(request, "patterns/next_steps.html", context, status=422 if form.errors else 200)


@shows("records")
@permissions.require(permissions.may_see_patterns)
def step(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One record that a force has been asked to correct, and what came of it."""
    found = steps.one(key)
    may = steps.may_end(who(request), found)
    form = forms.OutcomeForm(request.POST or None)
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if form.is_valid():
            try:
                steps.end(who(request), found, form.cleaned_data["outcome"])
            except NotPossibleError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "Outcome saved.")
                return redirect("patterns:pattern", found.course_id)
    reference = steps.references([found]).get(found.report_id, "")
    looks.record(f"pattern {found.course_id}")
    context = {
        "step": found,
        "form": form,
        "reference": reference,
        "ended": getattr(found, "ended", None),
        "may": may,
    }
    return render(request, "patterns/step.html", context, status=422 if form.errors else 200)
