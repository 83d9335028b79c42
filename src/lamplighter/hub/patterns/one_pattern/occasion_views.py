"""The words of one incident with what was read in them, agreed with or corrected by a person."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.courses.summaries.sentences import offence
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.reports import presenters as report_presenters
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.intake.reports.permissions import may_amend
from lamplighter.hub.patterns import forms, presenters, selectors, services
from lamplighter.hub.patterns.learning import presenters as lesson_words
from lamplighter.hub.patterns.models import Correction, Occasion
from lamplighter.hub.patterns.one_pattern.coded_words import words_read
from lamplighter.hub.patterns.views import standing
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import when

SAVED = "Saved, and the pattern is worked out again."


@shows("records")
@permissions.require(permissions.may_see_patterns)
def occasion(request: HttpRequest, course_id: str, place: int) -> HttpResponse:
    course = standing(course_id)
    found = Occasion.objects.filter(course=course, place=place).first()
    if found is None:
        raise Http404
    there = {
        "heading": f"How incident {found.number} was read",
        "back": f"{reverse('patterns:pattern', args=[course_id])}#occasion-{found.number}",
        "back_text": "Back to the pattern",
        "when": when(found.at, found.until, found.precision),
        "recorded_as": offence(found.recorded_as),
        "agency": agency_names().get(found.agency, found.agency),
    }

    def teach(behaviour: str) -> str:
        return reverse("patterns:teach", args=[course_id, place, behaviour])

    made = _page(request, found.report_id, found.occasion_seq, there, teach)
    return made or _back(course_id, found)


@shows("records")
@permissions.require(permissions.may_see_patterns)
def words(request: HttpRequest, key: uuid.UUID, occasion_seq: int | None = None) -> HttpResponse:
    """Show how the words of a report were read: on the page of its incident where it is in a pattern."""
    try:
        report = versions.find(who(request), key)
    except ReportVersion.DoesNotExist:
        # Its page says whom to ask where others hold it, and is not found where it is nothing to them.
        return redirect("intake:report", key)
    page_access.record(f"report {key}")
    if not report.standing:
        return redirect("intake:report", key)
    places = list(selectors.places_of(report.report_id))
    if occasion_seq is not None:
        places = [p for p in places if p.occasion_seq == occasion_seq]
    if len(places) == 1:
        return redirect("patterns:occasion", places[0].course.course_id, places[0].place)
    if places:
        there = reverse("patterns:pattern", args=[places[0].course.course_id])
        return redirect(f"{there}#occasion-{places[0].number}")
    rows = intake.rows([report.report_id])
    numbers = sorted({o["occasion_seq"] for o in rows["occasions"]})
    number = occasion_seq if occasion_seq is not None else numbers[0] if numbers else 1
    if not rows["reports"] or (numbers and number not in numbers):
        raise Http404
    there_is: dict[str, Any] = {
        "heading": "How the words of this report were read",
        "back": reverse("intake:report", args=[key]),
        "back_text": "Back to the report",
        "recorded_as": offence(rows["reports"][0]["recorded_as"]),
        "agency": agency_names().get(report.agency, report.agency),
        "others": [(n, reverse("patterns:words_of", args=[key, n])) for n in numbers if n != number],
        "alone": True,
    }

    def teach(behaviour: str) -> str:
        return reverse("patterns:teach_report", args=[key, number, behaviour])

    made = _page(request, report.report_id, number, there_is, teach)
    return made or redirect("patterns:words_of", key, number)


def _page(
    request: HttpRequest,
    report_id: str,
    occasion_seq: int,
    there: dict[str, Any],
    teach: lesson_words.Address,
) -> HttpResponse | None:
    """Show the words of an incident; carry out what was posted, and return nothing once it is done."""
    read = words_read(report_id, occasion_seq)
    choices = presenters.behaviour_choices({a["behaviour"] for a in read.acts})
    missed = forms.MissedActForm(behaviours=choices)
    problem = ""
    may = permissions.may_decide_patterns(request.user)
    if request.method == "POST":
        if not may:
            return render(request, "403.html", status=403)
        problem, missed = _correct(request, report_id, occasion_seq, missed, choices)
        if not problem and not missed.errors:
            messages.success(request, "Saved." if there.get("alone") else SAVED)
            return None
    report = versions.find(who(request), intake.report_key(report_id))
    context = {
        **there,
        "report": report,
        "may_amend": may_amend(who(request), report),
        "how": report_presenters.how_corrected(report),
        "read": read,
        "taught": lesson_words.named(read.lessons),
        "lessons": lesson_words.offered(report_id, occasion_seq, teach, may=may),
        "may_correct": may,
        "form": missed,
        "problem": problem,
    }
    return render(request, "patterns/occasion.html", context, status=422 if problem or missed.errors else 200)


def _correct(
    request: HttpRequest,
    report_id: str,
    occasion_seq: int,
    missed: forms.MissedActForm,
    choices: list[tuple[str, str]],
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
        services.correct(who(request), report_id, occasion_seq, kind, data["behaviour"], data["reason"])
    except NotPossibleError as refused:
        return str(refused), missed
    return "", missed


def _back(course_id: str, found: Occasion) -> HttpResponse:
    """To the same incident in the version that stands now; to the pattern if it is no longer there."""
    now = Occasion.objects.filter(
        course__course_id=course_id,
        course__superseded_at=None,
        report_id=found.report_id,
        occasion_seq=found.occasion_seq,
    ).first()
    if now is None:
        return redirect("patterns:pattern", course_id)
    return redirect("patterns:occasion", course_id, now.place)
