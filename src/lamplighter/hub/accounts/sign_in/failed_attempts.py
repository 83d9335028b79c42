"""Count a wrong password against the name at its address, and against the address (``axes`` asks here).

The count of a name stops whoever guesses one person's password. Whoever tries one password on many names
stays under it everywhere, so all names that one address tries are counted together as well, to a limit that
the people of one office do not reach by mistyping (``settings.FAILURES_FROM_ONE_ADDRESS``).
"""

from __future__ import annotations

import ipaddress
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from lamplighter.hub.accounts.sign_in.user_names import sign_in_name

LONGEST = 255  # what the table of tries holds; no account has a name that long
OF_ONE_SUBSCRIBER = 64  # bits of an IPv6 address: within them one device takes as many addresses as it likes


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the form of the name that is tried, as accounts are found by it."""
    field = settings.AXES_USERNAME_FORM_FIELD  # type: ignore[misc]  # django-axes puts it there
    given = (request.POST if credentials is None else credentials).get(field)
    return sign_in_name(str(given or ""))[:LONGEST]


def counted_address(request: HttpRequest) -> str | None:
    """Return from where somebody comes: the client's address, as a known proxy says it (``web.front``).

    Of IPv6 the network of one subscriber. ``None`` where there is none, as over a Unix socket.
    """
    try:
        found = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    network = ipaddress.ip_network((int(found), OF_ONE_SUBSCRIBER), strict=False)
    return str(network.network_address)


class Counts(AxesDatabaseHandler):  # type: ignore[misc]  # the library has no types
    """The library's counts, and the one of the address."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Return the tries that count against this one: the limit where its address has reached its own."""
        of_name: int = super().get_failures(request, credentials)
        # Somebody signed in who confirms their own password tries no other name.
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            return of_name
        tries = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
        )
        of_address = tries.aggregate(all=Sum("failures_since_start"))["all"] or 0
        full = of_address >= settings.FAILURES_FROM_ONE_ADDRESS
        return max(of_name, settings.AXES_FAILURE_LIMIT) if full else of_name
