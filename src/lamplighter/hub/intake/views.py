"""Pages of a new report. Views are thin: ``drafts`` keeps, ``forms`` checks, ``services`` stores."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import documents, presenters
from lamplighter.hub.intake.drafts import Draft
from lamplighter.hub.intake.report_form import (
    MOST_OCCASIONS,
    document,
    occasion_number,
    occasion_step,
)


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
    draft = Draft(request, request.user.agency)
    if step not in draft.steps:
        raise Http404
    occasion = occasion_number(step)
    if request.method == "POST" and "remove" in request.POST and occasion and draft.occasions > 1:
        draft.remove_occasion(occasion)
        return _to_page(occasion_step(max(1, occasion - 1)), request)
    form = draft.page(step, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        draft.keep(step, request.POST)
        if "add" in request.POST and occasion and draft.occasions < MOST_OCCASIONS:
            return _to_page(draft.add_occasion(), request)
        return _next(step, draft, request)
    number = draft.steps.index(step)
    context = {
        "form": form,
        "back": reverse("intake:page", args=[draft.steps[number - 1]]) if number else None,
        "number": number + 1,
        "steps": len(draft.steps) + 1,
        "changing": "change" in request.GET,
        "occasion": occasion,
        "others": presenters.other_occasions(draft, step) if occasion else [],
        "may_add": bool(occasion) and draft.occasions < MOST_OCCASIONS,
    }
    return render(request, "intake/page.html", context)


def _to_page(step: str, request: HttpRequest) -> HttpResponse:
    """Another page of the report; whoever came from the check goes back to it afterwards."""
    change = "?change" if "change" in request.GET else ""
    return HttpResponseRedirect(reverse("intake:page", args=[step]) + change)


def _next(step: str, draft: Draft, request: HttpRequest) -> HttpResponse:
    number = draft.steps.index(step) + 1
    if "change" in request.GET or number == len(draft.steps):
        return redirect("intake:check")
    return redirect("intake:page", step=draft.steps[number])


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
        return redirect("intake:sent")
    return redirect("patterns:joined", received.key)


@shows()
@permissions.require(permissions.may_report)
def sent(request: HttpRequest) -> HttpResponse:
    """What it joins is for those who may read the reports of others; they have been told."""
    return render(request, "intake/sent.html")


def _check_context(pages: dict[str, object]) -> dict[str, object]:
    return {"sections": presenters.check_sections(pages), "refusals": []}
