"""Pages of triggers: what makes an assessment due, something that happened, and setting one aside."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.design import actions
from lamplighter.hub.risk import presenters, selectors
from lamplighter.hub.risk.triggers import forms
from lamplighter.hub.risk.triggers import services as writer
from lamplighter.hub.risk.views import SIDES


@shows(*SIDES)
@require(permissions.may_see_cases)
def triggers(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everything that made an assessment due, and the outcome."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    user = who(request)
    risk = selectors.current(case, as_at)
    context = frame(request, case, "risk:triggers", as_at) | {
        "triggers": [presenters.trigger(r, risk, as_at) for r in selectors.triggers(case, as_at)],
        "may": permissions.may_work_on_cases(user) and as_at is None and cases.writes_on(user, case),
    }
    return render(request, "risk/triggers.html", context)


@shows(*SIDES, "vault")
@require(permissions.may_work_on_cases)
def record(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    on_case = [p.agency for p in cases.participations(case)]
    form = forms.RecordForm(request.POST or None, user=user, on_case=on_case)
    return actions.page(
        request,
        "risk/form.html",
        form,
        lambda v: writer.record(user, case, v["kind"], v["happened_on"], v["words"], side=v["side"]),
        lambda: (
            frame(request, case, "risk:record")
            | {
                "heading": "Record something that changes the risk",
                "intro": [
                    "Those who may know of it have a task to assess the risk again, at once. Nobody else "
                    "learns that there is something.",
                    "To have everybody assess again without saying why, choose “Another assessment was asked "
                    "for”. It does not say who asked.",
                ],
                "button": "Save",
                "back": "risk:triggers",
            }
        ),
        done="Saved. Those who may know of it have a task.",
        to=("risk:triggers", case.key),
    )


@shows(*SIDES)
@require(permissions.may_work_on_cases)
def set_aside(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    found = selectors.trigger(case, row)
    told = presenters.trigger(found, selectors.current(case), None)
    form = forms.AsideForm(request.POST or None)
    return actions.page(
        request,
        "risk/form.html",
        form,
        lambda values: writer.set_aside(user, case, found, values["reason"]),
        lambda: (
            frame(request, case, "risk:set_aside")
            | {
                # What happened is in no title: it stands in tabs and in the history of the browser.
                "heading": "Set aside what made an assessment due",
                "intro": [
                    f"{told['title']}, {told['on']}.",
                    "Its tasks end, and the reason is shown with it. Set aside only what you know to change "
                    "nothing: not known is a reason to assess.",
                ],
                "button": "Set aside",
                "back": "risk:triggers",
            }
        ),
        done="Set aside, with your reason.",
        to=("risk:triggers", case.key),
    )
