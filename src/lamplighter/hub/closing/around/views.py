"""Pages of what goes on beside a closing: a withdrawal, handing over, telling who it is."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases, require
from lamplighter.hub.cases import permissions as cases_permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.closing import permissions, presenters, selectors
from lamplighter.hub.closing.around import audits, forms, handing_over, withdrawals
from lamplighter.hub.closing.around import identity as identities
from lamplighter.hub.closing.models import Handover, HandoverAnswer
from lamplighter.hub.design import actions
from lamplighter.hub.victim_side import permissions as victim


@shows("advocacy")
@require(victim.may_work_with_victim)
def review(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record the safeguarding review after the victim withdrew, on her side."""
    case, user = cases.open_case(key), who(request)
    form = forms.ReviewForm(request.POST or None)
    return actions.page(
        request,
        "closing/review.html",
        form,
        lambda v: withdrawals.review(user, case, v["asked_alone"], v["words"], v["plan"]),
        lambda: (
            frame(request, case, "closing:review")
            | {
                "waiting": withdrawals.waiting(case),
                "earlier": [
                    {"row": row, "by": presenters.by(row)} for row in selectors.safeguarding_reviews(case)
                ],
            }
        ),
        done="Review saved. The case goes on.",
        to=("closing:page", case.key),
    )


def _handover(row: Handover, user: User) -> dict[str, Any]:
    answer: HandoverAnswer | None = getattr(row, "answer", None)
    outcome = getattr(row, "outcome", None)
    mine = user.agency_id == (row.to_id or row.owner_id)
    return {
        "key": row.key,
        "title": row.to.name if row.to else row.service,
        "reason": row.reason,
        "by": presenters.by(row),
        "at": row.at,
        "answer": answer.get_answer_display() if answer else "Not answered yet",
        "answer_words": answer.words if answer else "",
        "answer_by": _said_by(answer) if answer else "",
        "outcome": outcome.words if outcome else "",
        "to_answer": mine and answer is None,
        "to_end": user.agency_id == row.owner_id and answer is not None and outcome is None,
    }


def _said_by(answer: HandoverAnswer) -> str:
    told = presenters.by(answer)
    return f"{answer.who}, as told to {told}" if answer.who else told


@shows("shared")
@require(may_see_cases)
def handovers(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what was handed over, and ask another area or service."""
    case, user = cases.open_case(key), who(request)
    as_at = cases.moment_asked(request)
    working = [p.agency for p in cases.participations(case)]
    form = forms.HandoverForm(request.POST or None, others=[a for a in working if a.pk != user.agency_id])
    may = as_at is None and cases_permissions.may_work_on_cases(user) and cases.writes_on(user, case)
    if request.method == "POST" and not may:
        raise Http404
    return actions.page(
        request,
        "closing/handovers.html",
        form,
        lambda v: handing_over.ask(user, case, form.others.get(v["to"]), v["service"], v["reason"]),
        lambda: (
            frame(request, case, "closing:handovers", as_at)
            | {
                "rows": [_handover(row, user) for row in selectors.handovers(case, as_at)],
                "may": may,
            }
        ),
        done="They are asked. Until somebody accepts, you go on with the case.",
        to=("closing:handovers", case.key),
    )


@shows("shared")
@require(cases_permissions.may_work_on_cases)
def handover(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Answer as the receiver; or record the outcome later, as whoever handed it over."""
    case, user = cases.open_case(key), who(request)
    found = selectors.handover(case, row)
    told = _handover(found, user)
    answers = getattr(found, "answer", None) is None
    form: Any = (
        forms.HandoverAnswerForm(request.POST or None, outside=found.to_id is None)
        if answers
        else forms.OutcomeForm(request.POST or None)
    )

    def do(values: dict[str, Any]) -> Any:
        if answers:
            said, words = values["answer"], values["words"]
            return handing_over.answer(user, case, found, said, words, values.get("who", ""))
        return handing_over.record_outcome(user, case, found, values["words"])

    return actions.page(
        request,
        "closing/handover.html",
        form,
        do,
        lambda: (
            frame(request, case, "closing:handover")
            | {"one": told, "answers": answers, "may": told["to_answer"] or told["to_end"]}
        ),
        done="Saved.",
        to=("closing:handovers", case.key),
    )


@shows("police", "warning")
@require(permissions.may_decide_identity)
def identity(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show whether a victim is told who an anonymous stalker is, and record that one was identified."""
    case, user = cases.open_case(key), who(request)
    as_at = cases.moment_asked(request)
    form = forms.IdentifyForm(request.POST or None)
    may = as_at is None and cases.writes_on(user, case)
    if request.method == "POST" and not may:
        raise Http404
    rows = selectors.identity_decisions(case, as_at)
    of = selectors.identified(case, as_at)
    decided = {row.identified_id for row in rows}

    def context() -> dict[str, Any]:
        return frame(request, case, "closing:identity", as_at) | {
            "identified": of,
            "rows": [_identity(row, user) for row in rows],
            "may": may,
            "decide": may and bool(of) and (of[0].pk not in decided or _refused(rows, of[0].pk)),
        }

    return actions.page(
        request,
        "closing/identity.html",
        form,
        lambda _: identities.identify(user, case, form.at()),
        context,
        done="Saved. The decision is due within its hours.",
        to=("closing:identity", case.key),
    )


def _refused(rows: list[Any], of: int) -> bool:
    newest = next((row for row in rows if row.identified_id == of), None)
    answer = getattr(newest, "authorised", None)
    return answer is not None and answer.answer == "refused"


def _identity(row: Any, user: User) -> dict[str, Any]:
    answer, told = getattr(row, "authorised", None), getattr(row, "told", None)
    agreed = answer is not None and answer.answer == "agreed"
    return {
        "row": row,
        "by": presenters.by(row),
        "decision": row.get_decision_display(),
        "answer": answer.get_answer_display() if answer else f"Waits for {row.authoriser.display_name}",
        "answer_words": answer.words if answer else "",
        "told": told,
        "to_authorise": answer is None and user.pk == row.authoriser_id,
        "to_tell": agreed and row.decision == "disclose" and told is None,
    }


@shows("police", "warning")
@require(permissions.may_decide_identity)
def decide_identity(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Decide whether the victim is told, with all reasons and who authorises it."""
    case, user = cases.open_case(key), who(request)
    of, _ = identities.standing(case)
    if of is None:
        raise Http404
    form = forms.DecideForm(request.POST or None, could=identities.authorisers(user, case))

    def do(values: dict[str, Any]) -> Any:
        reasons = {name: values[name] for name in identities.REASONS}
        senior = form.could.get(values["authoriser"])
        return identities.decide(user, case, of, values["decision"], reasons, senior)

    return actions.page(
        request,
        "closing/decide_identity.html",
        form,
        do,
        lambda: frame(request, case, "closing:decide_identity") | {"identified": of},
        done="Decision saved. It waits for who authorises it.",
        to=("closing:identity", case.key),
    )


@shows("police", "warning")
@require(permissions.may_decide_identity)
def authorise(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Authorise the decision as the named senior; then record the message that the victim was given."""
    case, user = cases.open_case(key), who(request)
    found = selectors.identity_decision(case, row)
    told = _identity(found, user)
    if not (told["to_authorise"] or told["to_tell"]):
        return render(
            request,
            "closing/authorise.html",
            frame(request, case, "closing:authorise") | {"one": told, "form": None},
        )
    form: Any = (forms.AuthoriseForm if told["to_authorise"] else forms.ToldForm)(request.POST or None)

    def do(values: dict[str, Any]) -> Any:
        if told["to_authorise"]:
            return identities.authorise(user, case, found, values["answer"], values["words"])
        return identities.told(user, case, found, values["message"], form.at())

    return actions.page(
        request,
        "closing/authorise.html",
        form,
        do,
        lambda: frame(request, case, "closing:authorise") | {"one": told},
        done="Saved.",
        to=("closing:identity", case.key),
    )


@shows("police", "warning")
@require(permissions.may_sign)
def audit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record one question of an audit of the file, and its answer."""
    case, user = cases.open_case(key), who(request)
    as_at = cases.moment_asked(request)
    form = forms.AuditForm(request.POST or None, questions=audits.questions())
    may = as_at is None and cases.writes_on(user, case)
    if request.method == "POST" and not may:
        raise Http404
    titles = audits.questions()
    return actions.page(
        request,
        "closing/audit.html",
        form,
        lambda v: audits.record(user, case, v["what"], v["answer"], v["words"]),
        lambda: (
            frame(request, case, "closing:audit", as_at)
            | {
                "rows": [
                    {"title": titles.get(row.what, row.what), "row": row, "by": presenters.by(row)}
                    for row in audits.audits(case, as_at)
                ],
                "may": may,
            }
        ),
        done="Audit saved.",
        to=("closing:audit", case.key),
    )
