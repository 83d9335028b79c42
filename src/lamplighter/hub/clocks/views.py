"""My work: what must I do today, and what did I miss?"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases, require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.clocks import forms, notices, policies, presenters, selectors, services
from lamplighter.hub.clocks.models import Clock

LIST = ("shared", "police", "health", "advocacy")
# Beside the clocks: what other contexts put on the list, and how the victim may be contacted.
WITH_NOTICES = (*LIST, "release", "oversight", "vault")


def _list(request: HttpRequest, view: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # the permission requires somebody
    as_at = cases.moment_asked(request)
    rows = selectors.mine(user, as_at) if view == "mine" else selectors.of_team(user, as_at)
    if as_at:
        return _past(request, view, selectors.parts(rows, as_at, past=True), as_at)
    only = request.GET.get("part", "")
    only = only if only in selectors.WORDS else ""
    most = selectors.MOST if only else selectors.FEW
    found = selectors.parts(rows, most=most, only=only)
    found = selectors.with_notices(found, notices.notices(user, team=view == "team"), most)
    clocks = [clock for part in found for clock in part.clocks]
    parts = presenters.parts(found, user, notices.advice(user, clocks))
    audit.consulted(user, f"clocks.{view}_seen", "work list", rows=sum(len(p["lines"]) for p in parts))
    return render(request, "clocks/work.html", {"parts": parts, "view": view, "only": only})


def _past(request: HttpRequest, view: str, found: list[selectors.Part], as_at: dt.datetime) -> HttpResponse:
    """The list as it was at the end of that day: to read, with nothing to press."""
    user: User = request.user  # type: ignore[assignment]  # the permission requires somebody
    parts = presenters.past_parts(found, user, as_at)
    audit.consulted(user, f"clocks.{view}_seen", "work list", rows=sum(len(p["lines"]) for p in parts))
    context = {"parts": parts, "view": view, "as_at": as_at}
    return render(request, "clocks/work_past.html", context)


@shows(*WITH_NOTICES)
@require(may_see_cases)
def mine(request: HttpRequest) -> HttpResponse:
    return _list(request, "mine")


@shows(*WITH_NOTICES)
@require(may_see_cases)
def team(request: HttpRequest) -> HttpResponse:
    return _list(request, "team")


@shows(*LIST, "vault")
@require(may_see_cases)
def clock(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One thing to do: take it, give it to somebody, or say that it is not needed."""
    return _one(request, selectors.clock(key))


def _advice(user: User, found: Clock) -> str:
    return notices.advice(user, [found]).get(found.pk, "") if found.state == Clock.State.RUNNING else ""


def _one(request: HttpRequest, found: Any, refused: str = "", **bound: Any) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # the permission requires somebody
    if request.method != "POST":
        audit.consulted(user, "clocks.seen", f"clock {found.key}", case=found.case)
    form = next((f for f in bound.values() if f.errors), None)
    context = {
        "clock": found,
        "line": presenters.line(found, user, timezone.now(), _advice(user, found)),
        "assign": bound.get("assign") or forms.AssignForm(people=selectors.colleagues(user)),
        "cancel": bound.get("cancel") or forms.CancelForm(),
        "form": form or forms.CancelForm(),
        "refused": refused,
        "own": found.owner_id == user.agency_id,
    }
    return render(request, "clocks/clock.html", context, status=422 if form or refused else 200)


@shows(*LIST)
@require(may_see_cases)
@require_POST
def done(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.clock(key)
    try:
        services.done_in_place(request.user, found)  # type: ignore[arg-type]  # the permission requires somebody
    except policies.NotPossibleError as refused:
        return _one(request, selectors.clock(key), str(refused))
    messages.success(request, f"Done: {found.text}")
    return _back(request)


@shows(*LIST)
@require(may_see_cases)
@require_POST
def take(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.clock(key)
    try:
        services.assign(request.user, found, request.user)  # type: ignore[arg-type]  # the permission requires somebody
    except policies.NotPossibleError as refused:
        return _one(request, selectors.clock(key), str(refused))
    messages.success(request, f"It is yours now: {found.text}")
    return _back(request)


@shows(*LIST)
@require(may_see_cases)
@require_POST
def give(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.clock(key)
    form = forms.AssignForm(request.POST, people=selectors.colleagues(request.user))  # type: ignore[arg-type]  # somebody
    if not form.is_valid():
        return _one(request, found, assign=form)
    try:
        services.assign(request.user, found, form.cleaned_data["to"])  # type: ignore[arg-type]  # somebody
    except policies.NotPossibleError as refused:
        return _one(request, selectors.clock(key), str(refused))
    messages.success(request, f"{form.cleaned_data['to'].display_name} has it now.")
    return _back(request)


@shows(*LIST)
@require(may_see_cases)
@require_POST
def cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.clock(key)
    form = forms.CancelForm(request.POST)
    if not form.is_valid():
        return _one(request, found, cancel=form)
    try:
        services.cancel(request.user, found, form.cleaned_data["reason"])  # type: ignore[arg-type]  # somebody
    except policies.NotPossibleError as refused:
        return _one(request, selectors.clock(key), str(refused))
    messages.success(request, "It is off the list. Your reason is kept with it.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("clocks:team" if request.POST.get("from") == "team" else "clocks:mine")
