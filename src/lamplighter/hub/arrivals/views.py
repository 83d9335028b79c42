"""The reports of a case: what happened, when, what it was recorded as, for everybody on the case."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import may_see_cases, require
from lamplighter.hub.arrivals import presenters, selectors, services
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.permissions import may_work_on_cases
from lamplighter.hub.patterns import hooks


@shows("shared", "own")
@require(may_see_cases)
def reports(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    unread = {str(r.key) for r in selectors.unread(who(request), case)} if as_at is None else set()
    found = selectors.reports(case, as_at)
    beside = hooks.beside_reports([r.report_key for r in found], as_at)
    context = frame(request, case, "arrivals:reports", as_at) | {
        "rows": presenters.rows(found, who(request), unread, beside),
        "may": may_work_on_cases(request.user) and as_at is None,
        "unread": len(unread),
    }
    return render(request, "arrivals/reports.html", context)


@shows("shared", "own")
@require(may_see_cases)
@require_POST
def read(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say that one has read what is new."""
    case = cases.open_case(key)
    services.read(who(request), case)
    messages.success(request, "Saved. The new reports are off your list.")
    return redirect("arrivals:reports", case.key)
