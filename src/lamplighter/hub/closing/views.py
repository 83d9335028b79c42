"""Pages of a closing: the check, what was considered, the proposal, signing, telling her, the override."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.caseload import selectors as caseload
from lamplighter.hub.cases import permissions as cases_permissions
from lamplighter.hub.cases import presenters as cases_presenters
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.cases.status import open_tasks
from lamplighter.hub.cases.status.hooks import MissingError
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.closing import (
    checking,
    forms,
    permissions,
    policies,
    presenters,
    published,
    rules,
    selectors,
    services,
)
from lamplighter.hub.closing.models import OverrideAsk, Proposal, Signature
from lamplighter.hub.closing.selectors import Proposed
from lamplighter.hub.design import actions
from lamplighter.hub.victim_side import permissions as victim

SIDES = ("shared", "police", "advocacy", "warning")
ANY = "15"  # where nothing is proposed yet, the check is that of this outcome


def _may_sign(user: User, found: Proposed | None) -> list[str]:
    """Return the capacities in which this person can sign what is proposed."""
    if found is None or found.refused or not permissions.may_sign(user) or user.pk == found.row.by_id:
        return []
    if any(s.by_id == user.pk for s in found.signatures):
        return []
    allowed = {Signature.Capacity.LEAD: policies.LEADS, Signature.Capacity.SUPERVISOR: policies.SUPERVISORS}
    return [str(c) for c, roles in allowed.items() if user.role in roles and not found.signed(c)]


@shows(*SIDES)
@require(permissions.may_see_closing)
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what is done and what is missing before the case can be dropped, each with where it is done."""
    case, user = cases.open_case(key), who(request)
    as_at = cases.moment_asked(request)
    found = selectors.proposed(case, as_at)
    outcome = found.row.outcome if found else ANY
    state = cases.current(case, as_at)
    works = as_at is None and cases.writes_on(user, case) and state is not None and state.name not in OVER
    context = frame(request, case, "closing:page", as_at)
    ask = selectors.asked_to_override(user, case) if as_at is None else None
    context |= {
        # What is missing is a question of today.
        "checked": presenters.checked(checking.of(user, case, outcome), case, user)
        if as_at is None
        else None,
        "tasks": cases_presenters.open_tasks(open_tasks.of(case)) if works else None,
        "proposal": presenters.proposal(found),
        "considered": presenters.considered(selectors.considered(case, as_at)),
        "closed": cases.closing(case, as_at),
        "may_propose": works and permissions.may_propose(user),
        "may_sign": bool(works and _may_sign(user, found)),
        "may_tell": works and bool(found and found.event) and victim.may_contact_victim(user),
        "may_close": works and cases_permissions.may_decide_cases(user),
        "asked": ask,
        "reviews": rules.on("review", timezone.localdate()).values(),
    }
    return render(request, "closing/page.html", context)


def _refused(request: HttpRequest, case: Case, outcome: str) -> None:
    """Ask the sides that whoever tried does not read for what is missing there."""
    services.refused(who(request), case, outcome)


@shows("shared")
@require(permissions.may_propose)
def propose(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Propose an outcome; where something is missing, name each thing and keep what was typed."""
    case, user = cases.open_case(key), who(request)
    found = selectors.proposed(case)
    form = forms.OutcomeForm(request.POST or None, initial={"version": str(found.row.key) if found else ""})
    shown: dict[str, Any] = {}

    def do(values: dict[str, Any]) -> Proposal:
        try:
            return services.propose(
                user, case, values["outcome"], values["reason"], seen=values["version"] or ""
            )
        except MissingError as refusal:
            refusal.field = "outcome"
            shown["refused"] = refusal
            _refused(request, case, values["outcome"])
            raise

    return actions.page(
        request,
        "closing/propose.html",
        form,
        do,
        lambda: frame(request, case, "closing:propose") | {"proposal": presenters.proposal(found)} | shown,
        done="Outcome proposed. A stalking lead and a supervisor are asked to sign it.",
        to=("closing:page", case.key),
        both=lambda newest, _: {"both": [("Proposed", rules.called(newest.outcome), "")], "who": newest.by},
    )


@shows(*SIDES)
@require(permissions.may_propose)
def considered(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record what was looked at: evidence-led prosecution, and earlier reports about both people."""
    case, user = cases.open_case(key), who(request)
    form = forms.ConsideredForm(request.POST or None)

    def do(_: dict[str, Any]) -> Any:
        return [services.consider(user, case, *row) for row in form.given()]

    return actions.page(
        request,
        "closing/considered.html",
        form,
        do,
        lambda: (
            frame(request, case, "closing:considered")
            | {"earlier": presenters.considered(selectors.considered(case))}
        ),
        done="Saved.",
        to=("closing:page", case.key),
    )


@shows("shared")
@require(permissions.may_sign)
def sign(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Sign a proposed outcome as the stalking lead or as the supervisor, or refuse."""
    case, user = cases.open_case(key), who(request)
    found = selectors.proposed(case)
    if found is None:
        raise Http404
    capacities = _may_sign(user, found)
    form = forms.SignForm(request.POST or None, capacities=capacities or Signature.Capacity.values)
    shown: dict[str, Any] = {}

    def do(values: dict[str, Any]) -> Any:
        try:
            return services.sign(user, case, found.row, values["capacity"], values["answer"], values["words"])
        except MissingError as refusal:
            shown["refused"] = refusal
            _refused(request, case, found.row.outcome)
            raise

    return actions.page(
        request,
        "closing/sign.html",
        form,
        do,
        lambda: (
            frame(request, case, "closing:sign")
            | {
                "proposal": presenters.proposal(found),
                "considered": presenters.considered(selectors.considered(case)),
                "checked": presenters.checked(checking.of(user, case, found.row.outcome), case, user),
                "may": bool(capacities),
            }
            | shown
        ),
        done="Saved.",
        to=("closing:page", case.key),
    )


@shows("shared", "police", "advocacy", "vault")
@require(victim.may_contact_victim)
def told(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record that the victim was told of the decision and of the right to a review."""
    case, user = cases.open_case(key), who(request)
    found = selectors.proposed(case)
    if found is None or not found.event:
        raise Http404
    already = checking._told(case)[0].done
    form: Any = (forms.ReviewForm if already else forms.ToldForm)(request.POST or None)

    def do(values: dict[str, Any]) -> Any:
        when = {} if already else {"channel": values["channel"], "told_at": form.moment()}
        return services.tell(user, case, found.row, values["words"], **when)

    return actions.page(
        request,
        "closing/told.html",
        form,
        do,
        lambda: (
            frame(request, case, "closing:told")
            | {"already": already, "reviews": rules.on("review", timezone.localdate()).values()}
        ),
        done="It is recorded that the victim was told.",
        to=("closing:page", case.key),
    )


@shows("shared")
@require(permissions.may_propose)
def ask_override(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask a named senior to let the case be dropped although something is missing."""
    case, user = cases.open_case(key), who(request)
    found = selectors.proposed(case)
    could = people.on_the_case(case, "shared", str(user.agency_id)).filter(role__in=policies.SUPERVISORS)
    out = {user.pk, found.row.by_id if found else user.pk}
    form = forms.OverrideForm(
        request.POST or None,
        could=[p for p in could.select_related("agency") if p.pk not in out],
        initial={"outcome": found.row.outcome if found else ""},
    )
    outcome = found.row.outcome if found else request.POST.get("outcome", ANY)

    def do(values: dict[str, Any]) -> OverrideAsk:
        return services.ask_override(
            user, case, values["outcome"], values["reason"], form.could.get(values["senior"])
        )

    return actions.page(
        request,
        "closing/ask_override.html",
        form,
        do,
        lambda: (
            frame(request, case, "closing:ask_override")
            | {
                "checked": presenters.checked(
                    checking.of(
                        user, case, outcome if outcome in rules.dropping(timezone.localdate()) else ANY
                    ),
                    case,
                    user,
                )
            }
        ),
        done="The senior is asked. Their answer is published if they let it pass.",
        to=("closing:page", case.key),
    )


@shows("shared")
@require(permissions.may_override)
def override(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Answer as the senior who is named."""
    case, user = cases.open_case(key), who(request)
    ask = selectors.asked_to_override(user, case)
    if ask is None:
        raise Http404
    form = forms.AnswerForm(request.POST or None)
    return actions.page(
        request,
        "closing/override.html",
        form,
        lambda v: services.answer_override(user, case, ask, v["answer"], v["words"]),
        lambda: (
            frame(request, case, "closing:override")
            | {
                "proposal": presenters.proposal(selectors.proposed(case)),
                "checked": presenters.checked(checking.of(user, case, ask.proposal.outcome), case, user),
            }
        ),
        done="Answer saved.",
        to=("closing:page", case.key),
    )


@shows("shared")
@require(permissions.may_see_closing)
def publish(request: HttpRequest) -> HttpResponse:
    """List the cases that an outcome dropped in the last 12 months, and each override with its reason."""
    now = timezone.now()
    since = caseload.since_a_year(now)
    rows = published.dropped(since)
    only = request.GET.get("only") == "overrides"
    shown = [row for row in rows if row.override or not only]
    page_access.among("closing", cases={row.closing.case_id for row in shown})
    context = {
        "rows": presenters.published(shown),
        "total": len(rows),
        "overridden": sum(row.override is not None for row in rows),
        "only": only,
        "missing": presenters.missing(rows),
    }
    return render(request, "closing/published.html", context)
