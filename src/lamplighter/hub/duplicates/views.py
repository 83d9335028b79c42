"""The other case of the same two people: which it is, joining the two, and parting them again."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import may_see_cases, require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import permissions, selectors
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.design import actions
from lamplighter.hub.duplicates import forms, policies, services
from lamplighter.hub.duplicates import selectors as joinings


@shows("shared", look="duplicates.seen")
@require(may_see_cases)
def joined(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show the case that this one is or was joined with, as far as one may open both."""
    case = selectors.open_case(key)
    may = permissions.may_decide_cases(request.user)
    rows, candidates = joinings.of_case(case), joinings.candidates(case) if may else []
    page_access.among("cases", cases=[*candidates, *(one for row in rows for one in (row.case, row.other))])
    context = frame(request, case, "duplicates:joined") | {
        "rows": rows,
        "candidates": candidates,
        "may": may,
    }
    return render(request, "duplicates/joined.html", context)


@shows("shared")
@require(permissions.may_decide_cases)
def join(request: HttpRequest, key: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    older, younger = policies.in_order(case, joinings.candidate(case, other))

    def context() -> dict[str, Any]:
        page_access.among("cases", cases=[older, younger])
        coming = [p.agency.name for p in joinings.agencies_that_join(older, younger)]
        more = {"older": older, "younger": younger, "coming": coming}
        return frame(request, case, "duplicates:joined") | more

    return actions.page(
        request,
        "duplicates/join.html",
        forms.JoinForm(request.POST or None),
        lambda v: services.join(who(request), older, younger, v["reason"]),
        context,
        done=f"The cases are joined. Work goes on in case {older.reference}.",
        to=("cases:case", older.key),
    )


@shows("shared")
@require(permissions.may_decide_cases)
def part(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    found = joinings.one(case, row)
    page_access.among("cases", cases=[found.case, found.other])
    return actions.page(
        request,
        "duplicates/part.html",
        forms.PartForm(request.POST or None),
        lambda v: services.part(who(request), found, v["reason"]),
        lambda: frame(request, case, "duplicates:joined") | {"row": found},
        done="The cases are parted.",
        to=("cases:case", found.other.key),
    )
