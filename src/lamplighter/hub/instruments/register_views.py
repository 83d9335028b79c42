"""The register: every instrument that the hub has, and the licences that it holds."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.design import actions
from lamplighter.hub.instruments import forms, library, permissions, services, wording

HOME = "instruments_register:register"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@shows("instruments")
@require(permissions.may_see_licences)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show each version with its dates and what forbids its use, and each licence."""
    today = timezone.localdate()
    refused = library.refusals(today)
    rows = [
        {"one": one, "faults": refused.get(key, []), "in_force": one.in_force(today)}
        for key, one in sorted(library.every().items(), key=lambda pair: (pair[1].title, pair[1].valid_from))
    ]
    held = {row.pk for row in library.licences(today)}
    titles = {one.code: one.title for one in library.every().values()}
    licences = [
        {"row": row, "title": titles.get(row.code, row.code), "holds": row.pk in held}
        for row in library.licences()
    ]
    return render(request, "instruments/register.html", {"rows": rows, "licences": licences})


@shows("instruments")
@require(permissions.may_see_licences)
def licence(request: HttpRequest) -> HttpResponse:
    """Record a licence."""
    licensed = {one.code: one.title for one in library.every().values() if one.licensed}
    form = forms.LicenceForm(
        actions.posted(request),
        choices=sorted(licensed.items(), key=lambda pair: pair[1]),
    )

    def do(given: dict[str, Any]) -> Any:
        return services.record_licence(who(request), **given)

    return actions.page(request, "instruments/licence.html", form, do, done="Licence recorded.", to=(HOME,))


@shows("instruments")
@require(permissions.may_read_wording)
@require_safe
def questions(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """Give the questions of an open instrument as a workbook, for whoever reviews the wording."""
    one = library.every().get((code, version))
    if one is None or one.licensed or not one.usable:
        raise Http404
    made = HttpResponse(wording.reviewed([one], timezone.now()), content_type=XLSX)
    made["Content-Disposition"] = f'attachment; filename="{one.code}-{one.version}.xlsx"'
    return made
