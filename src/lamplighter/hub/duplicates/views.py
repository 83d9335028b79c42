"""The other case of the same two people: which it is, joining the two, and parting them again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import may_see_cases, require
from lamplighter.hub.audit import looks
from lamplighter.hub.cases import permissions, selectors
from lamplighter.hub.cases.framing import frame
from lamplighter.hub.duplicates import forms, policies, services
from lamplighter.hub.duplicates import selectors as joinings
from lamplighter.hub.site.refusals import NotPossibleError


@shows("shared", look="duplicates.seen")
@require(may_see_cases)
def joined(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What the case is or was joined with, as far as one may open both."""
    case = selectors.open_case(key)
    may = permissions.may_decide_cases(request.user)
    rows, candidates = joinings.of_case(case), joinings.candidates(case) if may else []
    looks.among("cases", cases=[*candidates, *(one for row in rows for one in (row.case, row.other))])
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
    form = forms.JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.join(who(request), older, younger, form.cleaned_data["reason"])
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"The cases are joined. Work goes on in case {older.reference}.")
            return redirect("cases:case", older.key)
    looks.among("cases", cases=[older, younger])
    coming = [p.agency.name for p in joinings.agencies_that_join(older, younger)]
    context = frame(request, case, "duplicates:joined") | {
        "older": older,
        "younger": younger,
        "coming": coming,
        "form": form,
    }
    return render(request, "duplicates/join.html", context, status=422 if form.errors else 200)


@shows("shared")
@require(permissions.may_decide_cases)
def part(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    found = joinings.one(case, row)
    looks.among("cases", cases=[found.case, found.other])
    form = forms.PartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.part(who(request), found, form.cleaned_data["reason"])
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The cases are parted.")
            return redirect("cases:case", found.other.key)
    context = frame(request, case, "duplicates:joined") | {"row": found, "form": form}
    return render(request, "duplicates/part.html", context, status=422 if form.errors else 200)
