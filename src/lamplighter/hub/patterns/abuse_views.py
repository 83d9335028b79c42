"""The page on which somebody records what they did about possible domestic or honour-based abuse."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.courses import wording
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.patterns import abuse, forms, presenters
from lamplighter.hub.patterns.reading import read
from lamplighter.hub.patterns.views import standing
from lamplighter.hub.site.refusals import NotPossibleError


@shows("records")
@permissions.require(permissions.may_decide_patterns)
def look(request: HttpRequest, course_id: str) -> HttpResponse:
    course = standing(course_id)
    if course.reading not in abuse.READINGS:
        raise Http404
    form = forms.AbuseForm(request.POST or None, initial={"version": course.pk})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != course.pk:
            form.add_error(None, "The pattern changed while you were reading. Read what changed.")
        else:
            try:
                abuse.look(who(request), course, form.cleaned_data["outcome"])
            except NotPossibleError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "Saved: you looked at this pattern.")
                return redirect("patterns:pattern", course_id)
    [waiting] = abuse.waiting([course])
    context = {
        "course": course,
        "form": form,
        "sentence": presenters.sentence(read(course)),
        "reads_as": wording.reading_title(course.reading),
        "due": waiting.due,
        "looks": abuse.looks(course_id),
    }
    return render(request, "patterns/abuse.html", context, status=422 if form.errors else 200)
