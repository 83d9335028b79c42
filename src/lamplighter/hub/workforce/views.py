"""The pages on staff who are reported: marking, the team, the standards route, who read, ending it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access as sights
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.selectors import open_case
from lamplighter.hub.design import actions
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.workforce import forms, permissions, presenters, rules, selectors, services
from lamplighter.hub.workforce.models import Marker, Member

SEEN_NO_MORE = (
    "Saved. You work for the same agency, so you no longer find it here. Coordinators and stalking leads of "
    "other agencies have it on their list. Do not speak of it with colleagues."
)
NOBODY = (
    "Saved. Nobody outside that agency can deal with it in this hub: no other agency has a coordinator or a "
    "stalking lead. Tell your professional standards lead in person today."
)
Given = dict[str, Any]
Do = Callable[[Given], Any]


@shows("records")
@require(permissions.may_mark)
def report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record on a report that the suspect works for an agency."""
    try:
        found = versions.find(who(request), key)
    except ReportVersion.DoesNotExist:
        raise Http404 from None
    sights.record(f"report {key}")
    back = reverse("intake:report", args=[key])
    return _mark(request, f"Report {found.reference}", back, report_id=found.report_id)


@shows("records")
@require(permissions.may_see_patterns)
def pattern(request: HttpRequest, course_id: str) -> HttpResponse:
    """The same on a pattern."""
    try:
        found = patterns.one(course_id)
    except Course.DoesNotExist:
        raise Http404 from None
    sights.record(f"pattern {course_id}")
    back = reverse("patterns:pattern", args=[course_id])
    return _mark(request, f"Pattern {course_id}", back, course_id=found.course_id)


@shows("shared", "oversight")
@require(permissions.may_mark)
def case(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The same on a case; and what is recorded already."""
    found = open_case(key)
    back = reverse("cases:case", args=[key])
    return _mark(
        request,
        f"Case {found.reference}",
        back,
        lambda: frame(request, found, "workforce:case"),
        "workforce/case.html",
        case=found,
    )


def _mark(
    request: HttpRequest,
    caption: str,
    back: str,
    around: Callable[[], dict[str, Any]] = dict,
    template: str = "workforce/mark.html",
    **on: Any,
) -> HttpResponse:
    form = forms.MarkForm(actions.posted(request))
    return actions.page(
        request,
        template,
        form,
        lambda _: _after(request, services.mark(who(request), **on, **form.told())),
        lambda: around() | {"caption": caption, "back": back, "lines": presenters.lines(**on)},
    )


def _after(request: HttpRequest, made: Marker) -> HttpResponse:
    """Where whoever has marked goes next: to the marker, unless it is against themselves."""
    others = User.objects.working().filter(role__in=["coordinator", "stalking_lead"])
    if not others.exclude(agency=made.agency_id).exists():
        messages.warning(request, NOBODY)
    if not Marker.objects.filter(pk=made.pk).exists():
        messages.success(request, SEEN_NO_MORE)
        return redirect("home")
    messages.success(request, "Saved. Nobody of that agency finds it from now on.")
    return redirect("workforce:marker", made.key)


@shows("oversight")
@require(permissions.may_see_staff_reported)
def every(request: HttpRequest) -> HttpResponse:
    """Every marker that one may read, those that wait for a team first."""
    found = selectors.every()
    standing = {m.pk for m in selectors.standing(found)}
    rows = [presenters.row(m, m.pk in standing) for m in found]
    sights.at("workforce.list_seen", "markers", rows=len(rows))
    return render(request, "workforce/list.html", {"rows": rows})


@shows("oversight", "records", "shared")
@require(permissions.may_see_marker)
def marker(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One marker: who deals with it, what is to be done, what it covers."""
    user, found = who(request), selectors.one(key)
    context = presenters.page(found, user) | {
        "new": selectors.unread(found, user),
        "may_name": _may_name(user, found),
        "may_check": permissions.may_lead(user) and user.agency_id != found.agency_id,
    }
    services.seen(user, found)
    sights.at("workforce.seen", f"marker {found.key}")
    return render(request, "workforce/marker.html", context)


def _may_name(user: User, found: Marker) -> bool:
    lead = selectors.lead(found)
    if lead is not None:
        return lead.user_id == user.pk
    return permissions.may_lead(user) and user.agency_id != found.agency_id


def _led(request: HttpRequest, key: uuid.UUID) -> Marker:
    """A marker of whose team one is the lead."""
    found = selectors.one(key)
    if not selectors.leads(found, who(request)):
        raise PermissionDenied
    return found


@shows("oversight")
@require(permissions.may_lead)
def lead(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Name who leads the team outside the agency."""
    user, found = who(request), selectors.one(key)
    if not _may_name(user, found):
        raise PermissionDenied
    form = forms.PersonForm(
        actions.posted(request), lead=True, outside=found.agency_id, initial={"user": str(user.key)}
    )

    def do(told: Given) -> None:
        services.name_lead(user, found, form.person(), told["reason"])

    return _act(request, "lead", form, found, do, "Lead named.")


@shows("oversight")
@require(permissions.may_lead)
def admit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let somebody into the team by name."""
    user, found = who(request), _led(request, key)
    form = forms.PersonForm(actions.posted(request))

    def do(told: Given) -> None:
        services.admit(user, found, form.person(), told["reason"])

    return _act(request, "admit", form, found, do, "Added to the team.")


@shows("oversight")
@require(permissions.may_lead)
def take_out(request: HttpRequest, key: uuid.UUID, member: uuid.UUID) -> HttpResponse:
    """End somebody's place in the team."""
    user, found = who(request), _led(request, key)
    one: Member | None = next((m for m in selectors.members(found) if m.key == member), None)
    if one is None:
        raise Http404

    def do(told: Given) -> None:
        services.take_out(user, found, one, told["reason"])

    form, name = forms.ReasonForm(actions.posted(request)), one.user.display_name
    return _act(request, "take_out", form, found, do, "Taken out of the team.", name=name)


@shows("oversight")
@require(permissions.may_lead)
def step(request: HttpRequest, key: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """Record what came of a step of the professional-standards route."""
    user, found = who(request), _led(request, key)
    one = selectors.step(found, step)
    rule = rules.step(one.code, one.at)
    form, about = forms.StepForm(actions.posted(request)), rule.extra["about"] if rule else ""

    def do(told: Given) -> None:
        services.record_step(user, one, **told)

    return _act(request, "step", form, found, do, "Saved.", step=one, about=about)


@shows("oversight", "audit")
@require(permissions.may_see_marker)
def looks(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """List who of the agency read what is marked, before it was: for the team, and nobody of that agency."""
    user, found = who(request), selectors.one(key)
    if not selectors.in_team(found, user) or user.agency_id == found.agency_id:
        raise PermissionDenied
    rows = selectors.looks(found)
    sights.at("workforce.looks_seen", f"marker {found.key}", rows=len(rows))
    context = {
        "marker": found,
        "employer": presenters.employer(found),
        "rows": presenters.looks(rows),
        "most": selectors.MOST_LOOKS if len(rows) == selectors.MOST_LOOKS else 0,
    }
    return render(request, "workforce/looks.html", context)


@shows("oversight")
@require(permissions.may_lead)
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say that a marker was wrong; a second person checks it."""
    user, found = who(request), _led(request, key)

    def do(told: Given) -> None:
        services.propose_end(user, found, told["reason"])

    said = "Saved. It ends when a second person of another agency agrees."
    return _act(request, "end", forms.ReasonForm(actions.posted(request)), found, do, said)


@shows("oversight")
@require(permissions.may_lead)
def check_end(request: HttpRequest, key: uuid.UUID, proposal: uuid.UUID) -> HttpResponse:
    """Agree or not, as a second person of another agency than the first and than the marked one."""
    user, found = who(request), selectors.one(key)
    one = selectors.proposal(found, proposal)
    if user.agency_id in {found.agency_id, one.by.agency_id if one.by else None}:
        raise PermissionDenied

    def do(told: Given) -> str:
        agrees = told["agrees"] == "yes"
        services.check_end(user, one, agrees=agrees, reason=told["reason"])
        return "Ended. Nothing is deleted." if agrees else "Saved. It stays as it is."

    return _act(request, "check_end", forms.CheckForm(actions.posted(request)), found, do, str, proposal=one)


def _act(
    request: HttpRequest, page: str, form: Any, marker: Marker, do: Do, done: Any, **rest: Any
) -> HttpResponse:
    """Show a form about a marker, and go to the marker once it is done."""

    def context() -> dict[str, Any]:
        return {"marker": marker, "employer": presenters.employer(marker)} | rest

    to = ("workforce:marker", marker.key)
    return actions.page(request, f"workforce/{page}.html", form, do, context, done=done, to=to)
