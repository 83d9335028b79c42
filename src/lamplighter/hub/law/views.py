"""The pages on the law as this hub has it: what is on, reading and signing, checking, switching off."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.selectors import moment_asked
from lamplighter.hub.law import forms, permissions, presenters, rules, selectors, services
from lamplighter.hub.site.refusals import NotPossibleError


def _as_at(request: HttpRequest) -> tuple[dt.datetime | None, dt.date]:
    """Return the moment that is asked for, and the day on which the law is asked."""
    moment = moment_asked(request)
    return moment, timezone.localdate(moment) if moment else timezone.localdate()


def _posted(request: HttpRequest) -> Any:
    """Return what was sent, even where it is empty: an empty form has its errors too."""
    return request.POST if request.method == "POST" else None


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
    form = forms.SignForm(_posted(request), switch=found, longest=longest)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        is_in_force = told.pop("found") == "yes"
        try:
            services.sign(who(request), found, **told)
        except NotPossibleError as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            after = "A second person must check it before it is on." if is_in_force else "It stays as it is."
            messages.success(request, f"Signed. {after}")
            return redirect("law:switch", found.code)
    return _form(request, "law/sign.html", form, {"switch": found})


@shows("law")
@require(permissions.may_check)
def check(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say whether one finds the same as the person who signed."""
    found = selectors.reading(key)
    form = forms.CheckForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        agrees = form.cleaned_data["agrees"] == "yes"
        try:
            services.check(who(request), found, agrees=agrees, reason=form.cleaned_data["reason"])
        except NotPossibleError as refused:
            form.add_error("agrees", str(refused))
        else:
            messages.success(
                request,
                "Check saved. It counts now." if agrees else "Check saved. The switch stays as it was.",
            )
            return redirect("law:switch", found.switch)
    context = {"switch": rules.switch(found.switch), "lines": presenters.reading(found)}
    return _form(request, "law/check.html", form, context)


@shows("law")
@require(permissions.may_sign)
def off(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Switch off what was signed, with a reason."""
    found = selectors.reading(key)
    switch = rules.switch(found.switch)
    form = forms.OffForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            services.switch_off(who(request), switch, day=told["day"], reason=told["reason"], per=found.per)
        except NotPossibleError as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, "Switched off. Your reason is saved with it.")
            return redirect("law:switch", switch.code)
    return _form(request, "law/off.html", form, {"switch": switch, "lines": presenters.reading(found)})


def _form(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context | {"form": form}, status=422 if form.errors else 200)
