"""Frame of every page of a case: the bar that names the case and no person, its tabs, its paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import presenters, selectors
from lamplighter.hub.cases.case_page import tabs
from lamplighter.hub.cases.models import Case, LeadWorker, Party, Status
from lamplighter.hub.cases.panels import bars
from lamplighter.hub.cases.participants import ages
from lamplighter.hub.clocks.models import Clock

NAMES = "case_names"


def names_shown(request: HttpRequest) -> bool:
    """Tell whether this session wants names on its screen. At first it does not: others may be looking."""
    return bool(request.session.get(NAMES))


def frame(
    request: HttpRequest,
    case: Case,
    here: str,
    as_at: dt.datetime | None = None,
    status: Status | None = None,
    leads: Mapping[str, LeadWorker] | None = None,
    dates: Sequence[Clock] | None = None,
    people: Sequence[Party] | None = None,
) -> dict[str, Any]:
    """The context that ``cases/frame.html`` needs. ``here`` is the URL name of the page.

    A page that shows the past gives ``as_at``: a banner then says so. The day that
    was asked for goes with every link of the navigation; a page that knows only
    the present says that it does not show that day. ``status``, ``leads``, ``dates`` and
    ``people`` (the lead workers, what is due, the next first, and the two people): of that moment, where the
    page has asked for them.
    """
    user: User = request.user  # type: ignore[assignment]  # views of a case require somebody
    page_access.case(case)
    status = status or selectors.current(case, as_at)
    shown = names_shown(request)
    people = selectors.parties(case, as_at) if people is None else people
    named = [f"{p.get_side_display()}: {p.name}" for p in people] if shown else []
    young = ages.of_people(people, as_at)
    leads = selectors.lead_workers(case, as_at) if leads is None else leads
    dates = selectors.next_dates(case, as_at, 1) if dates is None else dates
    more = bars(user, case, as_at)
    wanted = as_at or selectors.moment_asked(request)
    asked = f"?as_at={timezone.localdate(wanted).isoformat()}" if wanted else ""
    return {
        "case": case,
        "as_at": as_at,
        "as_at_query": asked,
        "only_today": wanted if as_at is None else None,
        "names_shown": shown,
        # On the overview, not in the bar, whose one line it would make two.
        "ages_unknown": ages.unknown(young) if status else "",
        "bar": {
            "title": f"Case {case.reference}",
            "tags": [status.get_name_display(), *more.tags, *ages.tags(young)] if status else [],
            "facts": [
                *(more.facts if status else []),
                *(presenters.bar(user, leads, dates, as_at) if status else []),
                *named,
            ],
        },
        **tabs.navigation(user, case, here, asked),
    }
