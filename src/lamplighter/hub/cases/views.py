from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import permissions, selectors
from lamplighter.hub.cases.framing import frame
from lamplighter.hub.cases.models import Entry, Party
from lamplighter.hub.cases.panels import panels


@shows("shared", "police", "health", "advocacy")
@require(permissions.may_see_cases)
def case(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.open_case(key)
    audit.consulted(request.user, "cases.seen", f"case {found.key}", case=found)
    context = frame(request, found, "cases:case") | {
        "parties": Party.objects.filter(case=found, replaced_at=None).order_by("side", "pk"),
        "entries": Entry.objects.filter(case=found).order_by("-happened_at", "-pk")[:50],
        "panels": [(panel, panel.lines(request.user, found, None)) for panel in panels(request.user)],
    }
    return render(request, "cases/case.html", context)
