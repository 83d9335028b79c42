"""Pages of a new report. Views are thin: ``drafts`` keeps, ``forms`` checks, ``services`` stores."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit import services as audit
from lamplighter.hub.intake import presenters, services
from lamplighter.hub.intake.drafts import Draft
from lamplighter.hub.intake.report_form import PAGES, document

STEPS = list(PAGES)


@shows("records")
@permissions.require(permissions.may_report)
def new_report(request: HttpRequest) -> HttpResponse:
    """A fresh start, whatever was typed before."""
    draft = Draft(request, request.user.agency)
    draft.discard()
    return redirect("intake:page", step=STEPS[0])


@shows("records")
@permissions.require(permissions.may_report)
def page(request: HttpRequest, step: str) -> HttpResponse:
    if step not in PAGES:
        raise Http404
    draft = Draft(request, request.user.agency)
    form = draft.page(step, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        draft.keep(step, request.POST)
        return HttpResponseRedirect(_next(step, request))
    number = STEPS.index(step)
    back = reverse("intake:page", args=[STEPS[number - 1]]) if number else None
    context = {
        "form": form,
        "back": back,
        "number": number + 1,
        "steps": len(STEPS) + 1,
        "changing": "change" in request.GET,
    }
    return render(request, "intake/page.html", context)


def _next(step: str, request: HttpRequest) -> str:
    number = STEPS.index(step) + 1
    if "change" in request.GET or number == len(STEPS):
        return reverse("intake:check")
    return reverse("intake:page", args=[STEPS[number]])


@shows("records")
@permissions.require(permissions.may_report)
def check(request: HttpRequest) -> HttpResponse:
    """Everything on one page, then save."""
    draft = Draft(request, request.user.agency)
    unfinished = draft.first_unfinished()
    if unfinished:
        return redirect("intake:page", step=unfinished)
    pages = draft.pages()
    if request.method != "POST":
        return render(request, "intake/check.html", _check_context(pages))
    for form in pages.values():
        form.is_valid()
    whole = document(list(pages.values())) | {"source_ref": draft.reference}
    try:
        received = services.receive_document(whole, request.user.agency, request.user)
    except services.DocumentRefusedError as refused:
        context = _check_context(pages) | {"refusals": refused.rejects}
        return render(request, "intake/check.html", context, status=422)
    draft.discard()
    audit.record(request.user, "report saved", f"report {received.key}", outcome=received.outcome)
    from lamplighter.hub.patterns import services as patterns

    patterns.report_saved(received.report_id, request.user)
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
