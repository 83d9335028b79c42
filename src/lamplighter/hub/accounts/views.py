from __future__ import annotations

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.forms import SignInForm

WHY = {
    "idle": "You were signed out because nothing happened for 15 minutes. What you had saved is safe.",
    "long": "You were signed out because you had been signed in for 12 hours. What you had saved is safe.",
}


@method_decorator(shows(), name="dispatch")
@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(why=WHY.get(self.request.GET.get("why", "")), **kwargs)


@method_decorator(shows(), name="dispatch")
class SignOut(views.LogoutView):
    """By POST only, so that no link or picture can sign somebody out."""

    http_method_names = ["post", "options"]  # noqa: RUF012  Django's own attribute
    next_page = "accounts:sign_in"


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """After too many failed sign-ins: the same words whether the account exists or not."""
    return render(request, "accounts/locked_out.html", status=429)
