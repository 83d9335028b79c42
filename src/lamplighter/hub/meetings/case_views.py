"""The pages of a case that are of its meetings: its item, its minutes, what is asked and sent before."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from lamplighter.hub.access import moment
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.casework.selectors import on_case
from lamplighter.hub.design import actions
from lamplighter.hub.meetings import forms, permissions, presenters, selectors, services
from lamplighter.hub.meetings.agenda import forms as agenda_forms
from lamplighter.hub.meetings.agenda import items as agenda
from lamplighter.hub.meetings.minutes import forms as line_forms
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.meetings.models import Line
from lamplighter.hub.meetings.views import ANY_SIDE


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def case(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what was said of the case in each meeting, and the next meeting."""
    user, found = who(request), cases.open_case(key)
    coming = selectors.next_meeting(moment.now())
    context = frame(request, found, "meetings:case") | {
        "meetings": presenters.of_case(selectors.of_case(found), user, moment.now()),
        "coming": presenters.meeting(coming, moment.now()) if coming else None,
        "may_ask": permissions.may_work_on_cases(user) and cases.writes_on(user, found),
    }
    return render(request, "meetings/case.html", context)


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def ask(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask the next meeting for a full discussion, or to decide on closing."""
    user, found = who(request), cases.open_case(key)
    return actions.page(
        request,
        "meetings/ask.html",
        forms.AskForm(actions.posted(request)),
        lambda given: services.ask_for(user, found, given["what"], given["reason"]),
        lambda: frame(request, found, "meetings:ask"),
        done="It is on the agenda of the next meeting.",
        to=("meetings:case", found.key),
    )


@shows(*ANY_SIDE, "oversight", "vault")
@require(permissions.may_see_cases)
def item(request: HttpRequest, key: uuid.UUID, meeting: uuid.UUID) -> HttpResponse:
    """Show one case in one meeting, and add a line to its minutes. Many people write here at once."""
    user, found, at, now = who(request), cases.open_case(key), selectors.meeting(meeting), moment.now()
    agencies = on_case(found)

    def could() -> Any:
        return people.on_the_case(found, "shared", user.agency_id or "")

    form = line_forms.LineForm(actions.posted(request), user=user, on_case=agencies, people=could)
    writes = permissions.may_work_on_cases(user) and permissions.works_among(user, agencies)
    if request.method == "POST" and not writes:
        raise Http404

    def do(given: dict[str, Any]) -> Line:
        return minutes.write(
            user,
            found,
            at,
            given["kind"],
            given["side"],
            given["words"],
            key=form.key(),
            doer=given["doer"],
            due_on=given["due"],
            evidence=given["evidence"],
        )

    def context() -> dict[str, Any]:
        form.offer_people()
        built = agenda.build(user, at, now)
        written = selectors.lines(at, found)
        tasks = selectors.tasks_of(written)
        came = {row.person_id: row.person for row in selectors.attendance(at) if row.person}
        return frame(request, found, "meetings:item") | {
            "meeting": presenters.meeting(at, now),
            "about": presenters.of_item(built, found),
            "beside": presenters.beside(built, found, at),
            "returns": [presenters.sent(row) for row in selectors.returns(at, found)],
            "lines": [presenters.line(row, user, at, tasks, now) for row in written],
            # Nobody but those who may know who is blocked gets a row of it.
            "kept_off": [
                person.display_name
                for person in selectors.kept_off(found, [*came.values(), *selectors.invited(at)])
            ],
            "writes": writes and not at.cancelled_at,
            "agreed": at.agreed_at,
            "may_return": writes and not (at.agreed_at or at.cancelled_at),
        }

    return actions.page(
        request,
        "meetings/item.html",
        form,
        do,
        context,
        done=lambda made: f"{made.get_kind_display()} saved.",
        to=lambda made: (f"{reverse('meetings:item', args=[found.key, at.key])}#line-{made.first}",),
    )


@shows(*ANY_SIDE)
@require(permissions.may_plan)
def place(request: HttpRequest, key: uuid.UUID, meeting: uuid.UUID) -> HttpResponse:
    """Put a case on the agenda, put its item off, or take it up after all."""
    user, found, at = who(request), cases.open_case(key), selectors.meeting(meeting)
    form = agenda_forms.PlaceForm(
        actions.posted(request), initial={"section": request.GET.get("section", "discussion")}
    )

    def do(given: dict[str, Any]) -> Any:
        act = {"add": services.add_item, "defer": services.defer}[given["act"]]
        return act(user, at, found, given["section"], given["reason"])

    return actions.page(
        request,
        "meetings/place.html",
        form,
        do,
        lambda: frame(request, found, "meetings:place") | {"meeting": presenters.meeting(at, moment.now())},
        done=lambda made: "Put off to the next meeting." if made.deferred else "It is on the agenda.",
        to=("meetings:meeting", at.key),
    )


@shows(*ANY_SIDE)
@require(permissions.may_plan)
@require_POST
def order(request: HttpRequest, key: uuid.UUID, meeting: uuid.UUID) -> HttpResponse:
    """Move a case one place up or down in its section: two buttons, which a keyboard presses too."""
    user, found, at = who(request), cases.open_case(key), selectors.meeting(meeting)
    code = request.POST.get("section", "")
    built = agenda.build(user, at, moment.now())
    section = next((s for s in built.sections if s.code == code), None)
    if section is None:
        raise Http404
    order = [one.case for one in section.items if not one.off]
    if found not in order:
        raise Http404
    here = order.index(found)
    there = here + (-1 if request.POST.get("way") == "up" else 1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        services.reorder(user, at, code, order)
    return redirect(f"{reverse('meetings:meeting', args=[at.key])}#{code}-{found.key}")


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def send_return(request: HttpRequest, key: uuid.UUID, meeting: uuid.UUID) -> HttpResponse:
    """Send one's agency's return about a case before the meeting."""
    user, found, at = who(request), cases.open_case(key), selectors.meeting(meeting)
    if not cases.writes_on(user, found):
        raise Http404
    before = selectors.own_return(at, found, user)
    initial = {"new": before.new, "did": before.did, "ask": before.ask} if before else {}
    form = forms.ReturnForm(actions.posted(request), user=user, on_case=on_case(found), initial=initial)
    return actions.page(
        request,
        "meetings/return.html",
        form,
        lambda given: services.send_return(
            user, found, at, given["side"], new=given["new"], did=given["did"], ask=given["ask"]
        ),
        lambda: (
            frame(request, found, "meetings:return")
            | {"meeting": presenters.meeting(at, moment.now()), "before": before}
        ),
        done="Return sent.",
        to=("meetings:item", found.key, at.key),
    )
