"""The page of several suspects: who acts together with the suspect of this case, on which other case."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import looks
from lamplighter.hub.cases import forms, permissions, presenters, selectors
from lamplighter.hub.cases import together as acting
from lamplighter.hub.cases.framing import frame
from lamplighter.hub.site.refusals import NotPossibleError


@shows("shared")
@require(permissions.may_see_cases)
def together(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    user = who(request)
    may = permissions.may_work_on_cases(user) and not as_at
    possible = acting.could(case) if may else []
    looks.among("cases", cases=[o.case for o in possible])
    form = forms.TogetherForm(
        request.POST if request.method == "POST" and may else None,
        possible=[
            (str(o.case.key), f"{o.name}, case {o.case.reference} ({presenters.standing_of(o)})")
            for o in possible
        ],
    )
    if request.method == "POST" and may and form.is_valid():
        chosen = [o.case for o in possible if str(o.case.key) in form.cleaned_data["others"]]
        try:
            acting.join(user, case, chosen, form.cleaned_data["reason"])
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, "Saved. Whoever leads one of these cases is told of what is reported on another."
            )
            return redirect("cases:together", case.key)
    context = frame(request, case, "cases:together", as_at) | {
        "form": form,
        "may": may,
        "possible": possible,
        "others": presenters.other_suspects(acting.of_case(case, as_at)),
        "said": presenters.said_together(acting.said(case, as_at), case, user),
    }
    return render(request, "cases/together.html", context, status=422 if form.errors else 200)


@shows("shared")
@require(permissions.may_work_on_cases)
def part(request: HttpRequest, key: uuid.UUID, row_key: uuid.UUID) -> HttpResponse:
    """Say that two of them do not act together after all."""
    case = selectors.open_case(key)
    row = acting.one(case, row_key)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acting.part(who(request), case, row_key, form.cleaned_data["reason"])
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Saved. What was said before can still be read on an earlier day.")
            return redirect("cases:together", case.key)
    of = acting.told([row.case, row.other])
    context = frame(request, case, "cases:part_suspects") | {"form": form, "of": of, "reason": row.reason}
    return render(request, "cases/part_suspects.html", context, status=422 if form.errors else 200)
