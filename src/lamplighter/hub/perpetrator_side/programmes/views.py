"""Programmes: what is offered, enrolment, sessions, the end."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from lamplighter.hub.access.pages import who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.perpetrator_side import (
    forms,
    hooks,
    library,
    permissions,
    policies,
    presenters,
    selectors,
    wording,
)
from lamplighter.hub.perpetrator_side.models import SessionOutcome
from lamplighter.hub.perpetrator_side.pages import ask, page_of_a_case, page_that_writes, show
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.site.refusals import ConflictError


@page_of_a_case
def programmes(request: HttpRequest, case: Case, as_at: selectors.Moment) -> HttpResponse:
    gate = policies.check_gate(case, as_at, agency=who(request).agency_id)
    context = {
        "to_consult": [ruling for ruling in gate.to_consult if not ruling.open],
        "courses": [presenters.course(c) for c in selectors.courses(case, as_at)],
        "programmes": list(library.programmes(timezone.localdate(as_at)).values()),
        "gate": gate,
        "gate_line": wording.gate_line(gate),
        "title_of": library.title,
    }
    return show(request, case, "programmes", context, as_at)


@page_that_writes
def enrol(request: HttpRequest, case: Case, code: str) -> HttpResponse:
    programme = library.programmes(timezone.localdate()).get(code)
    if programme is None:
        raise Http404
    missing = hooks.missing(who(request), case)
    form = forms.EnrolForm(request.POST or None, programme=programme, check_missing=missing)
    return ask(
        request,
        case,
        form,
        lambda: delivery.enrol(
            who(request),
            case,
            programme,
            form.cleaned_data["ground"],
            form.answers(),
            form.cleaned_data["why"],
            without_check=form.cleaned_data.get("without_check", ""),
        ),
        title=f"Enrol in {programme.title}",
        button="Enrol",
        done=f"Enrolled. Allocate a practitioner within {programme.allocation_days} days.",
        back=presenters.link(case, "programmes"),
        intro=[
            f"For: {programme.for_whom}. {programme.dose}.",
            wording.gate_line(policies.check_gate(case, agency=who(request).agency_id)),
            missing or "The check on the victim’s side says: go on.",
        ],
    )


def _given(form: forms.SeenForm) -> dict[str, Any]:
    """What was typed, with "" for a row that was not there when the page was shown."""
    return form.cleaned_data | {"seen": form.cleaned_data["seen"] or ""}


@page_of_a_case
def enrolment(request: HttpRequest, case: Case, as_at: selectors.Moment, row: uuid.UUID) -> HttpResponse:
    found = selectors.course(case, row, as_at)
    gate = policies.check_gate(case, as_at, agency=who(request).agency_id)
    context = presenters.course(found) | {
        "gate_line": wording.gate_line(gate),
        "closed": found.ending is None and not gate.allows(presenters.work_of(found)),
        "to_consult": [r for r in gate.to_consult if r.work == presenters.work_of(found) and not r.open],
        "waiting": presenters.waiting(found),
        "own": found.enrolment.owner_id == who(request).agency_id,
    }
    return show(request, case, "enrolment", context, as_at)


@page_of_a_case
def session(request: HttpRequest, case: Case, as_at: selectors.Moment, row: uuid.UUID) -> HttpResponseBase:
    """Lead on from the clock of a session: to the form that ends it, or the enrolment that it is part of."""
    found, state = selectors.session(case, row)
    own = state.session.owner_id == who(request).agency_id
    writes = own and as_at is None and found.ending is None and permissions.may_work_here(request.user)
    if writes and (page := presenters.awaited(state, timezone.now())):
        return redirect(presenters.link(case, page, row))
    return enrolment(request, case.key, found.enrolment.key)


@page_that_writes
def allocate(request: HttpRequest, case: Case, row: uuid.UUID) -> HttpResponse:
    found = selectors.course(case, row)
    people = [
        p
        for p in User.objects.working().filter(agency=who(request).agency_id).select_related("agency")
        if permissions.may_work_here(p)
    ]
    standing = found.allocation
    form = forms.AllocateForm(
        request.POST or None, people=people, initial={"seen": standing.key if standing else None}
    )
    return ask(
        request,
        case,
        form,
        lambda: delivery.allocate(who(request), case, found, **_given(form)),
        title="Allocate a practitioner",
        button="Allocate",
        done="The practitioner was allocated.",
        back=presenters.link(case, "enrolment", row),
        intro=[f"Enrolled in {found.programme.title} on {long_date(found.enrolment.at)}."],
    )


@page_that_writes
def offer(request: HttpRequest, case: Case, row: uuid.UUID) -> HttpResponse:
    found = selectors.course(case, row)
    form = forms.OfferForm(request.POST or None, initial={"number": found.next_number})
    return ask(
        request,
        case,
        form,
        lambda: delivery.offer(who(request), case, found, form.cleaned_data["number"], form.planned_at()),
        title="Offer a session",
        button="Offer it",
        done="The session was offered. Its time limit runs until you record the outcome.",
        back=presenters.link(case, "enrolment", row),
        intro=[f"{found.programme.title}: {wording.dose(found)}."],
    )


@page_that_writes
def record(request: HttpRequest, case: Case, row: uuid.UUID) -> HttpResponse:
    found, state = selectors.session(case, row)
    before = state.outcome
    form = forms.OutcomeForm(
        request.POST or None,
        choices=presenters.outcome_choices(state, timezone.now()),
        initial={"seen": before.key if before else None, "what": before.what if before else None},
    )

    def do() -> None:
        key = form.cleaned_data["seen"]
        seen = selectors.one(SessionOutcome, case, key) if key else None
        if before is not None and (seen is None or seen.pk != before.pk):
            raise ConflictError(newest=before)
        delivery.record(
            who(request),
            case,
            found,
            state,
            form.cleaned_data["what"],
            words=form.cleaned_data["words"],
            minutes=form.cleaned_data["minutes"] or 0,
            seen=seen,
        )

    shown = presenters.session(found, state)
    return ask(
        request,
        case,
        form,
        do,
        title=f"Record {found.programme.session_name(state.session.number)}",
        button="Record it",
        done="Recorded.",
        back=presenters.link(case, "enrolment", found.enrolment.key),
        intro=[f"{shown['when']}. {shown['what']}."],
    )


@page_that_writes
def chase(request: HttpRequest, case: Case, row: uuid.UUID) -> HttpResponse:
    found, state = selectors.session(case, row)
    form = forms.ChaseForm(request.POST or None)
    shown = presenters.session(found, state)
    return ask(
        request,
        case,
        form,
        lambda: delivery.chase(who(request), case, found, state, form.cleaned_data["words"]),
        title="Follow up a missed session",
        button="Record it",
        done="The follow-up was recorded.",
        back=presenters.link(case, "enrolment", found.enrolment.key),
        intro=[f"{shown['name']}, {shown['when']}: {shown['what'].lower()}."],
    )


@page_that_writes
def end(request: HttpRequest, case: Case, row: uuid.UUID) -> HttpResponse:
    found = selectors.course(case, row)
    form = forms.EndForm(request.POST or None)
    return ask(
        request,
        case,
        form,
        lambda: delivery.end(who(request), case, found, form.cleaned_data["how"], form.cleaned_data["why"]),
        title="End the programme",
        button="End it",
        done="The programme has ended, and its clocks with it.",
        back=presenters.link(case, "enrolment", row),
        intro=[f"{found.programme.title}: {wording.dose(found)}.", wording.CAUTION],
    )
