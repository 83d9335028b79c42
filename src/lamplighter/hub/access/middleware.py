"""Every request is one transaction in which the database knows who is asking."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from lamplighter.hub.access import identity


class Identity:
    """Innermost of all: what a view reads and writes happens as the person who is signed in, or not at all.

    A view that raises leaves nothing behind, whatever page the exception becomes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        with identity.as_person(getattr(request, "user", None)):
            response = self.get_response(request)
            if response.streaming:
                raise RuntimeError(
                    "A page that streams reads after its transaction has ended: build it whole."
                )
            if response.status_code >= 500 or getattr(request, "_undo", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request._undo = True  # type: ignore[attr-defined]  # read by __call__ of the same request
