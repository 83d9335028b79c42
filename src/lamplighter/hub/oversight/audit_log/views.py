"""The auditor's pages, and who looked at a case for those who answer for it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import may_see_activity, require
from lamplighter.hub.audit.access_log import anomalies, page_access
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.selectors import open_case
from lamplighter.hub.design import actions
from lamplighter.hub.oversight.audit_log import case_access, forms, selectors
from lamplighter.hub.oversight.permissions import may_keep_off as may_see_looks


@shows("audit")
@require(may_see_activity)
def events(request: HttpRequest) -> HttpResponse:
    """Everything done and seen, newest first. Asked by POST: what is looked for stays out of addresses."""
    form = forms.EventsForm(request.POST or None)
    valid = request.method == "POST" and form.is_valid()
    asked = form.asked() if valid else selectors.Asked()
    rows, more = selectors.events(asked)
    by = sorted(name for name, value in form.cleaned_data.items() if value) if valid else []
    page_access.at("audit.events_seen", "audit trail", fields=by, rows=len(rows))
    context = {
        "form": form,
        "rows": selectors.lines(rows),
        "older": rows[-1].pk if more else None,
        "asked": bool(by),
        "typed": {name: request.POST.getlist(name) for name in request.POST if name in _sent(form)},
        "checkpoint": selectors.last_checkpoint(),
    }
    return render(request, "audit/events.html", context, status=422 if form.errors else 200)


def _sent(form: forms.EventsForm) -> set[str]:
    dates = {f"{name}_{part}" for name in ("since", "until") for part in ("day", "month", "year")}
    return ({*form.fields} | dates) - {"before", "since", "until"}


@shows("oversight")
@require(may_see_activity)
def unusual_access(request: HttpRequest) -> HttpResponse:
    page_access.at("audit.unusual_list_seen", "unusual access")
    context = {
        "waiting": selectors.unusual(True),
        "total": selectors.unusual_waiting(),
        "closed": selectors.unusual(False),
        "config": anomalies.config(),
    }
    return render(request, "audit/unusual.html", context)


@shows("oversight", "audit")
@require(may_see_activity)
def one_unusual(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.one_unusual(key)

    def context() -> dict[str, Any]:
        asked = selectors.Asked(people=[found.user], case_id=found.case_id, since=found.day, until=found.day)
        rows, more = selectors.events(asked)
        page_access.at("audit.unusual_seen", f"unusual {found.key}")
        return {"one": found, "rows": selectors.lines(rows), "more": more}

    return actions.page(
        request,
        "audit/one_unusual.html",
        forms.CloseForm(request.POST or None),
        lambda v: anomalies.close(request.user, found, v["finding"], v["words"]),
        context,
        done="Closed. What you found is saved with it.",
        to=("audit:unusual",),
    )


@shows("shared", look="audit.looks_seen")
@require(may_see_looks)
def looked(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """List who looked at this case: for coordinators, and for stalking leads of an agency on it."""
    case = open_case(key)
    rows = case_access.at_case(case)
    context = frame(request, case, "looks:looked") | {"rows": case_access.by_day(rows)}
    return render(request, "audit/looked.html", context)
