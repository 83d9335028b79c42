"""One report as it is held, and correcting, withdrawing and putting back those that were typed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.arrivals.saving import services as saving
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.design import actions
from lamplighter.hub.design.reasons import ReasonForm
from lamplighter.hub.intake.confidentiality import presenters as reader_presenters
from lamplighter.hub.intake.confidentiality import selectors as readers_of
from lamplighter.hub.intake.confidentiality import services as reader_services
from lamplighter.hub.intake.confidentiality.forms import ReadersForm
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.new_report.drafts import Correction
from lamplighter.hub.intake.new_report.journey import UNFINISHED, Journey
from lamplighter.hub.intake.new_report.pages import document
from lamplighter.hub.intake.reports import forms, presenters
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.intake.reports.permissions import may_amend
from lamplighter.hub.intake.reports.selectors import HeldReport
from lamplighter.hub.intake.set_aside import selectors as aside
from lamplighter.hub.patterns import hooks
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.saved_reports import selectors as earlier_reports
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side import told_with_reports
from lamplighter.hub.workforce import presenters as workforce

A_PAGE = 25
TITLE = "Correct a report"


def _found(request: HttpRequest, key: uuid.UUID) -> HeldReport:
    """The report, or "not found", said the same for one that never was."""
    try:
        found = versions.find(who(request), key)
    except ReportVersion.DoesNotExist:
        raise Http404 from None
    page_access.record(f"report {key}")
    return found


def _to_amend(request: HttpRequest, key: uuid.UUID) -> HeldReport:
    """The same for somebody who may amend it."""
    report = _found(request, key)
    if not may_amend(who(request), report):
        raise PermissionDenied
    return report


@shows("records")
@permissions.require(permissions.may_report)
def typed(request: HttpRequest) -> HttpResponse:
    """Reports that were typed for one's own agency, the last one first."""
    user = who(request)
    withdrawn = request.GET.get("show") == "withdrawn"
    with versions.reading_own():
        page = Paginator(versions.typed(user, withdrawn=withdrawn), A_PAGE).get_page(request.GET.get("page"))
        rows = presenters.typed_rows(page.object_list)
    context = {
        "rows": rows,
        "page": page,
        "withdrawn": withdrawn,
        "only_mine": not permissions.may_see_patterns(user),
        "agency": user.agency.name if user.agency else "",
    }
    return render(request, "intake/typed.html", context)


@shows("records", "shared")
@permissions.require(permissions.may_report)
def sent(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Confirm a sent report. Readers of others' reports see what it joins; they have been told."""
    context = {
        "report": _found(request, key),
        "cases": hooks.told_of(key),
        "aside": aside.is_aside(key),
    }
    return render(request, "intake/sent.html", context)


@shows("records")
@permissions.require(permissions.may_open_reports)
def report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A report as it is recorded, how it can be corrected, and everything that happened to it."""
    user = who(request)
    try:
        found = versions.find(user, key)
    except ReportVersion.DoesNotExist:
        return _elsewhere(request, key)
    told = told_with_reports.of_report(key) if found.own else ""
    seen = {"fields": ["safe_contact"]} if told else {}
    page_access.at("intake.report_seen", f"report {key}", version=found.newest.number, **seen)
    context = {
        "report": found,
        "agency": presenters.agency_name(found.agency),
        "parts": presenters.parts(found, safely=found.own and versions.safely(found.newest.pk), told=told),
        "history": presenters.history(found),
        "aside": aside.is_aside(key),
        "may_amend": may_amend(user, found),
        "how": presenters.how_corrected(found),
        "patterns": [],
        "choices": None,
        "works_for": workforce.lines(report_id=found.report_id),
    }
    if found.own and readers_of.asked_of(user.agency):
        with versions.reading_own():
            chosen = readers_of.history(found.report_id)
        context |= {
            "choices": reader_presenters.history(chosen),
            "readers": reader_presenters.rows(chosen[0] if chosen else readers_of.OWN),
            "may_choose": permissions.may_report(user),
        }
    if permissions.may_see_patterns(user):
        context["patterns"] = earlier_reports.patterns_of(found.report_id)
    return render(request, "intake/report.html", context)


def _elsewhere(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """That it is held, its date and whom to ask; "not found" where it is not, or is nothing to them."""
    held = readers_of.elsewhere([], key)
    if not held:
        raise Http404
    return render(request, "intake/elsewhere.html", {"words": held[0].words}, status=403)


@shows("records")
@permissions.require(permissions.may_report)
def readers(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Change who may read a report of one's own agency; what was chosen before stays on record."""
    found, user = _found(request, key), who(request)
    if not found.own or user.agency is None or not readers_of.asked_of(user.agency):
        raise PermissionDenied
    form = ReadersForm(request.POST or None, agency=user.agency, changing=True)
    if request.method == "POST" and form.is_valid():
        try:
            reader_services.change(user, found.report_id, key, found.agency, form.choice)
        except NotPossibleError as refused:
            form.add_error(refused.field, str(refused))
        else:
            patterns.readers_changed(found.report_id)
            messages.success(request, "Who may read the report has been changed.")
            return redirect("intake:report", key)
    context = {
        "form": form,
        "back": reverse("intake:report", args=[key]),
        "caption": f"Report {found.reference}",
        "changing": True,
    }
    return render(request, "intake/readers.html", context, status=422 if form.errors else 200)


@shows("records")
@permissions.require(permissions.may_report)
def correct(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everything that is recorded with what is changed, each part with a way to change it; then save."""
    found = _to_amend(request, key)
    draft = _draft(request, found)
    if request.method == "POST" and ("discard" in request.POST or not draft.begun):
        draft.discard()
        return redirect("intake:report", key)
    if not found.standing:
        messages.info(request, "This report has been withdrawn. Put it back to correct it.")
        return redirect("intake:report", key)
    since = _brought_up_to_date(draft)
    pages = draft.pages()
    if unfinished := draft.first_unfinished(pages):
        return redirect(f"{reverse('intake:correct_page', args=[key, unfinished])}?{UNFINISHED}")
    form = forms.what_was_wrong(actions.posted(request))
    refusals: list[dict[str, object]] = []
    if request.method == "POST" and since is None and form.is_valid():
        whole = document(list(pages.values()), draft.numbers)
        try:
            saving.correct_report(
                who(request), found, whole, seen=draft.version, reason=form.cleaned_data["reason"]
            )
        except documents.DocumentRefusedError as refused:
            refusals = refused.rejects
        except ConflictError:
            found = _found(request, key)
            draft = _draft(request, found)
            since = _brought_up_to_date(draft)
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            draft.discard()
            return redirect(_answer(request), key)
    return _correction_page(request, found, draft, form, since=since, refusals=refusals)


def _draft(request: HttpRequest, found: HeldReport) -> Correction:
    return Correction(
        request, who(request).own_agency, found.key, found.reference, found.answers, found.newest.pk
    )


def _brought_up_to_date(draft: Correction) -> int | None:
    """Begin the draft with what is recorded, or go on with it; its version so far, where another stands."""
    if not draft.begun:
        draft.start()
        return None
    was = draft.version
    if not draft.behind:
        return None
    draft.catch_up()
    return was


def _correction_page(
    request: HttpRequest,
    found: HeldReport,
    draft: Correction,
    form: ReasonForm,
    *,
    since: int | None,
    refusals: list[dict[str, object]],
) -> HttpResponse:
    journey = Journey(draft, TITLE, found.key)
    safely = versions.safely(found.newest.pk)
    context = {
        "report": found,
        "form": form,
        "refusals": refusals,
        "newer": presenters.meanwhile(found, since),
        **presenters.correction(
            draft, safely=safely, address={step: journey.page(step) for step in draft.steps}
        ),
    }
    refused = request.method == "POST" and (since or refusals or form.errors)
    return render(request, "intake/correct.html", context, status=422 if refused else 200)


def _answer(request: HttpRequest) -> str:
    """Where somebody is told what a report joins: those who may read reports, on the page that says it."""
    return "patterns:joined" if permissions.may_see_patterns(request.user) else "intake:report"


@shows("records")
@permissions.require(permissions.may_report)
def correct_page(request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
    """One page of a report that is being corrected, filled with what is recorded or was changed."""
    found = _to_amend(request, key)
    draft = _draft(request, found)
    if not draft.begun or not found.standing:
        return redirect("intake:correct", key)
    safely = versions.safely(found.newest.pk)
    return Journey(draft, TITLE, key, safely=safely).show(request, step)


@shows("records")
@permissions.require(permissions.may_report)
def withdraw(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say why, and the report stands nowhere any more; it stays on record."""
    found = _to_amend(request, key)
    if not found.standing:
        messages.info(request, "This report has been withdrawn already.")
        return redirect("intake:report", key)

    def do(given: dict[str, Any]) -> None:
        seen = given["version"] or 0
        try:
            saving.withdraw_report(who(request), found, seen=seen, reason=given["reason"])
        except ConflictError as changed:
            told = "Somebody corrected this report. Read it again before you withdraw it."
            raise ConflictError(told, newest=changed.newest) from changed
        _draft(request, found).discard()

    return actions.page(
        request,
        "intake/withdraw.html",
        forms.why_withdrawn(request.POST or None, initial={"version": found.newest.pk}),
        do,
        {"report": found},
        done="Report withdrawn.",
        to=("intake:report", key),
    )


@shows("records")
@permissions.require(permissions.may_report)
def put_back(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say why, and a withdrawn report stands again and is matched."""
    found = _to_amend(request, key)
    if found.standing:
        messages.info(request, "This report is not withdrawn.")
        return redirect("intake:report", key)

    def do(given: dict[str, Any]) -> None:
        saving.put_back_report(who(request), found, reason=given["reason"])

    return actions.page(
        request,
        "intake/put_back.html",
        forms.why_back(request.POST or None),
        do,
        {"report": found},
        to=(_answer(request), key),
    )
