"""On every page while a glass is broken: that it is, until when, and a button that ends it."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.oversight import permissions
from lamplighter.hub.oversight.emergency_access import selectors as emergency_selectors
from lamplighter.reporting.words import clock


def open_glass(request: HttpRequest) -> list[dict[str, Any]]:
    """``[{text, href, button}]`` of what this person has open now."""
    if not permissions.may_see_cases(request.user):
        return []
    try:
        found = emergency_selectors.standing(request.user)  # type: ignore[arg-type]  # the permission requires somebody
    except DatabaseError:
        # The page says that something went wrong in the database; nothing more can be asked of it.
        return []
    return [
        {
            "text": f"You have emergency access until {clock(timezone.localtime(one.expires_at))}: "
            f"{emergency_selectors.words_of(one.partition).lower()}. What you read is reviewed.",
            "href": reverse("oversight:end_glass", args=[one.key]),
            "button": "I have seen enough: close it",
        }
        for one in found
    ]
