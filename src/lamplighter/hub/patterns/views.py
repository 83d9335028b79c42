from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.accounts import permissions


@permissions.require(permissions.may_see_patterns)
def pattern_list(request: HttpRequest) -> HttpResponse:
    return render(request, "patterns/list.html", {"title": "Patterns to decide", "rows": []})
