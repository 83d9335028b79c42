"""The page on which somebody records what they did about possible domestic or honour-based abuse."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from lamplighter.courses.summaries import labels
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.design import actions
from lamplighter.hub.patterns import forms, presenters
from lamplighter.hub.patterns.decisions import domestic_abuse
from lamplighter.hub.patterns.one_pattern.selectors import read
from lamplighter.hub.patterns.views import standing
from lamplighter.hub.site.refusals import ConflictError


@shows("records")
@permissions.require(permissions.may_decide_patterns)
def look(request: HttpRequest, course_id: str) -> HttpResponse:
    course = standing(course_id)
    if course.reading not in domestic_abuse.READINGS:
        raise Http404
    form = forms.AbuseForm(request.POST or None, initial={"version": course.pk})

    def do(given: dict[str, Any]) -> None:
        if given["version"] != course.pk:
            raise ConflictError(domestic_abuse.CHANGED)
        domestic_abuse.look(who(request), course, given["outcome"])

    def context() -> dict[str, Any]:
        [waiting] = domestic_abuse.waiting([course])
        return {
            "course": course,
            "sentence": presenters.sentence(read(course)),
            "reads_as": labels.reading_title(course.reading),
            "due": waiting.due,
            "looks": domestic_abuse.looks(course_id),
        }

    return actions.page(
        request,
        "patterns/abuse.html",
        form,
        do,
        context,
        done="Saved: you looked at this pattern.",
        to=("patterns:pattern", course_id),
    )
