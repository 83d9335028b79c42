"""For those who look after the service: on every page, when something affects people now."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse

from lamplighter.hub.accounts import permissions
from lamplighter.hub.operations import checks


def service(request: HttpRequest) -> list[dict[str, Any]]:
    """Return ``[{text, href, link}]``; empty when all is well."""
    address = reverse("operations:status")
    if not permissions.may_see_service(request.user) or request.path == address:
        return []
    try:
        found = checks.urgent()
    except DatabaseError:
        return []
    if not found:
        return []
    more = f" And {len(found) - 1} more." if len(found) > 1 else ""
    return [{"text": f"{found[0].name}: {found[0].says}{more}", "href": address, "link": "See Service"}]
