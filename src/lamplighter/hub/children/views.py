"""Ask the questions where somebody in a case is under 18, and take the answers."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Party
from lamplighter.hub.cases.participants import ages
from lamplighter.hub.children import forms, presenters, selectors, services
from lamplighter.hub.children.models import Answer
from lamplighter.hub.design import actions

YES = ages.Known.YES


@shows("shared", look="children.seen")
@require(permissions.may_see_cases)
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    people = cases.parties(case, as_at)
    may = permissions.may_work_on_cases(request.user) and as_at is None
    young = ages.of_people(people, as_at)
    context = frame(request, case, "children:page", as_at, people=people) | {
        "parts": [
            presenters.part(case, side, known, as_at, may=may)
            | {"key": next((p.key for p in people if p.side == side), None)}
            for side, known in young.items()
        ],
        "may": may,
    }
    return render(request, "children/page.html", context)


@shows("shared", look="children.seen")
@require(permissions.may_work_on_cases)
def answer(request: HttpRequest, key: uuid.UUID, side: str, code: str) -> HttpResponse:
    """Take an answer. Where another came first, show it; everything typed is still in the form."""
    case = cases.open_case(key)
    people = cases.parties(case)
    young = ages.of_people(people)
    # Of somebody who has turned 18 a task may still run, and is ended here.
    kind = services.kind_of(side, code)
    if side not in Party.Side.values or (young[side] != YES and kind not in selectors.running(case)):
        raise Http404
    asked = next((a for a in selectors.asked(case, side) if a.rule.code == code), None)
    if asked is None:
        raise Http404
    said = asked.answer
    shown = {"version": str(said.key), "answer": said.answer, "words": said.words} if said else {}
    form = forms.AnswerForm(request.POST or None, initial=shown)

    def do(values: dict[str, Any]) -> Answer:
        given, words, seen = values["answer"], values["words"], values["version"]
        return services.answer(who(request), case, side, code, given, words, seen=seen)

    def both(theirs: Answer, values: dict[str, Any]) -> dict[str, Any]:
        rows = [
            ("Answer", theirs.get_answer_display(), Answer.Given(values["answer"]).label),
            ("What is known", theirs.words, values["words"]),
        ]
        return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)

    return actions.page(
        request,
        "children/answer.html",
        form,
        do,
        lambda: (
            frame(request, case, "children:answer", people=people)
            | {"asked": asked.rule, "whose": ages.TITLES[Party.Side(side)]}
        ),
        done="Answer saved.",
        to=("children:page", case.key),
        both=both,
    )
