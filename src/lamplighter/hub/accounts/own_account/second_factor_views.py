"""Pages on which somebody sets up a second factor: before they are in for the first time, or later."""

from __future__ import annotations

from functools import wraps
from typing import Any, Protocol

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from lamplighter.hub.access.pages import shows
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.own_account import second_factors
from lamplighter.hub.accounts.sign_in import signing_in
from lamplighter.hub.accounts.sign_in.forms import AppCodeForm, NewPasskeyForm

SEED, CODES = "seed", "codes"


class Page(Protocol):
    def __call__(self, request: HttpRequest, user: User) -> HttpResponse: ...


def enrolling(page: Page) -> Any:
    """For whoever is at the door without a second factor, or is in and showed who they are lately."""

    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if not signing_in.confirmed_lately(request):
                return HttpResponseRedirect(f"{reverse('accounts:confirm')}?next={request.path}")
            return page(request, request.user)
        user = signing_in.waiting(request, enrol=True)
        if user is None:
            return HttpResponseRedirect(f"{reverse('accounts:sign_in')}?why=step")
        with identity.as_person(user):
            return page(request, user)

    return shows()(login_not_required(guarded))


@enrolling
@require_safe
def choose(request: HttpRequest, user: User) -> HttpResponse:
    """An app or a passkey, and why."""
    if second_factors.must_be_passkey(user):
        return HttpResponseRedirect(reverse("accounts:enrol_passkey"))
    return render(request, "accounts/enrol.html", {"first": not request.user.is_authenticated})


@enrolling
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest, user: User) -> HttpResponse:
    """Scan the square code or type the key, then show that it works."""
    if second_factors.must_be_passkey(user):
        return HttpResponseRedirect(reverse("accounts:enrol_passkey"))
    seed = _seed(request, user)
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factors.add_app(user, seed, form.cleaned_data["code"])
        except second_factors.NotVerifiedError:
            form.add_error("code", "The code does not match. Enter the one that the app shows now")
        else:
            del request.session[SEED]
            return _made(request, user, "app")
    context = {"form": form, "written_out": second_factors.written_out(seed)}
    return render(request, "accounts/enrol_app.html", context)


@enrolling
@require_safe
def square_code(request: HttpRequest, user: User) -> HttpResponse:
    """The seed as a square code, SVG. Like every page it is not kept by the browser."""
    if SEED not in request.session:
        raise Http404
    code = segno.make(second_factors.app_of(user, _seed(request, user)).config_url, error="m", micro=False)
    svg = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=False)
    return HttpResponse(
        svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), content_type="image/svg+xml"
    )


def _seed(request: HttpRequest, user: User) -> bytes:
    """One seed until it is confirmed, so that loading the page again does not make the first scan useless."""
    if SEED not in request.session:
        sealed = encryption.seal(second_factors.new_seed(), use="seed in a session", of=user.pk)
        request.session[SEED] = sealed
    try:
        return encryption.unseal(request.session[SEED], use="seed in a session", of=user.pk)
    except encryption.NotOpenedError:
        # Of somebody else who was at this browser before.
        del request.session[SEED]
        return _seed(request, user)


@enrolling
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest, user: User) -> HttpResponse:
    """The one page that needs a script: only the browser can make a passkey."""
    must = second_factors.must_be_passkey(user)
    form = NewPasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers, challenge = form.cleaned_data, request.session.pop("challenge", "")
        try:
            second_factors.add_passkey(request, user, answers["answer"], challenge, answers["name"])
        except second_factors.NotVerifiedError:
            other = "with another device or key" if must else "or use an authenticator app"
            form.add_error(None, f"The passkey was not made. Try again, {other}")
        else:
            return _made(request, user, "passkey")
    options, request.session["challenge"] = second_factors.passkey_to_make(request, user)
    return render(request, "accounts/enrol_passkey.html", {"form": form, "options": options, "must": must})


def _made(request: HttpRequest, user: User, how: str) -> HttpResponse:
    """The first factor brings recovery codes with it. Whoever was at the door is in after seeing them."""
    if not second_factors.held_by(user).codes_left:
        _show_later(request, user, second_factors.new_codes(user))
    if request.user.is_authenticated:
        if how == "passkey":
            # It was made here and now, by whoever holds it.
            request.session["factor"] = how
        return HttpResponseRedirect(reverse("accounts:codes" if CODES in request.session else "accounts:own"))
    goal = signing_in.second_factor_shown(request, user, how)
    if CODES in request.session:
        request.session["goal"] = goal
        goal = reverse("accounts:codes")
    return HttpResponseRedirect(goal)


def _show_later(request: HttpRequest, user: User, codes: list[str]) -> None:
    sealed = encryption.seal(" ".join(codes).encode(), use="codes in a session", of=user.pk)
    request.session[CODES] = sealed


@shows()
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Ten recovery codes, shown once. By POST: new ones, after which the old stop working."""
    user: Any = request.user
    if request.method == "POST":
        if not signing_in.confirmed_lately(request):
            return HttpResponseRedirect(f"{reverse('accounts:confirm')}?next={reverse('accounts:own')}")
        _show_later(request, user, second_factors.new_codes(user))
        return HttpResponseRedirect(reverse("accounts:codes"))
    if CODES not in request.session:
        return HttpResponseRedirect(reverse("accounts:own"))
    sealed = request.session.pop(CODES)
    shown = encryption.unseal(sealed, use="codes in a session", of=user.pk).decode().split()
    goal = request.session.pop("goal", reverse("accounts:own"))
    return render(request, "accounts/codes.html", {"codes": shown, "goal": goal})
