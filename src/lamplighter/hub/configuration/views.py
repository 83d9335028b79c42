"""The pages on what is in force. Nothing is changed here: files are, and the hub is restarted."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import may_see_configuration, require
from lamplighter.hub.configuration import presenters, selectors, services
from lamplighter.hub.intake.sources.selectors import sources


@shows("operations", "deliveries")
@require(may_see_configuration)
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Show each part: whose it is, and since when it is in force."""
    disk = selectors.on_disk()
    standings = selectors.standings(disk)
    warnings = presenters.warnings(standings)
    beside = [*selectors.strays(disk), *services.faults_of_mappings()]
    warnings["faults"] = [presenters.fault_line(f) for f in beside] + warnings["faults"]
    context = {
        "parts": [presenters.row(s) for s in standings],
        "mappings": [presenters.mapping(s) for s in sources()],
        "warnings": warnings,
    }
    return render(request, "configuration/parts.html", context)


@shows("operations")
@require(may_see_configuration)
@require_safe
def part(request: HttpRequest, name: str) -> HttpResponse:
    """Show what a part says, and its earlier versions."""
    standing = selectors.standing(name, selectors.on_disk())
    context = {
        "part": presenters.row(standing),
        "where": presenters.where(standing),
        "is_folder": standing.part.is_folder,
        "warnings": presenters.warnings([standing]),
        "sections": presenters.sections(standing, timezone.localdate()),
        "history": [presenters.version(v) for v in selectors.history(name)],
    }
    return render(request, "configuration/part.html", context)


@shows("operations")
@require(may_see_configuration)
@require_safe
def version(request: HttpRequest, name: str, key: uuid.UUID) -> HttpResponse:
    """Show what a part said once, and what that version changed."""
    standing = selectors.standing(name, selectors.on_disk())
    found = selectors.version(name, key)
    context = {"part": presenters.row(standing)} | presenters.one_version(
        standing, found, timezone.localdate()
    )
    return render(request, "configuration/version.html", context)
