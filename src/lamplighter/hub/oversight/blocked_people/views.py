"""Pages of people who are blocked from a case, and of those who know somebody in it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.selectors import open_case
from lamplighter.hub.design import actions
from lamplighter.hub.oversight import permissions
from lamplighter.hub.oversight.blocked_people import forms
from lamplighter.hub.oversight.blocked_people import selectors as blocked_selectors
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.oversight.reasons import ReasonForm


@shows("shared", "oversight")
@require(permissions.may_keep_off)
def kept_off(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = open_case(key)
    user: User = request.user  # type: ignore[assignment]  # the permission requires somebody
    return actions.page(
        request,
        "access/kept_off.html",
        forms.KeepOffForm(request.POST or None, people=blocked_selectors.people(user)),
        lambda v: blocked_people.keep_off(user, case, v["user"], v["reason"]),
        lambda: frame(request, case, "access:kept_off") | {"rows": blocked_selectors.of_case(case)},
        done="This person cannot find the case any more.",
        to=("access:kept_off", case.key),
    )


@shows("shared", "oversight")
@require(permissions.may_keep_off)
@require_POST
def end_kept_off(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = open_case(key)
    found = Exclusion.objects.filter(case=case, user__key=_uuid(request.POST.get("user"))).filter(
        ended_at=None
    )
    form = ReasonForm(request.POST)
    one = found.select_related("user").first()
    if one is None:
        raise Http404
    if not form.is_valid():
        context = frame(request, case, "access:kept_off") | {"form": form, "one": one}
        first = "reason" not in request.POST
        if first:
            context["form"] = ReasonForm()
        return render(request, "access/end_kept_off.html", context, status=200 if first else 422)
    blocked_people.end(request.user, one, form.cleaned_data["reason"])  # type: ignore[arg-type]  # somebody
    messages.success(request, "This person is not blocked from the case any more.")
    return redirect("access:kept_off", case.key)


def _uuid(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Http404 from None


@shows("shared")
@require(permissions.may_see_cases)
def i_know_somebody(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A relative, a neighbour, a friend: whoever knows one of the two says so and is kept off."""
    case = open_case(key)
    return actions.page(
        request,
        "access/i_know_somebody.html",
        ReasonForm(request.POST or None),
        lambda v: blocked_people.keep_me_off(who(request), case, v["reason"]),
        lambda: frame(request, case, "access:need"),
        done="Thank you. You will find nothing of this case any more.",
        to=("home",),
    )
