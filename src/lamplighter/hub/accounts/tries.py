"""Which name a wrong password counts for (``django-axes`` asks here)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from lamplighter.hub.accounts.names import sign_in_name

LONGEST = 255  # what the table of tries holds; no account has a name that long


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the form of the name that is tried, as accounts are found by it."""
    given = (request.POST if credentials is None else credentials).get(settings.AXES_USERNAME_FORM_FIELD)
    return sign_in_name(str(given or ""))[:LONGEST]
