"""One occasion: the words with what was read in them, agreed with or corrected by a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.courses.summaries import labels
from lamplighter.courses.summaries.sentences import offence
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.reports import presenters as report_presenters
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.intake.reports.permissions import may_amend
from lamplighter.hub.patterns import forms, presenters, services
from lamplighter.hub.patterns.learning import presenters as lesson_words
from lamplighter.hub.patterns.models import Correction, Occasion
from lamplighter.hub.patterns.one_pattern.coded_words import words_read
from lamplighter.hub.patterns.views import standing
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import when


@shows("records")
@permissions.require(permissions.may_see_patterns)
def occasion(request: HttpRequest, course_id: str, place: int) -> HttpResponse:
    course = standing(course_id)
    found = Occasion.objects.filter(course=course, place=place).first()
    if found is None:
        raise Http404
    read = words_read(found.report_id, found.occasion_seq)
    choices = presenters.behaviour_choices({a["behaviour"] for a in read.acts})
    missed = forms.MissedActForm(behaviours=choices)
    problem = ""
    if request.method == "POST":
        if not permissions.may_decide_patterns(request.user):
            return render(request, "403.html", status=403)
        problem, missed = _correct(request, found, missed, choices)
        if not problem and not missed.errors:
            messages.success(request, "Saved, and the pattern is worked out again.")
            return _back(course_id, found)
    report = versions.find(who(request), intake.report_key(found.report_id))
    context = {
        "course": course,
        "occasion": found,
        "report": report,
        "may_amend": may_amend(who(request), report),
        "how": report_presenters.how_corrected(report),
        "when": when(found.at, found.until, found.precision),
        "recorded_as": offence(found.recorded_as),
        "agency": agency_names().get(found.agency, found.agency),
        "limbs": labels.limbs(found.limbs),
        "read": read,
        "lessons": lesson_words.offered(course_id, found, may=permissions.may_decide_patterns(request.user)),
        "form": missed,
        "problem": problem,
    }
    return render(request, "patterns/occasion.html", context, status=422 if problem or missed.errors else 200)


def _correct(
    request: HttpRequest, found: Occasion, missed: forms.MissedActForm, choices: list[tuple[str, str]]
) -> tuple[str, forms.MissedActForm]:
    """Carry out what was posted; a problem in words, and the form that was filled in."""
    if request.POST.get("kind") == Correction.Kind.ADD:
        missed = forms.MissedActForm(request.POST, behaviours=choices)
        if not missed.is_valid():
            return "", missed
        kind, data = Correction.Kind.ADD, missed.cleaned_data
    else:
        form = forms.CorrectForm(request.POST)
        if not form.is_valid():
            return "Say whether the act is right or wrong.", missed
        kind, data = form.cleaned_data["kind"], form.cleaned_data
    try:
        services.correct(
            who(request), found.report_id, found.occasion_seq, kind, data["behaviour"], data["reason"]
        )
    except NotPossibleError as refused:
        return str(refused), missed
    return "", missed


def _back(course_id: str, found: Occasion) -> HttpResponse:
    """To the same occasion in the version that stands now; to the pattern if it is no longer there."""
    now = Occasion.objects.filter(
        course__course_id=course_id,
        course__superseded_at=None,
        report_id=found.report_id,
        occasion_seq=found.occasion_seq,
    ).first()
    if now is None:
        return redirect("patterns:pattern", course_id)
    return redirect("patterns:occasion", course_id, now.place)
