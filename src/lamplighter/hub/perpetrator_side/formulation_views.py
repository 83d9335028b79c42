"""The formulation: statements with their evidence, each in its versions."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse

from lamplighter.hub.access.pages import who
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.perpetrator_side import forms, presenters, selectors, services
from lamplighter.hub.perpetrator_side.models import Statement
from lamplighter.hub.perpetrator_side.pages import ask, page_of_a_case, page_that_writes, show
from lamplighter.hub.site.refusals import ConflictError


def choices(case: Case) -> list[tuple[str, str]]:
    return [
        (str(e.key), f"{long_date(e.happened_at)}: {e.title} ({e.owner.name})")
        for e in selectors.evidence(case)
    ]


@page_of_a_case
def formulation(request: HttpRequest, case: Case, as_at: selectors.Moment) -> HttpResponse:
    context = {
        "sections": presenters.formulation(case, request.user, as_at),
        "line": presenters.formulation_line(case, as_at, presenters.unseen(request.user, case)),
        "changes": len(selectors.versions(case, as_at)),
        "not_supported": presenters.NOT_SUPPORTED,
    }
    return show(request, case, "formulation", context, as_at)


@page_of_a_case
def history(request: HttpRequest, case: Case, as_at: selectors.Moment) -> HttpResponse:
    rows = selectors.versions(case, as_at)
    numbered = [
        {
            "number": len(rows) - place,
            "row": row,
            "by": presenters.by_whom(row),
            "what": presenters.change_of(row),
        }
        for place, row in enumerate(rows)
    ]
    return show(request, case, "formulation_history", {"versions": numbered}, as_at)


@page_that_writes
def add(request: HttpRequest, case: Case) -> HttpResponse:
    initial = {"section": request.GET.get("section", "")}
    form = forms.StatementForm(request.POST or None, entries=choices(case), initial=initial)
    return ask(
        request,
        case,
        form,
        lambda: services.state(
            who(request), case, form.cleaned_data["section"], form.cleaned_data["text"], _evidence(form)
        ),
        title="Add a statement",
        button="Add the statement",
        done="The statement was added.",
        back=presenters.link(case, "formulation"),
    )


@page_that_writes
def change(request: HttpRequest, case: Case, line: uuid.UUID) -> HttpResponse:
    standing = selectors.newest(line, case)
    initial = {"text": standing.text, "evidence": [str(k) for k in standing.evidence], "seen": standing.key}
    form = forms.StatementForm(request.POST or None, entries=choices(case), change=True, initial=initial)

    def do() -> None:
        seen = selectors.one(Statement, case, form.cleaned_data["seen"])
        given: dict[str, Any] = form.cleaned_data
        if seen.line != line or seen.pk != standing.pk:
            raise ConflictError(newest=standing)
        services.restate(who(request), case, seen, given["text"], _evidence(form), given["reason"])

    return ask(
        request,
        case,
        form,
        do,
        title="Change a statement",
        button="Save",
        done="Saved. The earlier version is in the history.",
        back=presenters.link(case, "formulation"),
        intro=[Statement.Section(standing.section).label],
    )


def _evidence(form: forms.StatementForm) -> list[uuid.UUID]:
    return [uuid.UUID(key) for key in form.cleaned_data.get("evidence", [])]


@page_that_writes
def withdraw(request: HttpRequest, case: Case, line: uuid.UUID) -> HttpResponse:
    standing = selectors.newest(line, case)
    form = forms.ReasonForm(request.POST or None, initial={"seen": standing.key})

    def do() -> None:
        # Nobody takes back a wording that they have not read.
        if form.cleaned_data["seen"] != standing.key:
            raise ConflictError(newest=standing)
        services.withdraw(who(request), case, standing, form.cleaned_data["reason"])

    return ask(
        request,
        case,
        form,
        do,
        title="Take a statement back",
        button="Withdraw statement",
        done="The statement no longer stands. Its versions are in the history.",
        back=presenters.link(case, "formulation"),
        intro=[f"“{standing.text}”"],
    )
