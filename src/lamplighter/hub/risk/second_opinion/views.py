"""Pages of the second rater, and how far second raters agree."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.design import actions
from lamplighter.hub.risk import selectors
from lamplighter.hub.risk.second_opinion import agreement as agreements
from lamplighter.hub.risk.second_opinion import forms, presenters, second_rater


@shows("shared")
@require(permissions.may_work_on_cases)
def rate(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Judge as the second rater, without the assessment that it is compared with."""
    case, user = cases.open_case(key), who(request)
    ask = next(iter(selectors.asked_to_rate(user, case)), None)
    if ask is None:
        raise Http404
    form = forms.RateForm(request.POST or None)

    def do(values: dict[str, Any]) -> Any:
        words = values.pop("words")
        return second_rater.rate(user, case, ask, values, words)

    return actions.page(
        request,
        "risk/form.html",
        form,
        do,
        lambda: (
            frame(request, case, "risk:rate")
            | {
                "heading": "Judge the risk as a second rater",
                "intro": [
                    "You were chosen at random. Read the reports and the timeline of the case, and judge by "
                    "yourself: one assessment is not shown to you until you have. Do not ask its author.",
                    "Your judgement changes no level. Where it is higher, everybody on the case is asked to "
                    "assess again.",
                ],
                "button": "Save judgement",
                "back": "risk:page",
                "other": ("risk:decline", "Decline, with a reason"),
            }
        ),
        done="Saved. You can now read the other assessment.",
        to=("risk:page", case.key),
    )


@shows("shared")
@require(permissions.may_work_on_cases)
def decline(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Decline to judge as the second rater, for a reason: another is drawn."""
    case, user = cases.open_case(key), who(request)
    ask = next(iter(selectors.asked_to_rate(user, case)), None)
    if ask is None:
        raise Http404
    return actions.page(
        request,
        "risk/form.html",
        forms.DeclineForm(request.POST or None),
        lambda values: second_rater.decline(user, case, ask, values["why"], values["words"]),
        lambda: (
            frame(request, case, "risk:decline")
            | {
                "heading": "Decline to judge as a second rater",
                "intro": [
                    "Somebody else is chosen at random. Do not tell the author of the assessment.",
                    "If you know somebody in this case, ask a coordinator to block you from it.",
                ],
                "button": "Decline",
                "back": "risk:rate",
            }
        ),
        done="You declined. Somebody else is looked for.",
        to=("risk:page", case.key),
    )


@shows("shared")
@require(permissions.may_decide_cases)
def agreement(request: HttpRequest) -> HttpResponse:
    """Show how far second raters agree, over the cases that this person may open."""
    rows = agreements.ratings()
    nobody, declined = selectors.nobody_found(), selectors.declined()
    page_access.among("second raters", cases={row.case_id for row in (*nobody, *declined)})
    context = {
        "figures": presenters.figures(agreements.of(rows)),
        "n": len(rows),
        "few": len(rows) < agreements.FEW,
        "least": agreements.FEW,
        "nobody": [row.case for row in nobody],
        "declined": [presenters.decline(row) for row in declined],
    }
    return render(request, "risk/agreement.html", context)
