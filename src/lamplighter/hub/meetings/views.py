"""The pages of a meeting: planning, its agenda, who came, returns that are asked for, its end."""

from __future__ import annotations

import uuid
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lamplighter.hub.access import concurrent_edits, moment
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.meetings import forms, permissions, presenters, selectors, services
from lamplighter.hub.meetings.agenda import forms as agenda_forms
from lamplighter.hub.meetings.agenda import items as agenda
from lamplighter.hub.meetings.documents import invitations, papers
from lamplighter.hub.meetings.general import presenters as business
from lamplighter.hub.meetings.general import selectors as general
from lamplighter.hub.meetings.models import Line, Meeting
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import count

ASKED = "Every return was asked for already."
ANY_SIDE = ("shared", "police", "health", "advocacy", "warning", "meetings")


@shows("meetings")
@require(permissions.may_see_cases)
def every(request: HttpRequest) -> HttpResponse:
    """List the meetings to come, and those that were."""
    now = moment.now()
    context = {
        "to_come": [presenters.meeting(m, now) for m in selectors.to_come(now)],
        "past": [presenters.meeting(m, now) for m in selectors.past(now)],
        "may_plan": permissions.may_plan(request.user),
    }
    return render(request, "meetings/list.html", context)


@shows("meetings")
@require(permissions.may_plan)
def plan(request: HttpRequest) -> HttpResponse:
    user = who(request)
    asked = Agency.objects.order_by("name").values_list("pk", flat=True)
    form = forms.PlanForm(actions.posted(request), initial={"chair": user.key, "agencies": list(asked)})
    return actions.page(
        request,
        "meetings/plan.html",
        form,
        lambda _: services.plan(user, **form.planned()),
        {"changing": None},
        done=lambda made: "Meeting planned." if len(made) == 1 else f"{len(made)} meetings planned.",
        to=lambda made: ("meetings:meeting", made[0].key),
    )


@shows("meetings")
@require(permissions.may_plan)
def change(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    found = selectors.meeting(meeting)
    form = forms.ChangeForm(actions.posted(request), initial=forms.ChangeForm.of(found))

    def do(given: dict[str, Any]) -> Meeting:
        return services.change(who(request), found, seen=given["version"], **form.planned())

    def both(newest: Meeting, given: dict[str, Any]) -> dict[str, Any]:
        rows = [
            ("When", presenters.when(newest), f"{given['day']:%d %m %Y}, {given['time']:%H:%M}"),
            ("Where", newest.place, given["place"]),
        ]
        return concurrent_edits.beside(rows, by=None, at=newest.changed_at)

    return actions.page(
        request,
        "meetings/plan.html",
        form,
        do,
        {"changing": presenters.meeting(found, moment.now())},
        done="Meeting changed. Calendar files that were downloaded before need the new one.",
        to=("meetings:meeting", found.key),
        both=both,
        mark=lambda newest: newest.sequence,
    )


@shows("meetings")
@require(permissions.may_plan)
def cancel(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    found = selectors.meeting(meeting)
    return actions.page(
        request,
        "meetings/cancel.html",
        forms.CancelForm(actions.posted(request)),
        lambda given: services.cancel(who(request), found, given["why"]),
        {"meeting": presenters.meeting(found, moment.now())},
        done="Meeting cancelled. Its calendar file now takes it out of calendars.",
        to=("meetings:meeting", found.key),
    )


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def meeting(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Show the agenda as this person may read it, each item with the rule that put it there."""
    user, found, now = who(request), selectors.meeting(meeting), moment.now()
    built = agenda.build(user, found, now)
    page_access.among(f"meeting {found.key}", cases=built.cases)
    open_still = not (found.agreed_at or found.cancelled_at)
    context = {
        "meeting": presenters.meeting(found, now),
        "facts": presenters.facts(found),
        "sections": presenters.agenda(built, found, may_order=permissions.may_plan(user) and open_still),
        "came": presenters.attendance(selectors.attendance(found)),
        "may_plan": permissions.may_plan(user) and open_still,
        "may_attend": permissions.may_work_on_cases(user) and open_still,
        "may_agree": permissions.may_agree(user, found) and open_still and found.starts_at <= now,
        "invited": selectors.is_invited(user, found),
        "general": business.items(found, general.of(found)),
        "carried": business.carried(found, now) if open_still else [],
        "cases": count(len(built.cases), "case"),
        "over": not open_still,
    }
    return render(request, "meetings/meeting.html", context)


@shows("meetings")
@require(permissions.may_work_on_cases)
def attendance(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Record who came. What was not changed on this page is not written."""
    found = selectors.meeting(meeting)
    people, rows = selectors.invited(found), selectors.attendance(found)
    form = forms.AttendanceForm(
        actions.posted(request),
        people=people,
        standing={row.person_id: row.state for row in rows if row.person_id},
        agencies=Agency.objects.order_by("name"),
    )
    return actions.page(
        request,
        "meetings/attendance.html",
        form,
        lambda _: services.attend(who(request), found, form.came()),
        {
            "meeting": presenters.meeting(found, moment.now()),
            "people": [person.key for person in people],
            "guests": presenters.attendance([row for row in rows if not row.person_id]),
        },
        done=lambda made: "Attendance saved." if made else "Nothing was changed.",
        to=("meetings:meeting", found.key),
    )


@shows(*ANY_SIDE)
@require(permissions.may_plan)
def ask_returns(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Ask each agency for its return on each case that is heard."""
    user, found = who(request), selectors.meeting(meeting)
    heard = agenda.build(user, found, moment.now()).heard()
    page_access.among(f"meeting {found.key}", cases=heard)
    return actions.page(
        request,
        "meetings/ask_returns.html",
        Form(actions.posted(request)),
        lambda _: services.ask_returns(user, found, heard),
        {
            "meeting": presenters.meeting(found, moment.now()),
            "facts": presenters.facts(found),
            "cases": [case.reference for case in heard],
        },
        done=lambda made: f"{count(made, 'return')} asked for." if made else ASKED,
        to=("meetings:meeting", found.key),
    )


@shows("shared", "meetings")
@require(permissions.may_plan)
def add_case(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Go to the form that puts a case on the agenda which no rule put there."""
    found = selectors.meeting(meeting)

    def do(given: dict[str, Any]) -> Case:
        case = Case.objects.filter(reference__iexact=given["reference"].strip()).first()
        if case is None:
            raise NotPossibleError("There is no such case that you can open.", "reference")
        return case

    return actions.page(
        request,
        "meetings/add_case.html",
        agenda_forms.AddCaseForm(actions.posted(request)),
        do,
        {"meeting": presenters.meeting(found, moment.now())},
        to=lambda case: ("meetings:place", case.key, found.key),
    )


@shows(*ANY_SIDE)
@require(permissions.may_work_on_cases)
def agree(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Agree the minutes: whoever chairs sees first which heard cases have no word of the victim's side."""
    user, found = who(request), selectors.meeting(meeting)
    if not permissions.may_agree(user, found):
        raise Http404
    built = agenda.build(user, found, moment.now())
    lines = selectors.lines(found)
    told = {row.case_id for row in lines if row.kind in {Line.Kind.VICTIM, Line.Kind.NOBODY}}
    decided = {row.case_id for row in lines}
    page_access.among(f"meeting {found.key}", cases=built.cases)
    context = {
        "meeting": presenters.meeting(found, moment.now()),
        "lines": count(len(lines), "line"),
        "silent": [c.reference for c in built.heard() if c.pk not in told],
        "nothing": [c.reference for c in built.heard() if c.pk not in decided],
    }
    return actions.page(
        request,
        "meetings/agree.html",
        Form(actions.posted(request)),
        lambda _: services.agree(user, found),
        context,
        done="Minutes agreed. What is added now says that it came afterwards.",
        to=("meetings:meeting", found.key),
    )


@shows("meetings")
@require(permissions.may_see_cases)
def calendar(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Give whoever is asked to come the calendar file, which says nothing about anybody."""
    found = selectors.meeting(meeting)
    if not selectors.is_invited(who(request), found):
        raise Http404
    response = HttpResponse(invitations.calendar_file(found), content_type=invitations.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{invitations.file_name(found)}"'
    return response


@shows(*ANY_SIDE, look="meetings.minutes_printed")
@require(permissions.may_see_cases)
def minutes_full(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Print the minutes with every line that this person may read."""
    return _printed(request, selectors.meeting(meeting), papers.full, "full")


@shows("shared", "meetings", look="meetings.safe_minutes_printed")
@require(permissions.may_see_cases)
def minutes_safe(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Print the minutes that are safe on every side: shared lines only."""
    return _printed(request, selectors.meeting(meeting), papers.safe, "for-every-side")


def _printed(request: HttpRequest, found: Meeting, paper: Any, name: str) -> HttpResponse:
    pdf, cases = paper(who(request), found, moment.now())
    page_access.among(f"meeting {found.key}", cases=cases)
    response = HttpResponse(pdf, content_type="application/pdf")
    on = timezone.localdate(found.starts_at)
    response["Content-Disposition"] = f'inline; filename="minutes-{on}-{name}.pdf"'
    return response
