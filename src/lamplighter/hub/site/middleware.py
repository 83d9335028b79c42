"""Headers that every answer carries, and the two limits of a session."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

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


class SessionLimits:
    """Signed out after 15 minutes without a request, and after 12 hours in any case."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            session = request.session
            began = session.setdefault("began_at", now)
            seen = session.get("seen_at", now)
            over = None
            if now - seen > settings.SESSION_IDLE_SECONDS:
                over = "idle"
            elif now - began > settings.SESSION_ABSOLUTE_SECONDS:
                over = "long"
            if over:
                logout(request)
                back = {"next": request.path} if request.method == "GET" else {}
                return HttpResponseRedirect(
                    f"{reverse('accounts:sign_in')}?{urlencode(back | {'why': over})}"
                )
            # Once a minute is precise enough and spares a write for every request.
            if now - seen >= 60 or "seen_at" not in session:
                session["seen_at"] = now
        return self.get_response(request)
