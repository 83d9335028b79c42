"""Requests for one's own data, and what one's agency decides about each item."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import looks
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.design.environment import plural
from lamplighter.hub.rights import forms, letter, permissions, presenters, selectors, services
from lamplighter.hub.rights.rules import NOT_DECIDED
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

SIDES = ("shared", "police", "health", "advocacy", "warning")


@shows("oversight")
@require(permissions.may_handle)
def requests(request: HttpRequest) -> HttpResponse:
    found = selectors.requests()
    looks.at("rights.requests_seen", "requests")
    context = {
        "rows": [presenters.request(r) for r in found],
        "may_review": permissions.may_review(request.user),
    }
    return render(request, "rights/requests.html", context)


@shows("oversight")
@require(permissions.may_handle)
def take_in(request: HttpRequest) -> HttpResponse:
    form = forms.RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.take_in(who(request), **form.cleaned_data)
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Request saved. Its time limit has started.")
            return redirect("rights:request", made.key)
    return render(request, "rights/take_in.html", {"form": form}, status=422 if form.errors else 200)


@shows("oversight")
@require(permissions.may_handle)
def request_page(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """One request; by POST, the answer as a ZIP. The page says the same whether or not anything is held."""
    found = selectors.request(row)
    refusal = ""
    if request.method == "POST":
        try:
            pack = services.answer(who(request), found)
        except NotPossibleError as refused:
            refusal = str(refused)
        else:
            response = HttpResponse(pack, content_type="application/zip")
            response["Content-Disposition"] = 'attachment; filename="answer.zip"'
            return response
    looks.at("rights.request_seen", f"request {found.key}")
    early = services.not_yet(found)
    context = {"told": presenters.request(found), "row": found, "refusal": refusal, "early": early}
    return render(request, "rights/request.html", context, status=422 if refusal else 200)


@shows("oversight")
@require(permissions.may_handle)
def request_time(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """The answer is put off, or its clock stops while the person is asked what they mean."""
    found = selectors.request(row)
    form = forms.TimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_time(who(request), found, **form.cleaned_data)
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Saved. Tell the person now: the letter is on this page.")
            return redirect("rights:request", found.key)
    looks.at("rights.request_seen", f"request {found.key}")
    context = {"form": form, "row": found, "told": presenters.request(found)}
    return render(request, "rights/time.html", context, status=422 if form.errors else 200)


@shows("oversight")
@require(permissions.may_handle)
def time_letter(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """The letter that tells the person that the answer takes longer, or asks what they mean."""
    found = selectors.request(row)
    if not (found.extended_on or found.paused_on):
        raise Http404
    audit.record(request.user, "rights.letter_made", f"request {found.key}", operation=Operation.DISCLOSURE)
    text = letter.more_time(
        found.name,
        found.owner.name,
        timezone.localdate(),
        asked=found.paused_why if found.paused_on and not found.resumed_on else "",
        why=found.extended_why,
        due=found.due_on,
    )
    response = HttpResponse(text)
    response["Content-Disposition"] = 'attachment; filename="letter.html"'
    return response


@shows(*SIDES)
@require(permissions.may_handle)
def items(request: HttpRequest) -> HttpResponse:
    """The records to decide; by POST, those that are selected are withheld for one reason."""
    by, late = _day(request.GET.get("by", "")), "late" in request.GET
    if late:
        found = list(selectors.late(who(request)))
    else:
        found = selectors.to_decide(who(request), by) if by else selectors.items()
    newest = selectors.newest(found)
    # What the service withheld because nobody decided is not decided.
    newest = {pk: row for pk, row in newest.items() if row.exemption != NOT_DECIDED}
    open_ = {str(i.key): i for i in found if i.pk not in newest}
    form = forms.WithholdForm(request.POST or None, records=list(open_))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen = [open_[key] for key in given["records"]]
        try:
            count = services.withhold(
                who(request), chosen, exemption=given["exemption"], reason=given["reason"]
            )
        except ConflictError as changed:
            form.add_error(None, str(changed))
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{plural(count, 'record')} withheld.")
            return redirect("rights:items")
    looks.at("rights.items_seen", "items", rows=len(found))
    looks.among("items", cases={i.case_id for i in found if i.case_id})
    told = presenters.headings(found)
    context = {
        "form": form,
        "by": by,
        "late": late,
        "chosen": set(request.POST.getlist("records")),
        "rows": [presenters.item(i, newest.get(i.pk), told[i.pk]) for i in found],
    }
    return render(request, "rights/items.html", context, status=422 if form.errors else 200)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@shows(*SIDES)
@require(permissions.may_handle)
def decide(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    found = selectors.item(row)
    looks.at("rights.item_seen", f"item {found.key}", case=found.case_id)
    last = selectors.newest([found]).get(found.pk)
    form = forms.DecideForm(
        request.POST or None,
        side=found.side,
        health=found.owner.kind == Agency.Kind.HEALTH,
        initial={"version": last.key if last else ""},
    )
    both: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            services.decide(who(request), found, **form.written())
        except ConflictError as changed:
            last = changed.newest
            form.add_error(None, str(changed))
            form.knows(last.key)
            both = presenters.both_decisions(last, form.cleaned_data)
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Decision saved.")
            return redirect("rights:items")
    context = {
        "form": form,
        "told": presenters.item(found, last),
        "original": presenters.original(found),
        "last": None if both else last,
        **both,
    }
    return render(request, "rights/decide.html", context, status=422 if form.errors else 200)
