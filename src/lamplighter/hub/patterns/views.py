"""The list of patterns, a pattern, and what can be done with it. Views only ask and show."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from lamplighter.courses.summaries import labels
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.design import actions
from lamplighter.hub.patterns import forms, hooks, policies, presenters, selectors, services
from lamplighter.hub.patterns.decisions import domestic_abuse, short_lived_evidence
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.one_pattern import (
    evidence,
    schedule_papers,
    suspect_unclear,
    timeline,
    what_changed,
)
from lamplighter.hub.patterns.one_pattern.selectors import read
from lamplighter.hub.patterns.pattern_list import presenters as list_presenters
from lamplighter.hub.site.refusals import ConflictError
from lamplighter.reporting.schedule import schedule_pdf

A_PAGE = 25
MOST_FOUND = 50


def standing(course_id: str) -> Course:
    """The pattern as it stands, or "not found", said the same for one that never was."""
    try:
        found = selectors.one(course_id)
    except Course.DoesNotExist:
        raise Http404 from None
    page_access.record(f"pattern {course_id}")
    return found


@shows("records", "shared")
@permissions.require(permissions.may_see_patterns)
def pattern_list(request: HttpRequest) -> HttpResponse:
    filters = selectors.filters_from(request.GET, request.GET.getlist("tag"), selectors.agencies())
    pages = Paginator(selectors.listed(filters, who(request)), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    groups, chosen = list_presenters.filter_groups(filters)
    context = {
        "title": "Patterns to decide" if filters.view == "decide" else selectors.VIEWS[filters.view],
        "view": filters.view,
        "views": list_presenters.views(filters),
        "rows": list_presenters.rows(list(page.object_list)),
        "total": pages.count,
        "page": page,
        "newer": list_presenters.page_href(request.GET, page.number - 1),
        "older": list_presenters.page_href(request.GET, page.number + 1),
        "groups": groups,
        "chosen": chosen,
        "everything": list_presenters.view_href(filters.view),
        "rules": list_presenters.order_rules(),
        "search": forms.SearchForm(),
    }
    return render(request, "patterns/list.html", context)


@shows("records", "shared")
@permissions.require(permissions.may_see_patterns)
def search(request: HttpRequest) -> HttpResponse:
    """Patterns by a name or a reference. Only by POST: what was typed is in no address, log or history."""
    if request.method != "POST":
        return redirect("patterns:list")
    form = forms.SearchForm(request.POST)
    rows: list[dict[str, object]] = []
    total = 0
    if form.is_valid():
        found = selectors.found_by(form.cleaned_data["words"])
        total = found.count()
        rows = list_presenters.rows(list(found[:MOST_FOUND]))
        words = form.cleaned_data["words"]
        page_access.at(
            "patterns.searched", "patterns", found=total, **page_access.own_name(request.user, words)
        )
    context = {"form": form, "rows": rows, "total": total, "shown": len(rows)}
    return render(request, "patterns/found.html", context, status=422 if form.errors else 200)


@shows("records", "shared", look="patterns.seen")
@permissions.require(permissions.may_see_patterns)
def pattern(request: HttpRequest, course_id: str) -> HttpResponse:
    try:
        course = selectors.one(course_id)
    except Course.DoesNotExist:
        return _fell_apart(request, course_id)
    page_access.at("patterns.seen", f"pattern {course_id}", version=course.pk)
    reading = read(course)
    changes = selectors.changes_since_looked([course_id])[course_id]
    amended = selectors.amended_since_looked([course])[course_id]
    amendments = presenters.amendments(who(request), course)
    services.looked(who(request), course)
    context = {
        "course": course,
        "reading": reading,
        "sentence": presenters.sentence(reading),
        "changed": presenters.changed(changes or [], amended, course.rules_met) if changes or amended else "",
        "tags": [presenters.tag(t) for t in selectors.tags_of(course)],
        "reads_as": labels.reading_title(course.reading),
        "abuse_looks": domestic_abuse.looks(course_id) if course.reading in domestic_abuse.READINGS else None,
        "holder": selectors.holder(course_id),
        "contents": evidence.contents(reading, amended=bool(amendments)),
        "amendments": amendments,
        "timeline": timeline.items(reading),
        "first": evidence.first(reading),
        "vanishing": short_lived_evidence.of(reading.occasions, timezone.localdate()),
        "four": evidence.four(reading),
        "findings": evidence.others(reading),
        "limbs": evidence.limbs(reading),
        "chart": presenters.chart(reading),
        "links": presenters.why_same(reading),
        "inferred": presenters.inferred(reading),
        "decisions": presenters.decisions(course_id),
        "story": presenters.story(course_id),
        "people": presenters.people_cards(reading),
        "acts": presenters.acts_between(course),
        **presenters.next_steps(course_id, next(iter(selectors.decisions(course_id)), None)),
        "gone": presenters.gone(reading, selectors.history(course_id)),
        "what_changed": what_changed.since_the_version_before(reading),
        "unclear": suspect_unclear.unclear(reading),
        "cases": hooks.cases_of([course])[course_id],
        "works_for": hooks.works_for(course_id),
        "mirrored": selectors.mirrored(course) if any(o.reversed for o in reading.occasions) else None,
    }
    return render(request, "patterns/pattern.html", context)


def _fell_apart(request: HttpRequest, course_id: str) -> HttpResponse:
    """A pattern that was and is no more: say so, and what took it apart."""
    try:
        last = selectors.last_version(course_id)
    except Course.DoesNotExist:
        raise Http404 from None
    page_access.record(f"pattern {course_id}")
    context = {
        "course": last,
        "others": [presenters.short(c) for c in selectors.sharing_reports(last)],
        "acts": presenters.acts_between(last),
        "amendments": presenters.amendments(who(request), last),
        "story": presenters.story(course_id),
    }
    return render(request, "patterns/fell_apart.html", context, status=410)


@shows("records")
@permissions.require(permissions.may_see_patterns)
def chart(request: HttpRequest, course_id: str) -> HttpResponse:
    drawn = presenters.chart(read(standing(course_id)))
    if drawn is None:
        raise Http404
    return HttpResponse(drawn.svg, content_type="image/svg+xml; charset=utf-8")


@shows("records")
@permissions.require(permissions.may_see_patterns)
def schedule(request: HttpRequest, course_id: str) -> HttpResponse:
    """The paper, under a name that says which pattern and when, and nobody's name."""
    course = standing(course_id)
    as_at = timezone.localtime().replace(tzinfo=None)
    handling = getattr(settings, "HANDLING_CAVEAT", "OFFICIAL-SENSITIVE")
    pdf = schedule_pdf(schedule_papers.schedule(read(course), as_at=as_at, handling=handling))
    audit.record(
        request.user,
        "patterns.schedule",
        f"pattern {course_id}",
        operation=Operation.DISCLOSURE,
        version=course.pk,
    )
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{course_id}-{as_at:%Y-%m-%d}.pdf"'
    return response


@shows("records")
@permissions.require(permissions.may_decide_patterns)
def decide(request: HttpRequest, course_id: str) -> HttpResponse:
    course = standing(course_id)
    hints = dict(presenters.WHAT_HAPPENS)
    form = forms.DecideForm(request.POST or None, hints=hints, initial={"version": course.pk})

    def do(given: dict[str, Any]) -> bool:
        if given["version"] != course.pk:
            raise ConflictError(policies.CHANGED)
        services.decide(who(request), course, given["kind"], given["reason"])
        return given["kind"] in presenters.LEADS_TO

    return actions.page(
        request,
        "patterns/decide.html",
        form,
        do,
        lambda: {"course": course, "sentence": presenters.sentence(read(course))},
        done="Decision saved.",
        to=lambda leads: ("patterns:next" if leads else "patterns:pattern", course_id),
    )


@shows("records")
@require_POST
@permissions.require(permissions.may_decide_patterns)
def hold(request: HttpRequest, course_id: str) -> HttpResponse:
    standing(course_id)
    taking = request.POST.get("take") == "yes"
    services.hold(who(request), course_id, who(request) if taking else None)
    messages.success(request, "You hold this pattern now." if taking else "Nobody holds this pattern now.")
    return redirect("patterns:pattern", course_id)
