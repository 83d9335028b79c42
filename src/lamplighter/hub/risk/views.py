"""Pages of the risk of a case: what stands, judging it, two assessments side by side, a lower level."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.cases import hooks, permissions
from lamplighter.hub.cases import rules as cases_rules
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design import actions
from lamplighter.hub.risk import forms, presenters, selectors, services
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.risk.models import Assessment, LowerAnswer

SIDES = tuple(name for name in CASE_PARTITIONS if name != "vault")


def _running(case: Case, as_at: Any) -> Clock | None:
    if as_at is not None:
        return None
    rows = Clock.objects.filter(case=case, kind__in=selectors.ROUTINE, state=Clock.State.RUNNING)
    return rows.select_related("assigned_to", "owner").order_by("due_at").first()


@shows(*SIDES)
@require(permissions.may_see_cases)
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    user = who(request)
    risk = selectors.current(case, as_at)
    rows = selectors.unanswered(selectors.triggers(case, as_at), risk, as_at)
    asked = selectors.asked_to_rate(user, case)
    waits = risk.waits
    context = frame(request, case, "risk:page", as_at)
    context |= {
        "risk": presenters.page(risk, presenters.cited(case, risk.rows), as_at, _running(case, as_at)),
        "triggers": [presenters.trigger(row, risk, as_at) for row in rows],
        "measures": presenters.measures(risk.level, selectors.measures(case, as_at), as_at),
        "versions": presenters.versions(risk, as_at),
        "asked": asked,
        "to_answer": waits if waits and waits.asked_id == user.pk and as_at is None else None,
        "may": permissions.may_work_on_cases(user) and as_at is None and cases.writes_on(user, case),
        "decides": permissions.may_decide_cases(user),
    }
    return render(request, "risk/page.html", context)


@shows("shared")
@require(permissions.may_work_on_cases)
def assess(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Judge the four. Where somebody was first, both are shown and nothing typed is lost."""
    case, user = cases.open_case(key), who(request)
    before = selectors.current(case)
    newest = before.newest
    form = forms.AssessForm(
        request.POST or None,
        initial={"version": str(newest.key) if newest else ""},
        user=user,
        could=services.who_could_act(user, case),
        incidents=presenters.incidents(arrivals.reports(case)),
        beside=presenters.beside(hooks.citable(case)),
        instruments=presenters.instruments(selectors.citable(case)),
        first=newest is None,
    )
    asked = selectors.asked_to_rate(user, case)

    def do(values: dict[str, Any]) -> Assessment:
        return services.assess(user, case, form.draft(), seen=values["version"])

    def both(theirs: Assessment, values: dict[str, Any]) -> Any:
        rows = [
            (title, Level(getattr(theirs, name)).label, Level(values[name]).label)
            for name, title in JUDGEMENTS.items()
        ]
        return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)

    def shown() -> dict[str, Any]:
        return frame(request, case, "risk:assess") | {
            "definition": cases_rules.current_definition(timezone.localdate()).title,
            "standing": [
                (JUDGEMENTS[name], standing.level.label) for name, standing in before.judged.items()
            ],
            "first": newest is None,
            "training": training.told(user, "risk"),
            "judgements": [*JUDGEMENTS],
            "numbers": forms.ACTIONS,
            "asked": asked,
        }

    if form.incidents.is_asked:
        form.as_typed()
        return render(request, "risk/assess.html", shown() | {"form": form})
    return actions.page(
        request,
        "risk/assess.html",
        form,
        do,
        shown,
        done=_done,
        to=("risk:page", case.key),
        both=both,
    )


def _done(made: Assessment) -> str:
    if made.asked is None:
        return "Assessment saved."
    return (
        f"Assessment saved. The higher level stands until {made.asked.display_name} agrees that it is lower."
    )


@shows("shared")
@require(permissions.may_see_cases)
def assessment(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    found = selectors.assessment(case, row)
    if as_at is not None and found.at > as_at:
        raise Http404
    context = frame(request, case, "risk:assessment", as_at)
    rests_on = selectors.cited(case, as_at).get(found.pk, [])
    context["one"] = presenters.assessment(found, presenters.cited(case, [found]), rests_on, as_at)
    return render(request, "risk/assessment.html", context)


@shows("shared")
@require(permissions.may_see_cases)
def compare(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Two assessments side by side, ``?one=`` and ``?other=``; without them, the last two."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    rows = list(reversed(selectors.current(case, as_at).rows))
    if len(rows) < 2:
        raise Http404
    by_key = {str(row.key): row for row in rows}
    one = by_key.get(request.GET.get("one", ""), rows[1])
    other = by_key.get(request.GET.get("other", ""), rows[0])
    cited = presenters.cited(case, (one, other))
    rests_on = selectors.cited(case, as_at)
    shown = [presenters.assessment(row, cited, rests_on.get(row.pk, []), as_at) for row in (one, other)]
    context = frame(request, case, "risk:compare", as_at) | {
        "one": shown[0],
        "other": shown[1],
        "rows": presenters.compare(*shown),
        "choices": [(str(row.key), f"{presenters.on(row.at)}, {presenters.by(row)}") for row in rows],
    }
    return render(request, "risk/compare.html", context)


@shows("shared")
@require(permissions.may_work_on_cases)
def answer(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Agree to a lower level as the second agency, or not."""
    case, user = cases.open_case(key), who(request)
    found = selectors.assessment(case, row)
    if found.asked_id != user.pk:
        raise Http404
    form = forms.AnswerForm(request.POST or None)
    return actions.page(
        request,
        "risk/answer.html",
        form,
        lambda values: services.answer_lower(user, case, found, values["answer"], values["words"]),
        lambda: (
            frame(request, case, "risk:answer")
            | {
                "one": presenters.assessment(
                    found, presenters.cited(case, [found]), selectors.cited(case).get(found.pk, []), None
                ),
                "would_be": presenters.would_be(found, selectors.current(case)),
                "answered": selectors.answer(found),
            }
        ),
        done=lambda made: (
            "Answer saved. The lower level stands from now on."
            if made.answer == LowerAnswer.Answer.AGREED
            else "Answer saved. The level stays as it was."
        ),
        to=("risk:page", case.key),
    )
