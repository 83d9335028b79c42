"""A rejection: proposed on one page, read by others on another."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import forms, permissions, policies, presenters, selectors, services
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Rejection, RejectionAnswer
from lamplighter.hub.cases.referrals import rejections
from lamplighter.hub.design import actions


@shows("shared")
@require(permissions.may_decide_cases)
def reject(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    user, now = who(request), services.current(case)
    if rejections.waiting(case) or now.name not in policies.UNDECIDED:
        return redirect("cases:rejection", key)
    could = rejections.who_could_read(user, case)
    form = forms.RejectForm(request.POST or None, could=could, initial={"version": now.key})
    missing = [policies.WHO_READS[kind] for kind, found in could.items() if not found]
    return actions.page(
        request,
        "cases/reject.html",
        form,
        lambda given: rejections.propose(
            user,
            case,
            given["threshold"],
            given["reason"],
            told=given["told"],
            turn_to=given["turn_to"],
            readers=form.readers(),
            seen=given["version"],
        ),
        lambda: (
            frame(request, case, "cases:reject") | {"missing": missing, "referral": selectors.referral(case)}
        ),
        done="Rejection proposed. The referral stays open until it has been read.",
        to=("cases:case", key),
    )


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

    def do(given: dict[str, Any]) -> None:
        assert waits is not None  # Without one the form is given nothing that was typed.
        row = Rejection.objects.filter(case=case, key=given["version"]).first() or waits.row
        said = RejectionAnswer.Answer.WITHDRAWN if proposed else given["answer"]
        rejections.answer(user, case, row, said, given["words"])

    return actions.page(
        request,
        "cases/rejection.html",
        form,
        do,
        lambda: (
            frame(request, case, "cases:rejection", as_at)
            | {
                "proposals": [presenters.proposal(one) for one in found],
                "reads": reads,
                "proposed": proposed,
                "referral": selectors.referral(case, as_at),
            }
        ),
        done="Answer saved.",
        to=("cases:case", key),
    )
