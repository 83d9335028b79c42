"""One's own account: password, second factors, sessions, and text kept across a time-out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.credentials import ExternalIdentity, SignedIn
from lamplighter.hub.accounts.own_account import second_factors, timed_out_text
from lamplighter.hub.accounts.sign_in import signing_in
from lamplighter.hub.accounts.sign_in.forms import ChangePasswordForm, ConfirmForm
from lamplighter.hub.accounts.staff import members, training

HOW = {
    "password": "Password",
    "app": "Password and app",
    "passkey": "Password and passkey",
    "recovery": "Password and recovery code",
    "organisation": "Through the organisation",
}


@shows()
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show my role and agency here, and how I sign in."""
    user: Any = request.user
    held = second_factors.held_by(user)
    listed = [
        {
            "name": f.name,
            "what": "Authenticator app",
            "used": f.last_used_at,
            "handle": second_factors.handle(f),
        }
        for f in held.apps
    ] + [
        {"name": f.name, "what": "Passkey", "used": f.last_used_at, "handle": second_factors.handle(f)}
        for f in held.passkeys
    ]
    since = timezone.now() - dt.timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    rows = SignedIn.objects.filter(user=user).order_by("-at", "-pk")[:10]
    here = signing_in.digest_of(request)
    sessions = [
        {
            "at": row.at,
            "how": HOW.get(row.how, row.how),
            "state": "This session"
            if row.session == here
            else "May be open"
            if row.ended_at is None and row.stamp == user.stamp and row.at > since
            else "Ended",
        }
        for row in rows
    ]
    context = {
        "factors": listed,
        "codes_left": held.codes_left,
        "sessions": sessions,
        "organisation": ExternalIdentity.objects.filter(user=user).exists(),
        "training": training.standing(user),
        "has_password": user.has_usable_password(),
    }
    return render(request, "accounts/own.html", context)


@shows()
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """It is still you? Asked before what guards the account is changed, once in 15 minutes."""
    user: Any = request.user
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = authenticate(request, username=user.username, password=form.cleaned_data["password"])
        if found is not None and found.pk == user.pk:
            signing_in.confirm(request)
            goal = request.GET.get("next", "")
            safe = url_has_allowed_host_and_scheme(goal, {request.get_host()})
            return HttpResponseRedirect(goal if safe else reverse("accounts:own"))
        form.add_error("password", "The password is not right")
    return render(request, "accounts/confirm.html", {"form": form})


@shows()
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        found = authenticate(request, username=user.username, password=form.cleaned_data["current"])
        if found is not None and found.pk == user.pk:
            members.change_password(user, form.cleaned_data["password"])
            signing_in.renew(request, user)
            messages.success(request, "Your password is changed. All your other sessions have ended.")
            return HttpResponseRedirect(reverse("accounts:own"))
        form.add_error("current", "The password is not right")
    return render(request, "accounts/password.html", {"form": form})


@shows()
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Every session but this one ends at its next request."""
    user: Any = request.user
    members.end_sessions(user)
    signing_in.renew(request, user)
    messages.success(request, "All your other sessions have ended.")
    return HttpResponseRedirect(reverse("accounts:own"))


@shows()
@require_POST
def remove_factor(request: HttpRequest) -> HttpResponse:
    if not signing_in.confirmed_lately(request):
        return HttpResponseRedirect(f"{reverse('accounts:confirm')}?next={reverse('accounts:own')}")
    if second_factors.remove(request.user, request.POST.get("factor", "")):  # type: ignore[arg-type]  # our own user model
        messages.success(request, "It is removed, and cannot be used to sign in any more.")
    else:
        messages.warning(request, "It is your only second factor. Add another first.")
    return HttpResponseRedirect(reverse("accounts:own"))


@shows()
@require_http_methods(["GET", "POST"])
def kept_text(request: HttpRequest) -> HttpResponse:
    """Forms that were sent after the session had ended: look at them again, send them, or throw them away."""
    user: Any = request.user
    if request.method == "POST":
        timed_out_text.forget(user, _uuid(request.POST.get("kept", "")))
        messages.success(request, "It is thrown away.")
        return HttpResponseRedirect(reverse("accounts:kept"))
    return render(
        request, "accounts/kept.html", {"kept": timed_out_text.of(user), "hours": timed_out_text.HOURS}
    )


@shows()
@require_safe
def kept_one(request: HttpRequest, key: str) -> HttpResponse:
    """One kept form, filled in, ready to be sent to where it was going."""
    found = next((k for k in timed_out_text.of(request.user) if k.key == str(key)), None)  # type: ignore[arg-type]  # our own user model
    if found is None:
        raise Http404
    fields: list[dict[str, Any]] = [
        {
            "id": f"kept-{i}",
            "name": name,
            "value": value,
            "label": timed_out_text.label(name),
            "long": len(value) > 60,
        }
        for i, (name, value) in enumerate(found.fields)
    ]
    shown = [f for f in fields if f["value"].strip() and timed_out_text.for_people(f["name"], f["value"])]
    chosen = [f for f in shown if timed_out_text.is_code(f["value"])]
    context = {
        "kept": found,
        "written": [f for f in shown if f not in chosen],
        "chosen": chosen,
        "rest": [f for f in fields if f not in shown],
    }
    return render(request, "accounts/kept_one.html", context)


def _uuid(text: str) -> str:
    import uuid

    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Http404 from None
