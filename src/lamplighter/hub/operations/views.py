"""The page that says how the service stands, and puts failed work back into the queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.operations import checks, presenters, selectors, services
from lamplighter.hub.site.refusals import NotPossibleError


@shows("operations")
@permissions.require(permissions.may_see_service)
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Show whether everything runs, what waits, what failed, and the copies there are."""
    found = checks.running()
    context = {
        "answer": presenters.answer(found),
        "findings": presenters.findings(found),
        "failed": selectors.work("failed"),
        "now": selectors.work("doing"),
        "waiting": selectors.waiting(),
        "copies": presenters.copies(selectors.copies()),
    }
    return render(request, "operations/status.html", context)


@shows()
@permissions.require(permissions.may_run_service)
@require_POST
def try_again(request: HttpRequest, job: int) -> HttpResponse:
    """Put one failed job back into the queue."""
    try:
        services.try_again(who(request), job)
    except NotPossibleError as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, "It is back in the queue.")
    checks.forget()
    return redirect("operations:status")
