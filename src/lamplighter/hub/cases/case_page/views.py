"""A case: its page, its history, the switch for names, and the way to a past day."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import forms, hooks, permissions, presenters, selectors
from lamplighter.hub.cases.case_page import timeline
from lamplighter.hub.cases.case_page.frame import NAMES, frame, names_shown
from lamplighter.hub.cases.panels import panels
from lamplighter.hub.cases.referrals import open_cases

RECENT = 10
NEXT = 6
A_PAGE = 25
ANY_SIDE = ("shared", "police", "health", "advocacy", "warning", "vault")


@shows(*ANY_SIDE, look="cases.seen")
@require(permissions.may_see_cases)
def case(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    status, people = selectors.current(found, as_at), selectors.parties(found, as_at)
    dates = selectors.next_dates(found, as_at, NEXT + 1)
    shown = panels(who(request), found) if status else ()
    since = hooks.visited(who(request), found) if status and not as_at else None
    leads = selectors.lead_workers(found, as_at)
    context = frame(request, found, "cases:case", as_at, status, leads, dates, people)
    context |= {
        "status": status,
        "people": [presenters.person(p) for p in people],
        "elsewhere": presenters.elsewhere(found, people, as_at),
        "again": open_cases.reasons(found, as_at),
        "facts": presenters.facts(found, status, as_at),
        "referral": selectors.referral(found, as_at),
        "agencies": presenters.agencies(found, as_at, leads),
        "since": since,
        "added": presenters.history(since.entries[:RECENT], found, who(request)) if since else [],
        "may_add": permissions.may_work_on_cases(request.user) and bool(status) and not as_at,
        "dates": [presenters.due(c, as_at) for c in dates[:NEXT]],
        "more_dates": len(dates) > NEXT,
        "panels": [(p, p.lines(who(request), found, as_at)) for p in shown],
        "entries": presenters.history(
            selectors.entries(found, as_at)[:RECENT],
            found,
            who(request),
            context["as_at_query"],
            as_at,
        ),
        "actions": presenters.actions(who(request), found, status) if status and not as_at else [],
        "as_at_form": forms.AsAtForm(),
    }
    return render(request, "cases/case.html", context)


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def history(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    kinds = selectors.kinds(found, as_at)
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    page = Paginator(selectors.entries(found, as_at, kind), A_PAGE).get_page(request.GET.get("page"))
    context = frame(request, found, "cases:history", as_at)
    here = reverse("cases:history", args=[found.key])
    day = f"as_at={context['as_at_query'][7:]}&" if as_at else ""
    context |= {
        "kinds": [
            {
                "text": presenters.kind_title(k) if k else "Everything",
                # Some kinds are called like a page of the navigation.
                "hidden": " in the history",
                "href": f"{here}?{day}kind={k}",
                "current": k == kind,
            }
            for k in ["", *kinds]
        ],
        "page": page,
        "newer": f"{here}?{day}kind={kind}&page={page.number - 1}",
        "older": f"{here}?{day}kind={kind}&page={page.number + 1}",
        "entries": presenters.history(page, found, who(request), context["as_at_query"], as_at),
    }
    return render(request, "cases/history.html", context)


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def whole(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everything on the case that this person may see, on one line; ``?kind=`` shows one topic of it."""
    found = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    context = frame(request, found, "cases:timeline", as_at)
    query = context["as_at_query"]
    items = timeline.items(who(request), found, as_at, query)
    topics = timeline.topics(items)
    kind = request.GET.get("kind", "")
    kind = kind if kind in topics else ""
    page = Paginator([i for i in items if kind in ("", i.topic)], A_PAGE).get_page(request.GET.get("page"))
    here = reverse("cases:timeline", args=[found.key]) + (f"{query}&" if query else "?")
    context |= {
        "kinds": [
            {
                "text": timeline.TOPICS.get(topic, "Everything"),
                # Some topics are called like a tab of the case.
                "hidden": " on the timeline",
                "href": f"{here}kind={topic}",
                "current": topic == kind,
            }
            for topic in ["", *topics]
        ],
        "page": page,
        "newer": f"{here}kind={kind}&page={page.number - 1}",
        "older": f"{here}kind={kind}&page={page.number + 1}",
        "entries": timeline.lines(list(page.object_list), found, who(request), query, as_at),
    }
    return render(request, "cases/timeline.html", context)


@shows()
@require_POST
@require(permissions.may_see_cases)
def names(request: HttpRequest) -> HttpResponse:
    """Show or hide names on this session's screen, and go back to where one was."""
    request.session[NAMES] = not names_shown(request)
    try:
        back = reverse("cases:case", args=[uuid.UUID(request.POST.get("case", ""))])
    except ValueError:
        back = reverse("cases:list")
    return redirect(back)


@shows("shared")
@require(permissions.may_see_cases)
def as_at(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """From the three boxes of a date to the address of that day."""
    found = selectors.open_case(key)
    form = forms.AsAtForm(request.GET if "day_day" in request.GET else None)
    if form.is_valid():
        return redirect(f"{reverse('cases:case', args=[found.key])}?as_at={form.iso()}")
    context = frame(request, found, "cases:as_at") | {"form": form}
    return render(request, "cases/as_at.html", context, status=422 if form.errors else 200)
