"""Requests for one's own data, and what one's agency decides about each item."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.design import actions
from lamplighter.hub.design.environment import plural
from lamplighter.hub.rights import forms, permissions, presenters, selectors, services
from lamplighter.hub.rights.rules import NOT_DECIDED
from lamplighter.hub.rights.subject_access import letter
from lamplighter.hub.site.refusals import NotPossibleError

SIDES = ("shared", "police", "health", "advocacy", "warning")


@shows("oversight")
@require(permissions.may_handle)
def requests(request: HttpRequest) -> HttpResponse:
    found = selectors.requests()
    page_access.at("rights.requests_seen", "requests")
    context = {
        "rows": [presenters.request(r) for r in found],
        "may_review": permissions.may_review(request.user),
    }
    return render(request, "rights/requests.html", context)


@shows("oversight")
@require(permissions.may_handle)
def take_in(request: HttpRequest) -> HttpResponse:
    return actions.page(
        request,
        "rights/take_in.html",
        forms.RequestForm(request.POST or None),
        lambda given: services.take_in(who(request), **given),
        done="Request saved. Its time limit has started.",
        to=lambda made: ("rights:request", made.key),
    )


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
    page_access.at("rights.request_seen", f"request {found.key}")
    early = services.not_yet(found)
    context = {"told": presenters.request(found), "row": found, "refusal": refusal, "early": early}
    return render(request, "rights/request.html", context, status=422 if refusal else 200)


@shows("oversight")
@require(permissions.may_handle)
def request_time(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """The answer is put off, or its clock stops while the person is asked what they mean."""
    found = selectors.request(row)

    def context() -> dict[str, Any]:
        page_access.at("rights.request_seen", f"request {found.key}")
        return {"row": found, "told": presenters.request(found)}

    return actions.page(
        request,
        "rights/time.html",
        forms.TimeForm(request.POST or None),
        lambda given: services.give_time(who(request), found, **given),
        context,
        done="Saved. Tell the person now: the letter is on this page.",
        to=("rights:request", found.key),
    )


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

    def context() -> dict[str, Any]:
        page_access.at("rights.items_seen", "items", rows=len(found))
        page_access.among("items", cases={i.case_id for i in found if i.case_id})
        told = presenters.headings(found)
        return {
            "by": by,
            "late": late,
            "chosen": set(request.POST.getlist("records")),
            "rows": [presenters.item(i, newest.get(i.pk), told[i.pk]) for i in found],
        }

    return actions.page(
        request,
        "rights/items.html",
        forms.WithholdForm(request.POST or None, records=list(open_)),
        lambda given: services.withhold(
            who(request),
            [open_[key] for key in given["records"]],
            exemption=given["exemption"],
            reason=given["reason"],
        ),
        context,
        done=lambda count: f"{plural(count, 'record')} withheld.",
        to=("rights:items",),
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@shows(*SIDES)
@require(permissions.may_handle)
def decide(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    found = selectors.item(row)
    page_access.at("rights.item_seen", f"item {found.key}", case=found.case_id)
    last = selectors.newest([found]).get(found.pk)
    form = forms.DecideForm(
        request.POST or None,
        side=found.side,
        health=found.owner.kind == Agency.Kind.HEALTH,
        initial={"version": last.key if last else ""},
    )

    def both(newest: Any, typed: dict[str, Any]) -> dict[str, Any]:
        shown = {"told": presenters.item(found, newest), "last": None}
        return shown | presenters.both_decisions(newest, typed)

    return actions.page(
        request,
        "rights/decide.html",
        form,
        lambda _: services.decide(who(request), found, **form.written()),
        lambda: {
            "told": presenters.item(found, last),
            "original": presenters.original(found),
            "last": last,
        },
        done="Decision saved.",
        to=("rights:items",),
        both=both,
    )
