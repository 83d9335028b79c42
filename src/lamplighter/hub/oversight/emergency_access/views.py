"""Restricted information: whom to ask, breaking the glass, its review; and keeping people off a case."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.selectors import open_case
from lamplighter.hub.design import actions
from lamplighter.hub.oversight import permissions
from lamplighter.hub.oversight.emergency_access import forms, presenters
from lamplighter.hub.oversight.emergency_access import selectors as emergency_selectors
from lamplighter.hub.oversight.emergency_access import services as emergency_grants


def _answer(request: HttpRequest, template: str, context: dict[str, Any], form: Any = None) -> HttpResponse:
    return render(request, template, context, status=422 if form is not None and form.errors else 200)


@shows("shared")
@require(permissions.may_see_cases)
def need(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Says the same of every case: whom to ask, and what this person's role may open."""
    case = open_case(key)
    user: User = request.user  # type: ignore[assignment]  # the permission requires somebody
    partitions = emergency_selectors.open_to(user)
    form = forms.GlassForm(request.POST or None, partitions=partitions) if partitions else None
    if request.method == "POST" and form is not None and form.is_valid():
        values = form.cleaned_data
        emergency_grants.break_glass(user, case.pk, values["partition"], values["reason"], values["minutes"])
        messages.success(request, "It is open to you now. Those whose record it is have been told.")
        return redirect("cases:case", case.key)
    context = frame(request, case, "access:need") | {"form": form, "agencies": presenters.agencies(case)}
    return _answer(request, "access/need.html", context, form)


@shows("shared")
@require(permissions.may_break_glass)
def need_by_reference(request: HttpRequest) -> HttpResponse:
    """For a case that somebody was told of and is not on."""
    user: User = request.user  # type: ignore[assignment]  # the permission requires somebody
    form = forms.ByReferenceForm(request.POST or None, partitions=["shared"], initial={"partition": "shared"})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        case_id = emergency_selectors.case_by_reference(values["reference"])
        if case_id is None:
            # Also a try is written down: somebody who guesses references is found by it.
            audit.consulted(user, "access.no_such_reference", "case")
            form.add_error("reference", "There is no case with this reference that you could open")
        else:
            made = emergency_grants.break_glass(
                user, case_id, values["partition"], values["reason"], values["minutes"]
            )
            messages.success(request, "It is open to you now. The agency that leads the case has been told.")
            return redirect("cases:case", made.case.key)
    return _answer(request, "access/need_by_reference.html", {"form": form}, form)


@shows("oversight")
@require(permissions.may_see_cases)
@require_POST
def end_glass(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    emergency_grants.end(request.user, _glass(key))  # type: ignore[arg-type]  # the permission requires somebody
    messages.success(request, "It is closed again.")
    return redirect("home")


@shows("oversight", "shared")
@require(permissions.may_review_glass)
def reviews(request: HttpRequest) -> HttpResponse:
    page_access.at("access.reviews_seen", "broken glass")
    return render(request, "access/reviews.html", presenters.reviews(request.user))


@shows("oversight", "shared")
@require(permissions.may_review_glass)
def review(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = _glass(key)

    def context() -> dict[str, Any]:
        page_access.at("access.review_seen", f"glass {found.key}", case=found.case_id)
        return {"glass": presenters.glass(found, request.user)}

    return actions.page(
        request,
        "access/review.html",
        forms.ReviewForm(request.POST or None),
        lambda v: emergency_grants.review(who(request), found, v["finding"], v["words"]),
        context,
        done="The review is closed, and those whose record it is can see that.",
        to=("oversight:reviews",),
    )


def _glass(key: uuid.UUID) -> BreakGlass:
    try:
        return BreakGlass.objects.select_related("user__agency").get(key=key)
    except BreakGlass.DoesNotExist:
        raise Http404 from None
