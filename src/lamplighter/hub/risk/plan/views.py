"""Pages of the plan of a case: scenarios, actions, measures, and the victim's own view."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.legal_bases.rules import RULES as SHARING
from lamplighter.hub.risk import presenters, rules, selectors, services
from lamplighter.hub.risk.models import MeasureState, Scenario, VictimView
from lamplighter.hub.risk.plan import forms
from lamplighter.hub.risk.plan import services as writer
from lamplighter.hub.victim_side import permissions as victim

LABELS = {
    "what": "What could happen?",
    "whom": "To whom?",
    "signs": "What would show that it is coming?",
    "response": "What do you do about it?",
    "mind": "What would change your mind?",
}


def _may_write(request: HttpRequest, case: Case) -> bool:
    user = who(request)
    return permissions.may_work_on_cases(user) and cases.writes_on(user, case)


@shows("shared", "advocacy", "release")
@require(permissions.may_see_cases)
def plan(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    user = who(request)
    done = [(clock, presenters.action(clock, as_at)) for clock in selectors.actions(case, as_at)]
    rows = writer.scenarios(case, as_at)
    threads = {row.thread for row in rows}
    views = writer.views(case, as_at)
    context = frame(request, case, "risk:plan", as_at) | {
        "scenarios": [
            {
                "row": row,
                "by": presenters.by(row),
                "actions": [told for clock, told in done if clock.of_key == row.thread],
            }
            for row in rows
        ],
        "others": [told for clock, told in done if clock.of_key not in threads],
        "shared": writer.shared_view(case, as_at),
        "private": views[0] if views else None,
        "advocate": victim.may_work_with_victim(user),
        "may": as_at is None and _may_write(request, case),
    }
    return render(request, "risk/plan.html", context)


@shows("shared")
@require(permissions.may_work_on_cases)
def scenario(request: HttpRequest, key: uuid.UUID, thread: uuid.UUID | None = None) -> HttpResponse:
    """Write a scenario, or change one. Where somebody was first, both are shown and nothing typed is lost."""
    case, user = cases.open_case(key), who(request)
    before = next(iter(writer.versions(case, thread)), None) if thread else None
    if thread and before is None:
        raise Http404
    shown = {name: getattr(before, name) for name in LABELS} | {"version": str(before.key)} if before else {}
    form = forms.ScenarioForm(request.POST or None, initial=shown, new=before is None)

    def do(values: dict[str, Any]) -> Scenario:
        words = writer.Words(**{name: values[name] for name in LABELS}, why=values.get("why", ""))
        return writer.write(
            user, case, words, thread=thread, seen=values["version"], ended=values.get("ended", False)
        )

    def both(theirs: Scenario, values: dict[str, Any]) -> Any:
        rows = [(label, getattr(theirs, name), values[name]) for name, label in LABELS.items()]
        return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)

    return actions.page(
        request,
        "risk/form.html",
        form,
        do,
        lambda: (
            frame(request, case, "risk:scenario")
            | {
                "heading": "Change a scenario" if before else "Add a scenario",
                "intro": ["Actions are added on the plan, once the scenario is saved."] if not before else [],
                "button": "Save scenario",
                "back": "risk:plan",
            }
        ),
        done="Scenario saved.",
        to=("risk:plan", case.key),
        both=both,
    )


@shows("shared")
@require(permissions.may_work_on_cases)
def action(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give somebody an action of the plan; ``?scenario=`` says which scenario it is for."""
    case, user = cases.open_case(key), who(request)
    rows = {str(row.thread): row for row in writer.scenarios(case)}
    form = forms.ActionForm(
        request.POST or None,
        could=services.who_could_act(user, case),
        scenarios=[(thread, row.what[:80]) for thread, row in rows.items()],
        initial={"scenario": request.GET.get("scenario", "")},
    )

    def do(values: dict[str, Any]) -> Any:
        of = rows.get(values["scenario"])
        return writer.act(user, case, form.action(), of_key=of.thread if of else None)

    return actions.page(
        request,
        "risk/form.html",
        form,
        do,
        lambda: (
            frame(request, case, "risk:action")
            | {
                "heading": "Add an action",
                "intro": ["It is on their list of work at once. They end it with its outcome."],
                "button": "Save action",
                "back": "risk:plan",
            }
        ),
        done="Action saved. It is on their list of work.",
        to=("risk:plan", case.key),
    )


@shows("shared")
@require(permissions.may_work_on_cases)
def measure(request: HttpRequest, key: uuid.UUID, code: str) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    rule = rules.on("measure", timezone.localdate()).get(code)
    if rule is None:
        raise Http404
    before = selectors.measures(case).get(code)
    shown = {"version": str(before.key), "state": before.state, "words": before.words} if before else {}
    form = forms.MeasureForm(request.POST or None, initial=shown)

    def both(theirs: MeasureState, values: dict[str, Any]) -> Any:
        rows = [
            ("How it stands", theirs.get_state_display(), MeasureState.State(values["state"]).label),
            ("What was done", theirs.words, values["words"]),
        ]
        return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)

    return actions.page(
        request,
        "risk/form.html",
        form,
        lambda v: writer.measure(user, case, code, v["state"], v["words"], seen=v["version"]),
        lambda: (
            frame(request, case, "risk:measure")
            | {
                "heading": rule.title,
                "intro": [str(rule.extra["hint"])] if "hint" in rule.extra else [],
                "button": "Save",
                "back": "risk:page",
            }
        ),
        done="Measure saved.",
        to=("risk:page", case.key),
        both=both,
    )


@shows("advocacy", "release", "vault")
@require(victim.may_work_with_victim)
def view(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Write the victim's view, and what the victim lets the others read of it."""
    case, user = cases.open_case(key), who(request)
    before = next(iter(writer.views(case)), None)
    standing = writer.shared_view(case)
    shown: dict[str, Any] = {"version": str(before.key), "words": before.words} if before else {}
    if standing:
        shown |= {"shared": standing.text, "until": timezone.localdate(standing.expires_at)}
    today = timezone.localdate()
    hows = [(code, rule.title) for code, rule in SHARING.on("consent_how", today).items()]
    form = forms.ViewForm(request.POST or None, initial=shown, hows=hows)

    def both(theirs: VictimView, values: dict[str, Any]) -> Any:
        return concurrent_edits.beside(
            [("The victim’s view", theirs.words, values["words"])],
            by=theirs.by,
            owner=theirs.owner,
            at=theirs.at,
        )

    return actions.page(
        request,
        "risk/form.html",
        form,
        lambda v: writer.view(
            user, case, v["words"], seen=v["version"], shared=v["shared"], until=v["until"], how=v["how"]
        ),
        lambda: (
            frame(request, case, "risk:view")
            | {
                "heading": "The victim’s view",
                "intro": ["Write it with the victim, in their words where you can."],
                "button": "Save the victim’s view",
                "back": "risk:plan",
            }
        ),
        done=lambda made: (
            "Saved, and shared with everybody on the case."
            if made.shared_as
            else "Saved. Nobody else reads it."
        ),
        to=("risk:plan", case.key),
        both=both,
    )
