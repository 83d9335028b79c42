from __future__ import annotations

import errno
import sys
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts import permissions
from lamplighter.hub.design import navigation
from lamplighter.hub.site import logs

START_PAGES = (
    (permissions.may_see_cases, "clocks:mine"),
    (permissions.may_see_activity, "audit:events"),
    (permissions.may_manage_accounts, "accounts:people"),
    (permissions.may_see_imports, "intake:history"),
)


@shows()
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the page where this person's work is."""
    for permission, name in START_PAGES:
        if permission(request.user):
            return HttpResponseRedirect(reverse(name))
    # A role without casework starts where its first entry leads, if it has any.
    if entries := navigation.entries(request.user):
        return HttpResponseRedirect(entries[0].href)
    return render(request, "nothing_here.html")


@shows()
def more(request: HttpRequest) -> HttpResponse:
    """The places that the navigation has no room for, each with what it is for."""
    return render(request, "more.html", {"entries": navigation.more(request.user)})


def form_out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "400.html", status=400)


def refused(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "404.html", status=404)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault; where the database is away or a disk is full, that it is that."""
    number, fault = logs.request_id.get()[:12], sys.exc_info()[1]
    full = isinstance(fault, OSError) and fault.errno in {errno.ENOSPC, errno.EDQUOT}
    if full or isinstance(fault, OperationalError | InterfaceError):
        # Who it is would be asked of the database, and the page that says so would fail like the first.
        request.user = AnonymousUser()
        answer = render(request, "503.html", {"number": number, "full": full}, status=503)
        answer.headers["Retry-After"] = "30"
        return answer
    return render(request, "500.html", {"number": number}, status=500)
