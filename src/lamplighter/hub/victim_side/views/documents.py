"""The two documents with versions. Whoever saves over a newer version sees both side by side."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.models import Case
from lamplighter.hub.victim_side import pages as common
from lamplighter.hub.victim_side import permissions, presenters, selectors
from lamplighter.hub.victim_side.forms.documents import NeedsForm, SafetyPlanForm
from lamplighter.hub.victim_side.services import documents


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def needs(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    def write(case: Case, form: NeedsForm) -> Any:
        seen, words = form.cleaned_data["version"], form.cleaned_data["words"]
        return documents.assess_needs(
            common.person(request), case, seen=seen, areas=form.areas(), words=words
        )

    return _document(request, key, "needs", NeedsForm, selectors.needs, presenters.needs_version, write)


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def safety_plan(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    def write(case: Case, form: SafetyPlanForm) -> Any:
        seen, change = form.cleaned_data["version"], form.cleaned_data["change"]
        return documents.plan_safety(
            common.person(request), case, seen=seen, sections=form.sections(), change=change
        )

    return _document(
        request, key, "safety_plan", SafetyPlanForm, selectors.safety_plans, presenters.plan_version, write
    )


def _document(
    request: HttpRequest,
    key: uuid.UUID,
    name: str,
    form_class: Any,
    select: Callable[..., list[Any]],
    present: Callable[[Any], dict[str, Any]],
    write: Callable[[Case, Any], Any],
) -> HttpResponse:
    case, context = common.side(request, key, f"victim:{name}")
    form: forms.Form
    common.only_advocates_write(request)
    if request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid() and common.tried(request, case, form, lambda: write(case, form)):
            return common.kept(request, case, f"victim:{name}", "Saved.")
    versions = select(case, context["as_at"])
    if request.method != "POST":
        form = form_class.showing(versions[0] if versions else None)
    theirs = getattr(form, "theirs", None)
    context |= {
        "form": form,
        "versions": [present(version) for version in versions],
        "theirs": present(theirs) if theirs else None,
        "services": presenters.services(context["as_at"]) if name == "needs" else [],
    }
    return render(request, f"victim_side/{name}.html", context)
