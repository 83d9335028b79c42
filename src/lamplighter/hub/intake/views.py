"""Pages of a new report. Views are thin: ``drafts`` keeps, ``forms`` checks, ``services`` stores."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import documents, presenters
from lamplighter.hub.intake.drafts import Draft
from lamplighter.hub.intake.journeys import Journey
from lamplighter.hub.intake.report_form import document

TITLE = "New report"


@shows("records")
@permissions.require(permissions.may_report)
def new_report(request: HttpRequest) -> HttpResponse:
    """A fresh start, whatever was typed before."""
    draft = Draft(request, request.user.agency)
    first = draft.steps[0]
    draft.discard()
    return redirect("intake:page", step=first)


@shows("records")
@permissions.require(permissions.may_report)
def page(request: HttpRequest, step: str) -> HttpResponse:
    return Journey(Draft(request, request.user.agency), TITLE).show(request, step)


@shows("records")
@permissions.require(permissions.may_report)
def check(request: HttpRequest) -> HttpResponse:
    """Everything on one page, then save."""
    draft = Draft(request, request.user.agency)
    pages = draft.pages()
    unfinished = draft.first_unfinished(pages)
    if unfinished:
        return redirect("intake:page", step=unfinished)
    if request.method != "POST":
        return render(request, "intake/check.html", _check_context(pages))
    whole = document(list(pages.values())) | {"source_ref": draft.reference}
    try:
        received = documents.receive_document(whole, request.user.agency, request.user)
    except documents.DocumentRefusedError as refused:
        context = _check_context(pages) | {"refusals": refused.rejects}
        return render(request, "intake/check.html", context, status=422)
    draft.discard()
    audit.record(
        request.user,
        "intake.report_saved",
        f"report {received.key}",
        operation=Operation.COLLECTION,
        outcome=received.outcome,
    )
    from lamplighter.hub.patterns import services as patterns

    patterns.report_saved(received.report_id, request.user, received.key)
    if not permissions.may_see_patterns(request.user):
        return redirect("intake:sent", received.key)
    return redirect("patterns:joined", received.key)


def _check_context(pages: dict[str, object]) -> dict[str, object]:
    return {"sections": presenters.check_sections(pages), "refusals": []}
