"""The pages on the law as this hub has it: what is on, reading and signing, checking, switching off."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.selectors import moment_asked
from lamplighter.hub.design import actions
from lamplighter.hub.law import forms, permissions, presenters, rules, selectors, services


def _as_at(request: HttpRequest) -> tuple[dt.datetime | None, dt.date]:
    """Return the moment that is asked for, and the day on which the law is asked."""
    moment = moment_asked(request)
    return moment, timezone.localdate(moment) if moment else timezone.localdate()


@shows("law")
@require(permissions.may_see_law)
@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """Show each switch and each file of rules, as they are or as they were on a day."""
    form = forms.DayForm(request.GET if "day_year" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('law:law')}?as_at={form.cleaned_data['day'].isoformat()}")
    as_at, on = _as_at(request)
    context = presenters.page(selectors.standings(as_at), who(request), on)
    context |= {"as_at": as_at, "day": on, "form": form}
    return render(request, "law/law.html", context, status=422 if form.errors else 200)


@shows("law")
@require(permissions.may_see_law)
@require_safe
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Show one switch with everything that was signed."""
    found = selectors.asked(code)
    as_at, on = _as_at(request)
    context = presenters.one(selectors.of(found, as_at), who(request), on, past=as_at is not None)
    return render(request, "law/switch.html", context | {"as_at": as_at, "day": on})


@shows("law")
@require(permissions.may_sign)
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """Sign what one has read."""
    found = selectors.asked(code)
    longest = rules.signing(timezone.localdate()).extra["longest_days"]

    def do(told: dict[str, Any]) -> str:
        is_in_force = told.pop("found") == "yes"
        services.sign(who(request), found, **told)
        return "A second person must check it before it is on." if is_in_force else "It stays as it is."

    return actions.page(
        request,
        "law/sign.html",
        forms.SignForm(actions.posted(request), switch=found, longest=longest),
        do,
        {"switch": found},
        done=lambda after: f"Signed. {after}",
        to=("law:switch", found.code),
    )


@shows("law")
@require(permissions.may_check)
def check(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say whether one finds the same as the person who signed."""
    found = selectors.reading(key)

    def do(told: dict[str, Any]) -> str:
        agrees = told["agrees"] == "yes"
        services.check(who(request), found, agrees=agrees, reason=told["reason"])
        return "Check saved. It counts now." if agrees else "Check saved. The switch stays as it was."

    return actions.page(
        request,
        "law/check.html",
        forms.CheckForm(actions.posted(request)),
        do,
        {"switch": rules.switch(found.switch), "lines": presenters.reading(found)},
        done=str,
        to=("law:switch", found.switch),
        field="agrees",
    )


@shows("law")
@require(permissions.may_sign)
def off(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Switch off what was signed, with a reason."""
    found = selectors.reading(key)
    switch = rules.switch(found.switch)
    return actions.page(
        request,
        "law/off.html",
        forms.OffForm(actions.posted(request)),
        lambda told: services.switch_off(who(request), switch, **told, per=found.per),
        {"switch": switch, "lines": presenters.reading(found)},
        done="Switched off. Your reason is saved with it.",
        to=("law:switch", switch.code),
    )
