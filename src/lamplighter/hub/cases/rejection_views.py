"""A rejection: proposed on one page, read by others on another."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import forms, permissions, policies, presenters, rejections, selectors, services
from lamplighter.hub.cases.framing import frame
from lamplighter.hub.cases.models import Rejection, RejectionAnswer
from lamplighter.hub.site.refusals import NotPossibleError


@shows("shared")
@require(permissions.may_decide_cases)
def reject(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    user, now = who(request), services.current(case)
    if rejections.waiting(case) or now.name not in policies.UNDECIDED:
        return redirect("cases:rejection", key)
    could = rejections.who_could_read(user, case)
    form = forms.RejectForm(request.POST or None, could=could, initial={"version": now.key})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            rejections.propose(
                user,
                case,
                given["threshold"],
                given["reason"],
                told=given["told"],
                turn_to=given["turn_to"],
                readers=form.readers(),
                seen=given["version"],
            )
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Rejection proposed. The referral stays open until it has been read.")
            return redirect("cases:case", key)
    missing = [policies.WHO_READS[kind] for kind, found in could.items() if not found]
    context = frame(request, case, "cases:reject") | {
        "form": form,
        "missing": missing,
        "referral": selectors.referral(case),
    }
    return render(request, "cases/reject.html", context, status=422 if form.errors else 200)


@shows("shared")
@require(permissions.may_see_cases)
def rejection(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everybody on the case reads what was proposed and said; whoever is named answers."""
    case = selectors.open_case(key)
    user, as_at = who(request), selectors.moment_asked(request)
    found = rejections.proposals(case, as_at)
    waits = next((one for one in found if one.waits_for), None)
    if waits is not None and as_at is not None:
        waits = None
    reads = waits is not None and user in waits.waits_for
    proposed = waits is not None and waits.row.by_id == user.pk
    form = forms.RejectionForm(
        (request.POST or None) if reads or proposed else None,
        proposer=proposed,
        initial={"version": waits.row.key if waits else None},
    )
    if waits is not None and (reads or proposed) and request.method == "POST" and form.is_valid():
        row = Rejection.objects.filter(case=case, key=form.cleaned_data["version"]).first()
        try:
            rejections.answer(
                user,
                case,
                row or waits.row,
                RejectionAnswer.Answer.WITHDRAWN if proposed else form.cleaned_data["answer"],
                form.cleaned_data["words"],
            )
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Answer saved.")
            return redirect("cases:case", key)
    context = frame(request, case, "cases:rejection", as_at) | {
        "proposals": [presenters.proposal(one) for one in found],
        "form": form,
        "reads": reads,
        "proposed": proposed,
        "referral": selectors.referral(case, as_at),
    }
    return render(request, "cases/rejection.html", context, status=422 if form.errors else 200)
