from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.accounts import permissions


@permissions.require(permissions.may_report)
def new_report(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/new.html")


@permissions.require(permissions.may_see_imports)
def history(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/history.html")
