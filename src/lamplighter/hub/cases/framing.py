"""What every page of a case has around it: the bar that names the case and no person, and its navigation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.models import Case, Status
from lamplighter.hub.cases.panels import panels

NAMES = "case_names"
# Pages of this application; those before the other contexts' and those after.
BEFORE = (
    ("Case", "cases:case"),
    ("History", "cases:history"),
    ("People", "cases:people"),
    ("Agencies", "cases:agencies"),
    ("Legal status", "cases:legal"),
)
AFTER = (("Minutes", "cases:work"),)


def names_shown(request: HttpRequest) -> bool:
    """Whether this session wants names on its screen. At first it does not: others may be looking."""
    return bool(request.session.get(NAMES))


def frame(
    request: HttpRequest,
    case: Case,
    here: str,
    as_at: dt.datetime | None = None,
    status: Status | None = None,
) -> dict[str, Any]:
    """The context that ``cases/frame.html`` needs. ``here`` is the URL name of the page.

    A page that shows the past gives ``as_at``: a banner then says so. The day that
    was asked for goes with every link of the navigation; a page that knows only
    the present says that it does not show that day. ``status``: of that moment, where the page knows it.
    """
    user: User = request.user  # type: ignore[assignment]  # views of a case require somebody
    status = status or selectors.current(case, as_at)
    shown = names_shown(request)
    named = [f"{p.get_side_display()}: {p.name}" for p in selectors.parties(case, as_at)] if shown else []
    others = [(p.name or p.title, p.page) for p in panels(user, case) if p.page]
    wanted = as_at or selectors.moment_asked(request)
    asked = f"?as_at={timezone.localdate(wanted).isoformat()}" if wanted else ""
    return {
        "case": case,
        "as_at": as_at,
        "as_at_query": asked,
        "only_today": wanted if as_at is None else None,
        "names_shown": shown,
        "bar": {
            "title": f"Case {case.reference}",
            "facts": named,
            "tags": [status.get_name_display()] if status else [],
        },
        "places": [
            {
                "text": text,
                "href": reverse(name, args=[case.key]) + asked,
                "current": name == here,
            }
            for text, name in (*BEFORE, *others, *AFTER)
        ],
    }
