"""Headers that every answer carries, and the two limits of a session."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.own_account import second_factors, timed_out_text
from lamplighter.hub.accounts.sign_in import signing_in

Next = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class SecurityHeaders:
    """No script or style but our own files, nothing from elsewhere, nothing kept by the browser."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            # Shared computers: the Back button after signing out must show nothing.
            response.headers["Cache-Control"] = "no-store"
        return response


class Sessions(SessionMiddleware):
    """Django's sessions, which would take the cookie from everybody who asks while the database is away."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Leave the cookie alone where the request failed: nothing is known of the session then."""
        if response.status_code >= 500:
            return response
        return super().process_response(request, response)


class SessionLimits:
    """Signed out after 15 minutes without a request, and after 12 hours in any case.

    A form that arrives too late is not lost: what was typed is kept for its
    writer. And nobody is in without the second factor, however they came.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self._of_a_session_that_ended(request) or self.get_response(request)
        now = int(time.time())
        session = request.session
        began = session.setdefault("began_at", now)
        seen = session.get("seen_at", now)
        over = None
        if settings.SECOND_FACTOR == "required" and session.get("factor", "password") == "password":
            over = "factor"
        elif now - seen > settings.SESSION_IDLE_SECONDS:
            over = "idle"
        elif now - began > settings.SESSION_ABSOLUTE_SECONDS:
            over = "long"
        if over:
            return self._out(request, over)
        # Once a minute is precise enough and spares a write for every request.
        if now - seen >= 60 or "seen_at" not in session:
            session["seen_at"] = now
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302 and "_kept" in request.POST:
            self._sent_after_all(request)
        return response

    @staticmethod
    def _out(request: HttpRequest, why: str) -> HttpResponse:
        query = {"next": request.path} if request.method == "GET" else {}
        query["why"] = why
        user: Any = request.user
        fields = timed_out_text.worth_keeping(request)
        if fields and why != "factor" and _really_theirs(request):
            with identity.as_person(user):
                timed_out_text.keep(user, request.path, fields)
            query["kept"] = "1"
        signing_in.ended(user, request, why)
        logout(request)
        signing_in.remember(request, user)
        answer = HttpResponseRedirect(f"{reverse('accounts:sign_in')}?{urlencode(query)}")
        # Another tab may hold a form of the same session: this says whose its text is, and opens nothing.
        timed_out_text.mark(answer, user)
        return answer

    @staticmethod
    def _of_a_session_that_ended(request: HttpRequest) -> HttpResponse | None:
        """A form from a second tab, after the first one found that the session had ended."""
        fields = timed_out_text.worth_keeping(request)
        user = timed_out_text.marked(request) if fields else None
        if user is None or not _really_theirs(request):
            return None
        with identity.as_person(user):
            timed_out_text.keep(user, request.path, fields)
        return HttpResponseRedirect(
            f"{reverse('accounts:sign_in')}?{urlencode({'why': 'idle', 'kept': '1'})}"
        )

    @staticmethod
    def _sent_after_all(request: HttpRequest) -> None:
        try:
            key = str(uuid.UUID(request.POST["_kept"]))
        except ValueError:
            return
        with identity.as_person(request.user):
            timed_out_text.forget(request.user, key)  # type: ignore[arg-type]  # our own user model


class OnePageFirst:
    """Lead whoever has something to do first to the page for it, from every page but those of ``OWN``."""

    FIRST: ClassVar[str]
    OWN: ClassVar[frozenset[str]]

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def comes_first(self, request: HttpRequest, user: Any) -> bool:
        """Tell whether this person, who is signed in, has it to do."""
        raise NotImplementedError

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Lead every other page to the first one; what asks for no signing in stays as it is."""
        found = request.resolver_match
        if (found and found.view_name in self.OWN) or not getattr(view, "login_required", True):
            return None
        user: Any = request.user
        if not user.is_authenticated or not self.comes_first(request, user):
            return None
        return HttpResponseRedirect(reverse(self.FIRST))


def _of_accounts(*names: str) -> frozenset[str]:
    return frozenset(f"accounts:{name}" for name in names)


class Unconfirmed(OnePageFirst):
    """Keep an account that waits for a second person to one page, and to its own account.

    The database gives them no role and no agency, so that this only says so in words.
    """

    FIRST = "accounts:waits"
    OWN = _of_accounts(
        *("waits", "sign_out", "own", "confirm", "password", "remove_factor", "sign_out_everywhere"),
        *("enrol", "enrol_app", "enrol_square", "enrol_passkey", "codes"),
    )

    def comes_first(self, request: HttpRequest, user: Any) -> bool:
        """Tell whether the account waits."""
        return user.waits_since is not None


class PasskeyFirst(OnePageFirst):
    """An administrator who came in by something else than a passkey makes one before anything else."""

    FIRST = "accounts:enrol_passkey"
    OWN = _of_accounts("sign_out", "confirm", "enrol", "enrol_passkey", "codes")

    def comes_first(self, request: HttpRequest, user: Any) -> bool:
        """Tell whether it must be a passkey and was none."""
        shown = request.session.get("factor") in {"passkey", "organisation"}
        return not shown and second_factors.must_be_passkey(user)


def _really_theirs(request: HttpRequest) -> bool:
    """Whether the form came from a page of ours: Django asks only before the view, which is not reached."""
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    return check.process_view(request, _nothing, (), {}) is None


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
