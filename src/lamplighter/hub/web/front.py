"""Answer before anything else of the site does: is it alive, is it ready; and give each request its number.

``/health/live``   200 while the process answers. Asks nobody.
``/health/ready``  200 when pages can be answered: the database is there, is of this version and knows this
                   site. 503 otherwise, with one word for which of these is not so.

Both answer to every host name and without TLS, so that a probe on the machine itself may ask. They say
nothing of what the hub holds.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError

from lamplighter.hub.site import logs

logger = logging.getLogger(__name__)
LIVE, READY = "/health/live", "/health/ready"
CHUNK = 1 << 20
_ID = re.compile(r"[0-9a-f]{32}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""What no address of ours holds, and of which the database does not even take the first to look it up."""


class Front:
    """The middleware that comes before all others but the headers of every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == LIVE:
            return _plain("alive")
        if request.path_info == READY:
            what = not_ready()
            return _plain(what, status=503) if what else _plain("ready")
        if _behind_an_unknown_proxy(request):
            logger.error("Requests come over a proxy that LAMPLIGHTER_PROXY does not name")
            return _plain("This site is behind a proxy that its settings do not name.", status=500)
        number = _number(request)
        token = logs.request_id.set(number)
        try:
            if _CONTROL.search(request.path_info):
                response = _plain("There is no such page.", status=404)
            else:
                response = self.get_response(request)
            _take_in(request)
        finally:
            logs.request_id.reset(token)
        response.headers["X-Request-ID"] = number
        return response


def _plain(text: str, status: int = 200) -> HttpResponse:
    answer = HttpResponse(
        f"{text}\n", status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
    )
    # Django logs every answer of 500 and more, with the address; whoever asked knows already.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # what Django itself sets
    return answer


def _take_in(request: HttpRequest) -> None:
    """Read what is left of a body that nobody wanted, of somebody whose session had ended for example.

    A proxy that is still sending when the connection is closed tells its client of a fault of the server's,
    in place of our answer.
    """
    with suppress(UnreadablePostError, OSError, RawPostDataException):
        while request.read(CHUNK):
            pass


def _number(request: HttpRequest) -> str:
    """The proxy's number of this request where it gave one, so that its log and ours tell of the same."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if settings.PROXIES and _ID.fullmatch(given) else secrets.token_hex(16)


def _behind_an_unknown_proxy(request: HttpRequest) -> bool:
    """Sent on to TLS, such a request would come again without it, for ever."""
    return (
        settings.HTTPS
        and not settings.PROXIES
        and not request.is_secure()
        and request.META.get("HTTP_X_FORWARDED_PROTO") == "https"
    )


def not_ready() -> str:
    """Return why pages cannot be answered now, in a word; "" when they can."""
    from lamplighter.hub.access.wall import identity, sync

    try:
        if not sync.of_this_version():
            return "upgrade"
        with identity.as_person(None), connection.cursor() as cursor:
            cursor.execute("SELECT access.proved()")
            if not cursor.fetchone()[0]:
                return "key"
    except (DatabaseError, psycopg.Error):
        return "database"
    return ""


def behind_proxies(application: Any) -> Any:
    """Wrap the site so that what a known proxy says of a client counts, and what anybody else says does not.

    The client's address and whether it came over TLS, from ``X-Forwarded-For`` and ``X-Forwarded-Proto``. The
    proxy has to set the first, not to add to what the client sent.
    """
    if not settings.PROXIES:
        return application
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers

    return wrap_wsgi_with_proxy_headers(application, trusted_hosts=list(settings.PROXIES))
