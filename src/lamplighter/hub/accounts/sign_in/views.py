"""At the door: sign in, second step, sign out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from lamplighter.hub.access.pages import shows
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.own_account import second_factors, timed_out_text
from lamplighter.hub.accounts.sign_in import signing_in
from lamplighter.hub.accounts.sign_in.forms import AppCodeForm, PasskeyForm, RecoveryCodeForm, SignInForm
from lamplighter.reporting.words import count

WHY = {
    "idle": "You were signed out because nothing happened for 15 minutes. What you had saved is safe.",
    "long": "You were signed out because you had been signed in for 12 hours. What you had saved is safe.",
    "factor": "Sign in again: everybody now needs a second step.",
    "step": "That took too long, or there were too many tries. Sign in again.",
    "ended": "Your session was ended. Sign in again.",
}
WHY_KEPT = (
    f"What you had typed in the form is saved for you for {timed_out_text.HOURS} hours. "
    "You will see it when you sign in."
)
NOT_RIGHT = {
    "app": "The code is not right, or it was used already. Wait for the next one and enter that",
    "recovery": "The code is not right, or it was used already",
    "passkey": "The passkey was not accepted. Try again, or use another way",
}
FORM_OF = {"app": AppCodeForm, "recovery": RecoveryCodeForm, "passkey": PasskeyForm}


@method_decorator(shows(), name="dispatch")
@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    """Name and password; with both right, the second step."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        goal = self.get_redirect_url()
        return HttpResponseRedirect(signing_in.password_accepted(self.request, form.get_user(), goal))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = WHY.get(self.request.GET.get("why", ""), "")
        if told and "kept" in self.request.GET:
            told = f"{told.split('.')[0]}. {WHY_KEPT}"
        organisation = settings.OIDC["name"] or "your organisation" if settings.OIDC["issuer"] else ""
        return super().get_context_data(why=told, organisation=organisation, **kwargs)


@method_decorator(shows(), name="dispatch")
class SignOut(views.LogoutView):
    """By POST only, so that no link or picture can sign somebody out."""

    http_method_names = ["post", "options"]  # noqa: RUF012  Django's own attribute
    next_page = "accounts:sign_in"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return super().post(request, *args, **kwargs)
        known = User.objects.get(pk=user.pk)
        signing_in.ended(known, request, "asked")
        response = super().post(request, *args, **kwargs)
        signing_in.remember(request, known)
        return response


@shows()
@login_not_required
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A passkey, a code from an app, or a recovery code: whichever the person has."""
    user = signing_in.waiting(request, enrol=False)
    if user is None:
        return HttpResponseRedirect(f"{reverse('accounts:sign_in')}?why=step")
    with identity.as_person(user):
        held = second_factors.held_by(user)
    ways = {"passkey": bool(held.passkeys), "app": bool(held.apps), "recovery": held.codes_left > 0}
    if second_factors.must_be_passkey(user) and held.passkeys:
        ways["app"] = False
    wanted = request.GET.get("with", "app" if ways["app"] else "passkey")
    way = wanted if ways.get(wanted) else next(name for name, there in ways.items() if there)
    form = FORM_OF[way](request.POST or None)
    locked = _locked(user) if way == "app" else 0
    if request.method == "POST" and form.is_valid():
        if signing_in.takes_a_try(request, user) and _check(request, user, way, form.cleaned_data):
            return HttpResponseRedirect(signing_in.second_factor_shown(request, user, way))
        signing_in.refused(request, user)
        if signing_in.waiting(request, enrol=False) is None:
            return HttpResponseRedirect(f"{reverse('accounts:sign_in')}?why=step")
        told = _wait(locked) if locked else NOT_RIGHT[way]
        form.add_error("code" if "code" in form.fields else None, told)
    context: dict[str, Any] = {"form": form, "way": way, "ways": ways, "locked": _wait(_locked(user), way)}
    if way == "passkey":
        with identity.as_person(user):
            context["options"], request.session["challenge"] = second_factors.passkey_to_use(request, user)
    return render(request, "accounts/second_step.html", context)


def _check(request: HttpRequest, user: Any, way: str, answers: dict[str, str]) -> bool:
    with identity.as_person(user):
        if way == "app":
            return second_factors.check_app(user, answers["code"])
        if way == "recovery":
            return second_factors.use_code(user, answers["code"])
        challenge = request.session.pop("challenge", "")
        return second_factors.check_passkey(request, user, answers["answer"], challenge)


def _locked(user: User) -> int:
    with identity.as_person(user):
        return second_factors.seconds_to_wait(user)


def _wait(seconds: int, way: str = "app") -> str:
    """Say that no code is looked at for now, and for how long; nothing where one is."""
    if not seconds or way != "app":
        return ""
    long = count(seconds, "second") if seconds < 60 else count(-(-seconds // 60), "minute")
    return f"There were wrong codes. Wait {long}, then enter the code that your app shows"


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """After too many failed sign-ins: the same words whether the account exists or not."""
    return render(request, "accounts/locked_out.html", status=429)
