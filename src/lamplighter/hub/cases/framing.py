"""What every page of a case has around it: the bar that names the case and no person, and its navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import panels


def frame(request: HttpRequest, case: Case, here: str) -> dict[str, Any]:
    """The context that ``cases/frame.html`` needs. ``here`` is the URL name of the page."""
    user: User = request.user  # type: ignore[assignment]  # views of a case require somebody
    entries = [("Case", "cases:case"), *((p.title, p.page) for p in panels(user) if p.page)]
    return {
        "case": case,
        "bar": {"title": f"Case {case.reference}", "tags": [services.current(case).get_name_display()]},
        "places": [
            {"text": text, "href": reverse(name, args=[case.key]), "current": name == here}
            for text, name in entries
        ],
    }
