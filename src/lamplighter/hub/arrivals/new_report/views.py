"""Pages of a new report. Views are thin: ``drafts`` keeps, ``forms`` checks, ``services`` stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.own_account.drafts import LEAVING, initial_of
from lamplighter.hub.arrivals.saving import services as saving
from lamplighter.hub.design import actions
from lamplighter.hub.intake import presenters
from lamplighter.hub.intake.confidentiality import presenters as reader_presenters
from lamplighter.hub.intake.confidentiality import selectors as reading
from lamplighter.hub.intake.confidentiality.forms import ReadersForm
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.new_report.drafts import Draft
from lamplighter.hub.intake.new_report.journey import UNFINISHED, Journey
from lamplighter.hub.intake.new_report.pages import document
from lamplighter.hub.workforce.forms import MarkForm

TITLE = "New report"


@shows("records")
@permissions.require(permissions.may_report)
def new_report(request: HttpRequest) -> HttpResponse:
    """A fresh start; where something was typed and not saved, whoever typed it goes on or starts again."""
    draft = Draft(request, who(request).own_agency)
    if draft.is_there and request.method != "POST":
        context = {"since": draft.since, "ahead": draft.first_unfinished(draft.pages())}
        return render(request, "intake/unfinished.html", context)
    draft.discard()
    return redirect("intake:page", step=draft.steps[0])


@shows("records")
@permissions.require(permissions.may_report)
def page(request: HttpRequest, step: str) -> HttpResponse:
    return Journey(Draft(request, who(request).own_agency), TITLE).show(request, step)


@shows("records")
@permissions.require(permissions.may_report)
def readers(request: HttpRequest) -> HttpResponse:
    """Ask who may read it, of those who are told things in confidence."""
    agency = who(request).own_agency
    draft = Draft(request, agency)
    if not reading.asked_of(agency):
        return redirect("intake:check")
    form = ReadersForm(actions.posted(request), agency=agency)
    if request.method == "POST":
        draft.keep_readers(request.POST)
        if LEAVING in request.POST:
            return HttpResponse(status=204)
        if "back" in request.POST:
            return redirect("intake:page", step=draft.steps[-1])
        if form.is_valid():
            return redirect("intake:check")
    elif (held := draft.readers) is not None:
        form.initial = {**form.initial, **initial_of(form, held)}
    context = {"form": form, "back": reverse("intake:page", args=[draft.steps[-1]]), "caption": TITLE}
    refused = request.method == "POST" and form.errors
    return render(request, "intake/readers.html", context, status=422 if refused else 200)


@shows("records")
@permissions.require(permissions.may_report)
def check(request: HttpRequest) -> HttpResponse:
    """Everything on one page, then save."""
    draft = Draft(request, who(request).own_agency)
    pages = draft.pages()
    unfinished = draft.first_unfinished(pages)
    if unfinished:
        return redirect(f"{reverse('intake:page', args=[unfinished])}?{UNFINISHED}")
    choice = None
    if reading.asked_of(who(request).own_agency):
        # Asked before it is saved, and again where what was answered holds no more.
        asked = ReadersForm(draft.readers, agency=who(request).own_agency)
        if not asked.is_valid():
            return redirect("intake:readers")
        choice = asked.choice
    works_for = _works_for(request)
    if request.method != "POST":
        return render(request, "intake/check.html", _check_context(pages, choice, works_for))
    if works_for.is_bound and not works_for.is_valid():
        return render(request, "intake/check.html", _check_context(pages, choice, works_for), status=422)
    whole = document(list(pages.values())) | {"source_ref": draft.reference, "readers": choice}
    try:
        received = saving.save_report(
            who(request), whole, works_for=works_for.told() if works_for.is_bound else None
        )
    except documents.DocumentRefusedError as refused:
        context = _check_context(pages, choice, works_for) | {"refusals": refused.rejects}
        return render(request, "intake/check.html", context, status=422)
    draft.discard()
    if not permissions.may_see_patterns(request.user):
        return redirect("intake:sent", received.key)
    return redirect("patterns:joined", received.key)


def _works_for(request: HttpRequest) -> Any:
    """The question for whom the suspect works: asked of nobody, and checked where it is answered."""
    answered = request.method == "POST" and any(
        request.POST.get(f"works-{name}", "").strip() for name in MarkForm.base_fields
    )
    return MarkForm(request.POST if answered else None, prefix="works")


def _check_context(
    pages: Mapping[str, object], choice: reading.Choice | None, works_for: Any
) -> dict[str, object]:
    sections = presenters.check_sections(pages)
    if choice is not None:
        rows = reader_presenters.rows(choice)
        sections.append({"heading": "Who may read it", "rows": rows, "href": reverse("intake:readers")})
    return {"sections": sections, "refusals": [], "asked": choice is not None, "works_for": works_for}
