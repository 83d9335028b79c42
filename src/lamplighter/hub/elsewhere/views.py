"""Pages of what is known elsewhere: a look for a reason, requests and decisions; releases of the index."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_index, require
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.elsewhere import (
    answer_files,
    forms,
    permissions,
    presenters,
    selectors,
    services,
)
from lamplighter.hub.elsewhere.models import Decision, Known
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import count


def _opened(request: HttpRequest, key: uuid.UUID) -> Case:
    """Return the case, for those of a force that works on it; it is not found for anybody else."""
    case = cases.open_case(key)
    if not cases.works_on(who(request), case):
        raise Http404
    return case


@shows("shared", "police", look="elsewhere.page_seen")
@require(permissions.may_see_elsewhere)
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask for a reason, then show once what the index said; requests are shown without one."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    form = forms.LookForm(request.POST or None)
    context = frame(request, case, "elsewhere:page", as_at)
    asked = selectors.requests(case, as_at)
    if request.method == "POST" and form.is_valid():
        try:
            rows = services.look(who(request), case, form.cleaned_data["reason"], as_at)
        except NotPossibleError as refused:
            form.add_error("reason", str(refused))
        else:
            shown = presenters.page(rows, selectors.decisions(case, as_at), asked)
            return render(
                request,
                "elsewhere/answer.html",
                context | shown | {"may": as_at is None and cases.works_on(who(request), case)},
            )
    context |= {"form": form, "asked": [presenters.one_request(one) for one in asked]}
    return render(request, "elsewhere/look.html", context, status=422 if form.errors else 200)


def _known(user: User, case: Case, row: uuid.UUID) -> Known:
    found = services.one_known(user, case, row)
    if found is None:
        raise Http404
    return found


@shows("shared", "police", look="elsewhere.ask_seen")
@require(permissions.may_see_elsewhere)
def ask(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Write down that a force was asked."""
    case, user = _opened(request, key), who(request)
    known = _known(user, case, row)
    return actions.page(
        request,
        "elsewhere/ask.html",
        forms.AskForm(request.POST or None),
        lambda v: services.ask(user, case, known, v["question"], v["asked_on"]),
        lambda: frame(request, case, "elsewhere:ask") | {"known": known},
        done="Request saved. You have a task to record the answer.",
        to=lambda made: ("elsewhere:request", case.key, made.key),
    )


@shows("shared", "police", look="elsewhere.request_seen")
@require(permissions.may_see_elsewhere)
def one_request(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show one request; record what the force answered."""
    case, user = _opened(request, key), who(request)
    found = selectors.request(case, row)

    def do(told: dict[str, Any]) -> Any:
        return services.answered(user, case, found.row, told["outcome"], told["learnt"], told["answered_on"])

    def both(theirs: Any, typed: dict[str, Any]) -> dict[str, Any]:
        return {"theirs": f"{theirs.get_outcome_display()}. {theirs.learnt}"}

    return actions.page(
        request,
        "elsewhere/request.html",
        forms.ReplyForm(request.POST or None),
        do,
        lambda: (
            frame(request, case, "elsewhere:request")
            | {"one": presenters.one_request(selectors.request(case, row))}
        ),
        done="Answer saved. What was learnt is a note for the police on this case.",
        to=("elsewhere:request", case.key, row),
        both=both,
    )


@shows("shared", "police", look="elsewhere.decide_seen")
@require(permissions.may_see_elsewhere)
def decide(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Say that the two are not one person, or take it back."""
    case, user = _opened(request, key), who(request)
    known = _known(user, case, row)
    before = selectors.decisions(case).get((known.suspect, known.force))
    parted = before is not None and before.decision == Decision.Said.NOT_THE_SAME
    wanted = Decision.Said.TAKEN_BACK if parted else Decision.Said.NOT_THE_SAME

    def both(theirs: Any, typed: dict[str, Any]) -> dict[str, Any]:
        return {"theirs": f"{theirs.get_decision_display()}. {theirs.reason}" if theirs else ""}

    return actions.page(
        request,
        "elsewhere/decide.html",
        forms.DecideForm(request.POST or None, initial={"seen": str(before.key) if before else ""}),
        lambda v: services.decide(user, case, known, wanted, v["reason"], seen=v["seen"]),
        lambda: (
            frame(request, case, "elsewhere:decide")
            | {"known": known, "parted": parted, "reason_before": before.reason if before and parted else ""}
        ),
        done="Decision saved. It goes back to the index with the next file.",
        to=("elsewhere:page", case.key),
        both=both,
    )


@shows("deliveries", look="elsewhere.releases_seen")
@require(may_see_index)
def releases(request: HttpRequest) -> HttpResponse:
    """Show which releases this hub has an answer of; a coordinator sends the next file here."""
    user = who(request)
    may = permissions.may_run_index(user)
    form = forms.AnswerFileForm(request.POST or None, request.FILES or None)
    if not may:
        form = forms.AnswerFileForm()
    faults: list[str] = []

    def do(told: dict[str, Any]) -> Any:
        file = told["file"]
        try:
            return services.receive(user, file.name, file.read())
        except answer_files.FaultsError as refusal:
            faults.extend(refusal.faults)
            raise

    return actions.page(
        request,
        "elsewhere/releases.html",
        form,
        do,
        lambda: {
            "rows": presenters.releases(selectors.releases()),
            "may": may,
            "sends_decisions": permissions.may_send_decisions(user),
            "faults": faults,
        },
        done=lambda made: f"Release {made.name} was taken in: {count(made.rows, 'row')}.",
        to=("elsewhere:releases",),
    )


@shows("deliveries", look="elsewhere.withdraw_seen")
@require(permissions.may_run_index)
def withdraw(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """Withdraw a release, with a reason."""
    found = selectors.release(row)
    if found.withdrawn_at:
        raise Http404
    return actions.page(
        request,
        "elsewhere/withdraw.html",
        forms.WithdrawForm(request.POST or None),
        lambda v: services.withdraw(who(request), found, v["reason"]),
        {"release": found},
        done="The release was withdrawn. Its rows are gone from every case.",
        to=("elsewhere:releases",),
    )


def _download(name: str, text: str) -> HttpResponse:
    made = HttpResponse(text, content_type="text/csv; charset=utf-8")
    made["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


@shows("deliveries", look="elsewhere.decisions_sent")
@require(permissions.may_send_decisions)
@require_POST
def decisions(request: HttpRequest) -> HttpResponse:
    """Return the decision file for the index, of the cases that the force works on."""
    return _download("known_elsewhere_decisions.csv", services.decisions_file(who(request)))


@shows("records", look="elsewhere.suspects_sent")
@require(permissions.may_run_index)
@require_POST
def suspects(request: HttpRequest) -> HttpResponse:
    """Return the suspects under their tokens, for the index."""
    return _download("suspects_for_the_index.csv", services.suspects_file(who(request)))
