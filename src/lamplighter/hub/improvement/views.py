"""The pages of improvement: the list and its table, one action, and a form for each thing done to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access as sights
from lamplighter.hub.design import actions
from lamplighter.hub.improvement import forms, permissions, presenters, selectors, services
from lamplighter.hub.improvement.models import Action
from lamplighter.hub.improvement.selectors import Stands

Given = dict[str, Any]


def _all() -> list[Stands]:
    """Return every action as it stands today: the late first, then by due date; those that ended last."""
    today = timezone.localdate()
    found = [selectors.stands(a, today) for a in selectors.actions()]
    return sorted(found, key=lambda s: (s.ended is not None, not s.late, s.action.due_on, s.action.pk))


@shows("oversight")
@require(permissions.may_see_improvement)
def every(request: HttpRequest) -> HttpResponse:
    """List what was undertaken, by whom, by when, and how it stands."""
    found = _all()
    sights.at("improvement.list_seen", "improvements", rows=len(found))
    context = {
        "rows": [presenters.row(s) for s in found],
        "agencies": sorted({(s.action.agency.code, s.action.agency.name) for s in found}, key=lambda a: a[1]),
        "writes": permissions.may_write_improvement(request.user),
    }
    return render(request, "improvement/list.html", context)


@shows("oversight")
@require(permissions.may_see_improvement)
def table(request: HttpRequest) -> HttpResponse:
    """Send the same as a table, for a return: of one agency where the address names it."""
    code = request.GET.get("agency", "")
    rows = [s for s in _all() if not code or s.action.agency.code == code]
    sights.at("improvement.table_seen", "improvements", rows=len(rows))
    sent = HttpResponse(presenters.table(rows), content_type="text/csv; charset=utf-8")
    sent["Content-Disposition"] = 'attachment; filename="improvement.csv"'
    return sent


@shows("oversight")
@require(permissions.may_see_improvement)
def action(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show one action: its due date, what would show it, what was said and found."""
    found = selectors.stands(selectors.one(key), timezone.localdate())
    sights.at("improvement.action_seen", f"improvement {key}")
    return render(request, "improvement/action.html", presenters.page(found, who(request)))


@shows("oversight")
@require(permissions.may_write_improvement)
def add(request: HttpRequest) -> HttpResponse:
    """Add an action."""
    form = forms.ActionForm(actions.posted(request))
    return actions.page(
        request,
        "improvement/form.html",
        form,
        lambda told: services.add(who(request), **told),
        {"heading": "Add an improvement action", "button": "Add action"},
        done="Action added.",
        to=lambda made: ("improvement:action", made.key),
    )


@shows("oversight")
@require(permissions.may_write_improvement)
def owner(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say who answers for an action from now on."""
    found = selectors.one(key)
    form = forms.OwnerForm(actions.posted(request), agency=found.agency_id)
    return _act(
        request,
        found,
        form,
        "Change who answers for it",
        lambda told: services.name_owner(who(request), found, told["owner"]),
    )


@shows("oversight")
@require(permissions.may_write_improvement)
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End an action, and with it its tasks."""
    found, form = selectors.one(key), forms.EndForm(actions.posted(request))
    return _act(
        request, found, form, "End this action", lambda told: services.end(who(request), found, **told)
    )


@shows("oversight")
@require(permissions.may_write_improvement)
def say(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record what the agency says of an action."""
    found = selectors.one(key)
    form = forms.SayForm(actions.posted(request), initial={"on": timezone.localdate()})
    return _act(
        request, found, form, "Record an update", lambda told: services.say(who(request), found, **told)
    )


@shows("oversight")
@require(permissions.may_write_improvement)
def find(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record what was looked at, and whether it shows that it is done."""
    found, form = selectors.one(key), forms.FindForm(actions.posted(request))
    return _act(
        request, found, form, "Record a finding", lambda told: services.find(who(request), found, **told)
    )


@shows("oversight")
@require(permissions.may_write_improvement)
def check(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Agree with a finding as a second person, or do not."""
    found = selectors.one(key)
    finding, form = selectors.entry(found, row), forms.CheckForm(actions.posted(request))

    def do(told: Given) -> Any:
        return services.check(who(request), finding, agrees=told["agrees"] == "yes", words=told["words"])

    return _act(request, found, form, "Check a finding", do, about=presenters.about(finding))


@shows("oversight")
@require(permissions.may_write_improvement)
def withdraw(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Take back an entry that was wrong."""
    found = selectors.one(key)
    one, form = selectors.entry(found, row), forms.WithdrawForm(actions.posted(request))
    return _act(
        request,
        found,
        form,
        "Withdraw an entry",
        lambda told: services.withdraw(who(request), one, told["words"]),
        about=presenters.about(one),
    )


def _act(
    request: HttpRequest,
    found: Action,
    form: django_forms.Form,
    heading: str,
    do: Callable[[Given], Any],
    about: str = "",
) -> HttpResponse:
    shown = selectors.stands(found, timezone.localdate())
    hidden = shown.struck
    context = {
        "heading": heading,
        "button": "Save",
        "action": found,
        "title": presenters.title(shown),
        "rule": "" if hidden else found.rule,
        "about": "" if hidden else about,
    }
    to = ("improvement:action", found.key)
    return actions.page(request, "improvement/form.html", form, do, context, done="Saved.", to=to)
