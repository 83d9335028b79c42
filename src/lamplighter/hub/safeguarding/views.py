"""The pages of the check, on each side its own; the warning, and the page of those who are warned."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import rules as cases_rules
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.perpetrator_side import pages as suspect
from lamplighter.hub.perpetrator_side import selectors as intervention
from lamplighter.hub.safeguarding import forms, permissions, presenters, selectors, services
from lamplighter.hub.safeguarding.models import Answer
from lamplighter.hub.victim_side import pages as victim

Moment = intervention.Moment
TEMPLATES = "safeguarding"


def _to(page: str, case: Case) -> str:
    return reverse(f"safeguarding:{page}", args=[case.key])


@suspect.page_of_a_case
def checks(request: HttpRequest, case: Case, as_at: Moment) -> HttpResponse:
    standing = selectors.standing(case, who(request).agency_id, as_at)
    context = {
        "rows": [presenters.asked(one, as_at) for one in selectors.asks(case, as_at)],
        "line": presenters.answer_line(standing, as_at or moment.now()),
        "without": selectors.without_check(case, as_at),
        "may_ask": standing is None or bool(standing.answer) or standing.when == "end",
    }
    return suspect.show(request, case, f"{TEMPLATES}/checks", context, as_at)


@suspect.page_that_writes
def ask(request: HttpRequest, case: Case) -> HttpResponse:
    form = forms.AskForm(request.POST or None)
    return suspect.ask(
        request,
        case,
        form,
        lambda: services.ask(who(request), case, required=form.cleaned_data["required"] == "yes"),
        title="Ask for the victim-safety check",
        button="Ask for the check",
        done="The check was asked for. The answer is shown here, and in the history.",
        back=_to("checks", case),
        intro=[
            "The victim’s advocate is asked whether the victim is safe with this work. You read “go on” or "
            "“not yet”, and never why.",
            "They learn that direct work is planned, and nothing else.",
        ],
    )


@suspect.page_of_a_case
def warned(request: HttpRequest, case: Case, as_at: Moment) -> HttpResponse:
    now = as_at or moment.now()
    context = {
        "rows": [
            presenters.warning(row, selectors.acted_on(row, as_at), now)
            for row in selectors.warnings(case, as_at)
        ]
    }
    return suspect.show(request, case, f"{TEMPLATES}/warned", context, as_at)


@suspect.page_that_writes
def warn(request: HttpRequest, case: Case) -> HttpResponse:
    form = forms.WarnForm(request.POST or None)
    police = any(p.agency.kind == "police" for p in cases.participations(case))
    return suspect.ask(
        request,
        case,
        form,
        lambda: services.warn(who(request), case, **form.cleaned_data),
        title="Warn: somebody may be in danger",
        button="Send the warning",
        done="The warning was sent. If anybody is in danger now, ring 999 as well.",
        back=_to("warned", case),
        template=f"{TEMPLATES}/warn",
        out_of_hours=cases_rules.out_of_hours(timezone.localdate()),
        no_police=not police,
    )


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def victim_checks(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = victim.side(request, key, "safeguarding:victim_checks")
    as_at = context["as_at"]
    context["rows"] = [presenters.check(row, as_at) for row in selectors.checks(case, as_at)]
    return render(request, f"{TEMPLATES}/victim_checks.html", context)


@shows("shared", "advocacy")
@require(permissions.may_work_with_victim)
def sign(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case, context = victim.side(request, key, "safeguarding:sign", past=False)
    check = selectors.check(case, row)
    newest = next(iter(check.signed), None)  # type: ignore[attr-defined]  # of selectors.checks
    form = forms.SignForm(request.POST or None, initial={"version": str(newest.key) if newest else ""})
    return actions.page(
        request,
        f"{TEMPLATES}/sign.html",
        form,
        lambda _: services.sign(victim.person(request), case, check, **form.written()),
        lambda: context | {"check": presenters.check(check, None), "standing": None},
        done=lambda made: f"Signed. Who asked reads: {Answer(made.answer).label}.",
        to=("safeguarding:victim_checks", case.key),
        both=lambda newest, _: {"standing": presenters.answer(newest)},
    )


@shows("shared", "warning")
@require(permissions.may_read_warnings)
def warnings(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    context = frame(request, case, "safeguarding:warnings", as_at) | {
        "rows": [presenters.message(row) for row in selectors.messages(case, as_at)],
        "out_of_hours": cases_rules.out_of_hours(timezone.localdate()),
    }
    return render(request, f"{TEMPLATES}/warnings.html", context)
