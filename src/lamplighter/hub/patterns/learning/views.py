"""Pages of what the hub has learned, of one lesson, and the page on which somebody proposes one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.design import actions
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns import forms, selectors
from lamplighter.hub.patterns.learning import phrases, presenters, services
from lamplighter.hub.patterns.models import Correction, Lesson, LessonDecision, Occasion
from lamplighter.hub.patterns.views import standing
from lamplighter.vocabulary.codes import code_set

Kind = LessonDecision.Kind
DONE = {
    Kind.ACCEPTED: "Accepted. The patterns are worked out again now; each that changes says why.",
    Kind.REFUSED: "Saved. The hub does not learn this.",
    Kind.TAKEN_BACK: "Undone. The patterns are worked out again now, as they were read before.",
}


@shows("records")
@permissions.require(permissions.may_see_patterns)
def lessons(request: HttpRequest) -> HttpResponse:
    rows = [presenters.row(lesson) for lesson in phrases.lessons()]
    groups = [
        ("Waiting for a decision", [r for r in rows if r["state"] == "Waits for a decision"]),
        ("Learned", [r for r in rows if r["state"] in ("Learned", presenters.UNREADABLE)]),
        ("Undone or refused", [r for r in rows if r["state"] in ("Undone", "Refused or withdrawn")]),
    ]
    return render(request, "patterns/lessons.html", {"groups": groups, "any": bool(rows)})


@shows("records")
@permissions.require(permissions.may_see_patterns)
def lessons_export(request: HttpRequest) -> HttpResponse:
    text = services.exported(who(request), request.get_host(), list(phrases.lessons()))
    name = f"learned-{timezone.localdate().isoformat()}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/toml; charset=utf-8", headers=headers)


@shows("records")
@permissions.require(permissions.may_see_patterns)
def lesson(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(phrases.lessons(), key=key)
    kinds = _kinds(request, found)
    if request.method == "POST" and not kinds:
        return render(request, "403.html", status=403)
    form = forms.LessonForm(request.POST or None, kinds=kinds)

    def do(given: dict[str, Any]) -> LessonDecision:
        return services.decide(who(request), found, given["kind"], given["reason"])

    def context() -> dict[str, Any]:
        effect = presenters.effect(found)
        return {
            **presenters.row(found),
            "lesson": found,
            "kinds": kinds,
            "effect": effect,
            "own": found.by_id == who(request).pk,
            "source": _source(found),
        }

    return actions.page(
        request,
        "patterns/lesson.html",
        form,
        do,
        context,
        done=lambda made: DONE[Kind(made.kind)],
        to=("patterns:lesson", key),
    )


def _kinds(request: HttpRequest, found: Lesson) -> list[tuple[str, str]]:
    """What this person may decide on a lesson as it stands."""
    said = {d.kind for d in found.decisions.all()}
    accepts = permissions.may_accept_lessons(request.user)
    if not said:
        own = found.by_id == who(request).pk
        refuse = (Kind.REFUSED.value, "Withdraw it" if own else "Refuse it")
        if own:
            return [refuse]
        return [(Kind.ACCEPTED.value, "Accept it from today on"), refuse] if accepts else []
    if said == {Kind.ACCEPTED} and accepts:
        return [(Kind.TAKEN_BACK.value, "Undo it from today on")]
    return []


def _source(found: Lesson) -> dict[str, str] | None:
    """The incident that a lesson comes from, where the reader may read it, and who corrected it and why."""
    if not found.report_id:
        return None
    said = presenters.corrected(found.correction) if found.correction else ""
    place = selectors.places_of(found.report_id).filter(occasion_seq=found.occasion_seq).first()
    if place is not None:
        course = place.course.course_id
        href = reverse("patterns:occasion", args=[course, place.place])
        return {"href": href, "text": f"incident {place.number} of pattern {course}", "said": said}
    try:
        key = intake.report_key(found.report_id)
    except ReportVersion.DoesNotExist:
        return None
    href = reverse("patterns:words_of", args=[key, found.occasion_seq])
    return {"href": href, "text": "a report that is in no pattern", "said": said}


@shows("records")
@permissions.require(permissions.may_decide_patterns)
def teach(request: HttpRequest, course_id: str, place: int, behaviour: str) -> HttpResponse:
    found = Occasion.objects.filter(course=standing(course_id), place=place).first()
    if found is None:
        raise Http404
    back = reverse("patterns:occasion", args=[course_id, place])
    return _teach(request, found.report_id, found.occasion_seq, behaviour, back, f"incident {found.number}")


@shows("records")
@permissions.require(permissions.may_decide_patterns)
def teach_report(request: HttpRequest, key: uuid.UUID, occasion_seq: int, behaviour: str) -> HttpResponse:
    """The same of a report that is in no pattern."""
    try:
        report = versions.find(who(request), key)
    except ReportVersion.DoesNotExist:
        raise Http404 from None
    page_access.record(f"report {key}")
    back = reverse("patterns:words_of", args=[key, occasion_seq])
    return _teach(request, report.report_id, occasion_seq, behaviour, back, "this report")


def _teach(
    request: HttpRequest, report_id: str, occasion_seq: int, behaviour: str, back: str, name: str
) -> HttpResponse:
    if behaviour not in code_set("behaviours").codes:
        raise Http404
    correction = services.correction_of(report_id, occasion_seq, behaviour)
    if correction is None:
        raise Http404
    source = services.source(report_id, occasion_seq)
    form = forms.TeachForm(request.POST or None, initial={"words": _first_words(correction, source.text)})
    shown: dict[str, Any] = {}

    def do(given: dict[str, Any]) -> Lesson | HttpResponse:
        phrase = services.seen(source, given["words"])
        if given["phrase"] != phrase:
            # What it is made into is shown before it is proposed.
            again = {"words": given["words"], "phrase": phrase}
            shown["phrase"] = presenters.words(phrase)
            return render(
                request, "patterns/teach.html", {**context(), "form": forms.TeachForm(initial=again)}
            )
        return services.propose(who(request), report_id, occasion_seq, behaviour, given["words"])

    def context() -> dict[str, Any]:
        return {
            "back": back,
            "name": name,
            "text": source.text,
            "act": presenters.act(behaviour),
            "holds_back": correction.kind == Correction.Kind.REMOVE,
            **shown,
        }

    return actions.page(
        request,
        "patterns/teach.html",
        form,
        do,
        context,
        done="Proposed. What it would change is being worked out; then somebody else decides.",
        to=lambda made: ("patterns:lesson", made.key),
    )


def _first_words(correction: Correction, text: str) -> str:
    """What the person quoted when they corrected, where it stands in the report."""
    said = correction.reason.strip().strip("“”\"'")
    return said if said and said.lower() in text.lower() else ""
