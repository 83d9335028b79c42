"""Show how long one's own agency keeps what it holds; holds; erasing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import may_see_patterns, require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.rights import forms, permissions, policies, presenters
from lamplighter.hub.rights.erasure import erasing
from lamplighter.hub.rights.models import RetentionDecision
from lamplighter.hub.rights.retention import schedule
from lamplighter.hub.rights.rules import RULES
from lamplighter.hub.rights.views import SIDES
from lamplighter.hub.site.refusals import NotPossibleError

HOME = "rights:retention"


@shows(*SIDES)
@require(permissions.may_review)
def due(request: HttpRequest) -> HttpResponse:
    page_access.at("rights.due_seen", "retention")
    found = schedule.due_list(who(request))
    page_access.among("retention", cases=[d.case for d in found])
    rows = [presenters.due(d) for d in found]
    return render(request, "rights/due.html", {"rows": rows})


@shows(*SIDES)
@require(permissions.may_review)
def retention_page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    last = schedule.decided(who(request), case, as_at)
    asked = last is not None and last.kind == RetentionDecision.Kind.ERASE and as_at is None
    context = frame(request, case, HOME, as_at) | {
        "holds": [(h, h.owner_id == who(request).agency_id) for h in schedule.holds(case, as_at)],
        "last": last,
        "decided": presenters.decision(last) if last else "",
        "rule": RULES.title("period", last.period) if last else "",
        "may": as_at is None,
        "kept": presenters.kept(schedule.due_on(who(request), case)) if as_at is None else "",
        "erase": asked and last is not None and last.by_id != who(request).pk,
        "waits_for": presenters.waits_for(last, who(request)) if asked and last else "",
    }
    return render(request, "rights/retention.html", context)


def _ask(
    request: HttpRequest,
    case: Case,
    form: django_forms.Form,
    do: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    words: str | list[str],
    button: str,
    done: str,
    gone: bool = False,
    both: actions.Both | None = None,
) -> HttpResponse:
    """Show a form; when it is sent and ``do`` succeeds, say so and go back."""

    def back(_: Any) -> tuple[Any, ...]:
        there = not gone or Case.objects.filter(pk=case.pk).exists()
        return (HOME, case.key) if there else ("rights:due",)

    return actions.page(
        request,
        "rights/ask.html",
        form,
        do,
        lambda: (
            frame(request, case, HOME)
            | {
                "title": title,
                "words": [words] if isinstance(words, str) else words,
                "button": button,
                "danger": gone,
            }
        ),
        done=done or str,
        to=back,
        both=both,
    )


@shows(*SIDES)
@require(permissions.may_review)
def review(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    last = schedule.decided(user, case)
    form = forms.RetentionForm(
        request.POST or None,
        rows=schedule.to_choose(case, user.agency.kind) if user.agency else {},
        initial={"version": last.key if last else ""},
    )
    return _ask(
        request,
        case,
        form,
        lambda _: schedule.decide(user, case, **form.written()),
        title="Review what your agency holds",
        words="This is about what your agency recorded of this case, and nobody else's records.",
        button="Save decision",
        done="Decision saved.",
        both=presenters.both_reviews,
    )


@shows(*SIDES)
@require(permissions.may_review)
def hold(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    return _ask(
        request,
        case,
        forms.ReasonForm(request.POST or None),
        lambda values: schedule.hold(user, case, values["reason"]),
        title="Place a hold",
        words="While it stands nothing of this case can be erased, by any agency. Others learn that a hold "
        "stands when they try to erase, and not why.",
        button="Place the hold",
        done="The hold stands.",
    )


@shows(*SIDES)
@require(permissions.may_review)
def end_hold(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    found = schedule.hold_of(case, row)
    # One that ended while a reason was typed is shown beside it; whoever comes later finds none.
    if found is not None and found.ended_at and request.method != "POST":
        raise Http404
    if found is None or found.owner_id != user.agency_id:
        raise Http404
    standing = found
    return _ask(
        request,
        case,
        forms.ReasonForm(request.POST or None),
        lambda values: schedule.end_hold(user, standing, values["reason"]),
        title="End the hold",
        words="Records of this case can then be erased again.",
        button="End the hold",
        done="The hold has ended.",
        both=presenters.both_ends,
    )


@shows(*SIDES)
@require(permissions.may_review)
def erase(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The second person's page: what would go, what stays, and the approval."""
    case, user = cases.open_case(key), who(request)
    last = schedule.decided(user, case)
    if last is None or last.kind != RetentionDecision.Kind.ERASE:
        raise Http404
    decision = last
    if decision.by_id == user.pk:
        messages.info(request, policies.TWO_PEOPLE)
        return redirect(HOME, case.key)

    def do(values: dict[str, Any]) -> str:
        if values["reference"].strip().upper() != case.reference:
            raise NotPossibleError("This is not the reference of this case.")
        outcome = erasing.approve(user, case, decision)
        return presenters.WAITS if outcome.waits else presenters.ERASED

    found = erasing.preview(user, case, may_see_reports=may_see_patterns(user))
    return _ask(
        request,
        case,
        forms.EraseForm(request.POST or None),
        do,
        title="Erase what your agency holds",
        words=presenters.what_goes(found, decision),
        button="Approve, and erase it",
        done="",
        gone=True,
    )
