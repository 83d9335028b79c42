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

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases, require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.clocks import notices
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import forms, policies, presenters, selectors, services
from lamplighter.hub.site.refusals import NotPossibleError

LIST = ("shared", "police", "health", "advocacy", "warning")
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
    # Just what nobody has taken: what the line on one's own list counts, and nothing else.
    nobodys = view == "team" and request.GET.get("whose") == "nobody"
    if nobodys:
        rows = selectors.unassigned(user)
    most = selectors.MOST if only else selectors.FEW
    found = selectors.parts(rows, most=most, only=only)
    waiting = [] if nobodys else notices.notices(user, team=view == "team")
    found = selectors.with_notices(found, waiting, most)
    clocks = [clock for part in found for clock in part.clocks]
    page_access.among("work list", cases={clock.case_id for clock in clocks})
    parts = presenters.parts(found, user, notices.advice(user, clocks))
    page_access.at(f"clocks.{view}_seen", "work list", rows=sum(len(p["lines"]) for p in parts))
    now = timezone.now()
    context = {
        "parts": parts,
        "view": view,
        "only": only,
        "nobodys": nobodys,
        "unassigned_late": selectors.unassigned_late(user, now) if view == "mine" and not only else 0,
        "unassigned_most": selectors.MOST,
        "news": notices.news(user) if view == "mine" and not only else [],
        "counts": notices.counts(user) if view == "mine" and not only else [],
    }
    return render(request, "clocks/work.html", context)


def _past(request: HttpRequest, view: str, found: list[selectors.Part], as_at: dt.datetime) -> HttpResponse:
    """The list as it was at the end of that day: to read, with nothing to press."""
    user: User = request.user  # type: ignore[assignment]  # the permission requires somebody
    parts = presenters.past_parts(found, user, as_at)
    page_access.among("work list", cases={clock.case_id for part in found for clock in part.clocks})
    page_access.at(f"clocks.{view}_seen", "work list", rows=sum(len(p["lines"]) for p in parts))
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


def _one(request: HttpRequest, found: Clock, refused: str = "", **bound: Any) -> HttpResponse:
    user = who(request)
    page_access.at("clocks.seen", f"clock {found.key}", case=found.case)
    form = next((f for f in bound.values() if f.errors), None)
    running = found.state == Clock.State.RUNNING
    could = people.who_could(found).exclude(pk=found.assigned_to_id or 0)
    context = {
        "clock": found,
        "line": presenters.line(found, user, timezone.now(), _advice(user, found)),
        "assign": bound.get("assign") or forms.AssignForm(people=could.exclude(pk=user.pk)),
        "cancel": bound.get("cancel") or forms.CancelForm(),
        "done": bound.get("done") or forms.DoneForm(readers=_readers(found)),
        "form": form or forms.CancelForm(),
        "refused": refused,
        "may_end": running and policies.may_end(user, found),
        "may_take": running and found.assigned_to_id != user.pk and could.filter(pk=user.pk).exists(),
    }
    return render(request, "clocks/clock.html", context, status=422 if form or refused else 200)


def _readers(found: Clock) -> str:
    on_case = [p.agency for p in cases.participations(found.case)]
    return form_readers.readers(found.partition, found.owner, on_case)


@shows(*LIST, "vault")
@require(may_see_cases)
def done(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Outcome. A task that a page of its own ends is shown, with the way to that page."""
    found = selectors.clock(key)
    form = forms.DoneForm(request.POST or None, readers=_readers(found))
    if request.method != "POST" or not form.is_valid():
        bound: dict[str, Any] = {"done": form} if request.method == "POST" else {}
        return _one(request, found, **bound)
    try:
        services.done(who(request), found, form.cleaned_data["outcome"])
    except NotPossibleError as refused:
        form.add_error("outcome", str(refused))
        return _one(request, selectors.clock(key), done=form)
    messages.success(request, f"Done: {found.text}")
    return redirect("clocks:mine")


@shows(*LIST)
@require(may_see_cases)
@require_POST
def take(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.clock(key)
    try:
        services.assign(who(request), found, who(request))
    except NotPossibleError as refused:
        return _one(request, selectors.clock(key), str(refused))
    messages.success(request, f"Assigned to you: {found.text}")
    return _back(request)


@shows(*LIST)
@require(may_see_cases)
@require_POST
def give(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.clock(key)
    form = forms.AssignForm(request.POST, people=people.who_could(found))
    if not form.is_valid():
        return _one(request, found, assign=form)
    try:
        services.assign(who(request), found, form.cleaned_data["to"])
    except NotPossibleError as refused:
        return _one(request, selectors.clock(key), str(refused))
    messages.success(request, f"Assigned to {form.cleaned_data['to'].display_name}.")
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
        services.cancel(who(request), found, form.cleaned_data["reason"])
    except NotPossibleError as refused:
        return _one(request, selectors.clock(key), str(refused))
    messages.success(request, "Task cancelled. Your reason is saved with it.")
    return _back(request)


@shows(*LIST)
@require(may_see_cases)
def given(request: HttpRequest) -> HttpResponse:
    """List tasks that one asked others to do, with whom each is, and its outcome."""
    user = who(request)
    now = timezone.now()
    found = selectors.given(user, now)
    lines = presenters.given(found, user, now)
    page_access.among("work list", cases={clock.case_id for clock in found})
    page_access.at("clocks.given_seen", "work list", rows=len(lines))
    return render(request, "clocks/given.html", {"lines": lines})


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("clocks:team" if request.POST.get("from") == "team" else "clocks:mine")
