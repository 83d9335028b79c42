"""Pages of drafts: one draft with its lines, changing it, and confirming several."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.intake.confidentiality import selectors as reading
from lamplighter.hub.intake.confidentiality.forms import ReadersForm
from lamplighter.hub.messages import confirming, drafting, forms, presenters, selectors
from lamplighter.hub.messages.confirming import Confirmed
from lamplighter.hub.messages.models import Draft
from lamplighter.hub.messages.views import LOOK, SIDES, context_of, opened
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import permissions
from lamplighter.reporting.words import count


@shows(*SIDES, look=LOOK)
@require(permissions.may_see_contact)
def draft(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    """One draft or incident, with its lines and the file that they are from."""
    case = opened(request, key)
    return render(request, "brought/draft.html", _context(request, case, selectors.draft(case, of)))


def _context(request: HttpRequest, case: Case, found: Draft) -> dict[str, Any]:
    brought = found.brought
    unit = "picture" if brought.sort == "pictures" else str(brought.account.get("unit", "line"))
    lines = selectors.lines(found)
    files = presenters.files(
        [line.picture for line in lines if line.picture] or selectors.originals(brought), case
    )
    shown = {file["key"]: file["picture"] for file in files}
    return frame(request, case, "brought:draft") | {
        "draft": presenters.draft(found, case) | {"words": found.words},
        "found": found,
        "brought": brought,
        "what": presenters.title(brought),
        "lines": [presenters.line(line, unit, shown) for line in lines],
        "files": files,
        "writes": permissions.may_contact_victim(request.user) and found.state == Draft.State.DRAFT,
        "may_take_in": permissions.may_contact_victim(request.user) and found.state == Draft.State.LEFT_OUT,
        "report": found.report_key if permissions.may_contact_victim(request.user) else None,
    }


def _changing(
    request: HttpRequest, key: uuid.UUID, of: uuid.UUID, here: str, make: Any, do: Any, title: str, done: str
) -> HttpResponse:
    """Show one form about one draft, and go back to all drafts once it is done."""
    case = opened(request, key, writes=True)
    found = selectors.draft(case, of)
    form: django_forms.Form = make(case, found)

    def context() -> dict[str, Any]:
        shown = _context(request, case, found) | frame(request, case, f"brought:{here}")
        return shown | {"title": title}

    return actions.page(
        request,
        "brought/change.html",
        form,
        lambda values: do(found, form, values),
        context,
        done=done,
        to=("brought:one", case.key, found.brought.key),
    )


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
def change(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    return _changing(
        request, key, of, "change",
        lambda case, found: forms.DraftForm.of(found, request.POST or None),
        lambda found, form, values: drafting.edit(who(request), found, **form.told()),
        "Change this draft", "Draft changed.",
    )  # fmt: skip


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
def part(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    def make(case: Case, found: Draft) -> forms.PartForm:
        told = [presenters.line(n, "line") for n in selectors.lines(found)]
        choices = [
            (n["key"], f"{n['when']}, {n['who'].lower()}: {(n['text'] or n['kind'])[:120]}") for n in told
        ]
        return forms.PartForm(request.POST or None, choices=choices)

    return _changing(
        request, key, of, "part", make,
        lambda found, form, values: drafting.part(who(request), found, form.chosen()),
        "Make two drafts of this one", "There are two drafts now.",
    )  # fmt: skip


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
def join(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    def make(case: Case, found: Draft) -> forms.JoinForm:
        others = [
            d for d in selectors.drafts(found.brought) if d.state == Draft.State.DRAFT and d.pk != found.pk
        ]
        choices = [(str(d.key), f"{presenters.moment(d)}: {d.words[:100]}") for d in others]
        return forms.JoinForm(request.POST or None, choices=choices)

    def do(found: Draft, form: Any, values: dict[str, Any]) -> Draft:
        return drafting.join(who(request), found, selectors.draft(found.case, uuid.UUID(values["other"])))

    return _changing(request, key, of, "join", make, do, "Join with another draft", "The drafts are one now.")


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
def leave_out(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    return _changing(
        request, key, of, "leave_out",
        lambda case, found: forms.LeaveOutForm(request.POST or None),
        lambda found, form, values: drafting.leave_out(who(request), found, values["reason"]),
        "Leave this draft out", "Left out. It stays with the file.",
    )  # fmt: skip


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
@require_POST
def take_in(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    case = opened(request, key, writes=True)
    found = selectors.draft(case, of)
    try:
        drafting.take_in(who(request), found)
        messages.success(request, "It is a draft again.")
    except NotPossibleError as refused:
        messages.error(request, str(refused))
    return redirect("brought:one", case.key, found.brought.key)


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
@require_POST
def confirm(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    """Confirm the drafts that were chosen; first ask who may read them, where that is asked."""
    case = opened(request, key, writes=True)
    brought = selectors.one(case, of)
    user = who(request)
    chosen = set(request.POST.getlist("drafts"))
    drafts = [d for d in selectors.drafts(brought) if str(d.key) in chosen]
    asked = reading.asked_of(user.agency)
    answered = "readers" in request.POST
    form: django_forms.Form = (
        ReadersForm(request.POST if answered else None, agency=user.own_agency)
        if asked
        else django_forms.Form(request.POST)
    )
    if drafts and form.is_bound and form.is_valid():
        try:
            choice = form.choice if isinstance(form, ReadersForm) else None
            return _done(request, case, confirming.confirm(user, brought, drafts, choice))
        except NotPossibleError as refusal:
            actions.refused(form, refusal)
    if not drafts or not asked:
        if not drafts:
            form.is_bound = True
            form.full_clean()
            form.errors.clear()
            form.add_error(None, "Choose at least one draft.")
        context = context_of(request, case, brought)
        return render(request, "brought/drafts.html", context | {"form": form}, status=422)
    context = frame(request, case, "brought:confirm") | {"form": form, "brought": brought, "drafts": drafts}
    said = count(len(drafts), "incident")
    return render(
        request, "brought/confirm.html", context | {"said": said}, status=422 if form.errors else 200
    )


def _done(request: HttpRequest, case: Case, made: Confirmed) -> HttpResponseRedirect:
    said = f"{count(made.incidents, 'incident')} confirmed, in one report."
    if made.joined:
        messages.success(request, f"{said} The report joined this case, and everybody on it has been told.")
    else:
        messages.warning(
            request,
            f"{said} The hub does not yet hold that it is about the same two people, so it is not among the "
            "reports of the case, and the others have not been told. Ask the coordinator to look at it under "
            "possible matches.",
        )
    return redirect("brought:list", case.key)
