"""Requests that know what their view asked of them: how they were sent (GET or POST), and what was sent.

A view tells a form from none only by these two. One that asked neither answers a form as it answers without
one, and one that asked only how answers every form alike: a walk need not send what makes no difference. What
stands around the view (the sign-in, the limits of a session, the trail) is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings


class Request(WSGIRequest):
    """A request that notes whether its method was asked for; what was sent is read when asked for."""

    _method: str | None = None
    method_was_read = False
    saw_how = saw_the_form = True

    @property
    def method(self) -> str | None:
        """Return the method, and note that it was asked for."""
        self.method_was_read = True
        return self._method

    @method.setter
    def method(self, value: str | None) -> None:
        self._method = value


class Innermost:
    """The last middleware: it watches from where the view is entered to where it has answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def process_view(self, request: Request, *_: Any) -> None:
        """Forget what those around the view asked."""
        request.method_was_read = False

    def __call__(self, request: Request) -> HttpResponse:
        answer = self.get_response(request)
        request.saw_the_form = hasattr(request, "_post") or hasattr(request, "_body")
        request.saw_how = request.method_was_read or request.saw_the_form
        return answer


@contextmanager
def requests(client: Client) -> Iterator[None]:
    """Let every request of this client be watched."""
    innermost = f"{Innermost.__module__}.{Innermost.__name__}"
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, innermost]):
        client.handler.load_middleware()
    with mock.patch("django.test.client.WSGIRequest", Request):
        yield
