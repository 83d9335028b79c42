"""Pages that link exhibits and incidents: on that of an exhibit, and on that of an incident."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.design import actions
from lamplighter.hub.evidence import forms, incidents, selectors, services

ANY_SIDE = ("shared", "police", "health", "advocacy", "warning")


@shows(*ANY_SIDE)
@require(permissions.may_work_on_cases)
def of_exhibit(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Choose the incidents that an exhibit shows."""
    user, case = who(request), cases.open_case(key)
    known = selectors.exhibit(case, row)
    form = forms.IncidentsForm.of(request.POST or None, incidents.choices(case), incidents.shown_by(known))

    def do(given: dict[str, Any]) -> int:
        added, taken = form.changes()
        services.link(user, case, [(known.exhibit, k) for k in taken], stands=False)
        return services.link(user, case, [(known.exhibit, k) for k in added]) + len(taken)

    return actions.page(
        request,
        "evidence/incidents.html",
        form,
        do,
        lambda: frame(request, case, "evidence:incidents") | {"known": known},
        done=_done,
        to=("evidence:exhibit", case.key, known.exhibit.key),
    )


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def of_incident(request: HttpRequest, key: uuid.UUID, report: uuid.UUID) -> HttpResponse:
    """Show the exhibits of an incident; whoever works on the case chooses them."""
    user, case = who(request), cases.open_case(key)
    incident = incidents.one(case, report)
    found = {k.exhibit.key: k for k in selectors.of_case(case)}
    linked = [k for k, known in found.items() if report in incidents.shown_by(known)]
    may = permissions.may_work_on_cases(user)
    data = request.POST if request.method == "POST" and may else None
    form = forms.ExhibitsForm.of(data, incidents.exhibit_choices(list(found.values())), linked)

    def do(given: dict[str, Any]) -> int:
        added, taken = form.changes()
        services.link(user, case, _pairs(found, taken, report), stands=False)
        return services.link(user, case, _pairs(found, added, report)) + len(taken)

    def context() -> dict[str, Any]:
        return frame(request, case, "evidence:incident") | {
            "incident": incidents.said(incident),
            "linked": [found[k] for k in linked],
            "may": may,
            "any": bool(found),
        }

    to = ("evidence:incident", case.key, report)
    return actions.page(request, "evidence/incident.html", form, do, context, done=_done, to=to)


def _pairs(found: Any, keys: Collection[uuid.UUID], report: uuid.UUID) -> list[tuple[Any, uuid.UUID]]:
    return [(found[k].exhibit, report) for k in keys if k in found]


def _done(changed: int) -> str:
    return "Saved." if changed else "Nothing was changed."
