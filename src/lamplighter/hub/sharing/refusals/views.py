"""The page on which one's own side records that something is not shared."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.design import actions
from lamplighter.hub.sharing import permissions
from lamplighter.hub.sharing.refusals import forms
from lamplighter.hub.sharing.refusals import services as refusing
from lamplighter.hub.sharing.views import HOME


@shows("shared", "police", "health", "advocacy")
@require(permissions.may_release)
def refuse(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record, for one's own side alone, that something is not shared, and why."""
    case = cases.open_case(key)
    user = who(request)
    if not cases.works_on(user, case):
        raise Http404
    found = refusing.reasons(user, timezone.localdate()).values()
    return actions.page(
        request,
        "sharing/refuse.html",
        forms.RefuseForm(request.POST or None, reasons=list(found)),
        lambda v: refusing.refuse(user, case, v["reason"], asked_by=v["asked_by"], words=v["words"]),
        lambda: frame(request, case, HOME),
        done="Saved. Only your own side can read it.",
        to=(HOME, case.key),
    )
