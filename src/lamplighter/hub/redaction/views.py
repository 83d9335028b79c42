"""Show what can be redacted on a case, redact it or ask for it, and show what was redacted."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.access.wall import redaction as wall_redaction
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame, names_shown
from lamplighter.hub.cases.models import Party
from lamplighter.hub.design import actions
from lamplighter.hub.redaction import forms, permissions, policies, presenters, selectors, services
from lamplighter.hub.site.refusals import NotPossibleError

SIDES = ("shared", "police", "health", "advocacy", "warning", "release")
A_PAGE = 25


@shows(*SIDES)
@require(permissions.may_work_on_cases)
def rows(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everything written on the case that one can read, the newest first."""
    user, case = who(request), cases.open_case(key)
    # Others may be looking: names of people are listed where the session shows them.
    found = [row for row in selectors.rows(case) if names_shown(request) or not isinstance(row, Party)]
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    here = reverse("redaction:rows", args=[case.key])
    context = frame(request, case, "redaction:rows") | {
        "items": [presenters.item(row, case, user) for row in page],
        "page": page,
        "reads_vault": permissions.reads_vault(user),
        "newer": f"{here}?page={page.number - 1}",
        "older": f"{here}?page={page.number + 1}",
    }
    return render(request, "redaction/rows.html", context)


@shows(*SIDES, "vault")
@require(permissions.may_work_on_cases)
def row(request: HttpRequest, key: uuid.UUID, kind: str, row: uuid.UUID) -> HttpResponse:
    """Redact words of one row; or ask its agency to."""
    user, case = who(request), cases.open_case(key)
    found = selectors.row(case, kind, row)
    owns = permissions.owns(user, found, selectors.side(found))
    may = owns or permissions.reads_vault(user)
    asking = request.POST.get("_do") == "ask"
    form = forms.RedactForm(None if asking else request.POST or None)
    ask = forms.AskForm(request.POST if asking else None, auto_id="ask_%s")
    if request.method == "POST":
        if asking and ask.is_valid():
            try:
                services.ask(user, case, found, ask.cleaned_data["reason"])
            except NotPossibleError as refused:
                ask.add_error("reason", str(refused))
            else:
                messages.success(request, f"{found.owner.name} has been asked. It is a task for them.")
                return redirect("redaction:rows", case.key)
        elif not asking and form.is_valid():
            try:
                act = services.redact(
                    user, case, found, form.cleaned_data["words"], form.cleaned_data["reason"]
                )
            except NotPossibleError as refused:
                form.add_error(refused.field, str(refused))
                if isinstance(refused, policies.NotYoursError):
                    services.refused(user, case, found)
            else:
                messages.success(request, f"Redacted. Everybody now reads “{wall_redaction.MARK}”.")
                return redirect("redaction:redaction", case.key, act)
    page_access.at("redaction.row_seen", f"text {found.key}", case=case)
    failed = ask if asking else form
    context: dict[str, Any] = frame(request, case, "redaction:row") | {
        "title": wall_redaction.name(type(found)),
        "item": found,
        "texts": selectors.texts(found),
        "by": presenters.item(found, case, user)["by"],
        "owns": owns,
        "may": may,
        "form": form,
        "ask": ask,
        "failed": failed,
        "mark": wall_redaction.MARK,
    }
    return render(request, "redaction/row.html", context, status=422 if failed.errors else 200)


@shows(*SIDES, "vault")
@require(permissions.may_see_cases)
def redaction(request: HttpRequest, key: uuid.UUID, act: uuid.UUID) -> HttpResponse:
    """Show who redacted what and why; and restore it."""
    user, case = who(request), cases.open_case(key)
    found = selectors.act(case, act)
    form = forms.RestoreForm(request.POST or None)
    may = permissions.may_work_on_cases(user) and presenters.may_restore(user, found)

    def context() -> dict[str, Any]:
        page_access.at("redaction.seen", f"redaction {act}", case=case)
        return frame(request, case, "redaction:redaction") | presenters.acts(found) | {"may": may}

    return actions.page(
        request,
        "redaction/redaction.html",
        form,
        lambda v: services.restore(user, case, act, v["reason"]),
        context,
        done="The words are restored.",
        to=("redaction:redaction", case.key, act),
        field="reason",
    )
