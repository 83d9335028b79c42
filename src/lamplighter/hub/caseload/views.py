"""The coordinator's page, the rows behind each of its numbers, and the same rows as a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.accounts.permissions import may_see_cases, require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.caseload import figures, filters, published, selectors, tables

SIDES = ("shared", "police", "health", "advocacy", "warning")
A_PAGE = 50


@shows(*SIDES)
@require(may_see_cases)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show how many cases there are, whose, how long things took, and what is late."""
    user, now = who(request), timezone.now()
    found = selectors.caseload(now)
    page_access.at("caseload.index_seen", "caseload", rows=len(found.cases))
    since = selectors.since_a_year(now)
    spent = selectors.spent(user, since)
    costs = user.role == Role.COORDINATOR and user.agency is not None and user.agency.kind == Agency.Kind.HUB
    context = figures.page(found, user) | {
        "spent": figures.time_spent(spent),
        "all_spent": figures.all_time(spent),
        "costs": costs,
        "published": published.figures(user, since),
        "totals": [
            {
                "name": tables.activity(activity),
                "hours": figures.hours(minutes),
                "minutes": minutes,
            }
            for activity, minutes, _ in (selectors.totals(since) if costs else [])
        ],
    }
    return render(request, "caseload/index.html", context)


@shows(*SIDES)
@require(may_see_cases)
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases that a number counts."""
    return _page(request, "Cases", *_cases(request))


@shows(*SIDES)
@require(may_see_cases)
@require_GET
def cases_file(request: HttpRequest) -> HttpResponse:
    """Give the same cases as a file."""
    return _file(request, "cases", _cases(request)[0])


@shows(*SIDES)
@require(may_see_cases)
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """List the overdue tasks that a number counts."""
    return _page(request, "Overdue tasks", *_tasks(request))


@shows(*SIDES)
@require(may_see_cases)
@require_GET
def tasks_file(request: HttpRequest) -> HttpResponse:
    """Give the same tasks as a file."""
    return _file(request, "overdue-tasks", _tasks(request)[0])


@shows(*SIDES)
@require(may_see_cases)
@require_GET
def time(request: HttpRequest) -> HttpResponse:
    """List the entries of time of one's own agency that a number counts."""
    return _page(request, "Time spent", *_time(request))


@shows(*SIDES)
@require(may_see_cases)
@require_GET
def time_file(request: HttpRequest) -> HttpResponse:
    """Give the same entries as a file."""
    return _file(request, "time-spent", _time(request)[0])


Found = tuple[tables.Table, Any, list[str]]


def _cases(request: HttpRequest) -> Found:
    try:
        asked = filters.cases(request.GET.dict())
    except filters.UnknownFilterError:
        raise Http404 from None
    found = selectors.caseload(timezone.now())
    return tables.of_cases(asked.apply(found), found), asked, figures.titles(asked, found)


def _tasks(request: HttpRequest) -> Found:
    asked, found = filters.tasks(request.GET.dict()), selectors.caseload(timezone.now())
    return tables.of_tasks(asked.apply(found), found), asked, figures.titles(asked, found)


def _time(request: HttpRequest) -> Found:
    asked = filters.time(request.GET.dict())
    spent = selectors.spent(who(request), selectors.since_a_year(timezone.now()))
    return tables.of_time(asked.apply(spent)), asked, figures.titles(asked)


def _page(request: HttpRequest, title: str, table: tables.Table, asked: Any, told: list[str]) -> HttpResponse:
    shown = [[tables.on_a_page(cell) for cell in row] for row in table.cells]
    rows = list(zip(shown, table.links, table.cases, strict=True))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    page_access.among("caseload", cases={case for _, _, case in page.object_list})
    query = asked.query()
    context = {
        "title": title,
        "told": told,
        "total": len(rows),
        "columns": table.columns,
        "rows": page.object_list,
        "file": f"{request.path}.csv?{query}",
        "newer": f"?{query}&page={page.number - 1}" if page.has_previous() else "",
        "older": f"?{query}&page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "caseload/rows.html", context)


def _file(request: HttpRequest, name: str, table: tables.Table) -> HttpResponse:
    page_access.among("caseload", cases=set(table.cases))
    rows = len(table.cells)
    audit.record(who(request), "caseload.exported", "caseload", operation=Operation.DISCLOSURE, rows=rows)
    response = HttpResponse(table.csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
