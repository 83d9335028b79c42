"""The search in the header of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import presenters as case_presenters
from lamplighter.hub.cases.referrals import selectors as listing
from lamplighter.hub.design import actions
from lamplighter.hub.search import finding, forms, presenters, terms


@shows("shared", "records")
@permissions.require(permissions.may_search)
def search(request: HttpRequest) -> HttpResponse:
    """Find cases, patterns, people and reports. What was typed is in no address, log or history."""
    form = forms.SearchForm(actions.posted(request))
    context: dict[str, Any] = {"form": form, "asked": False}
    if form.is_valid():
        context |= _found(request, form.cleaned_data["term"])
    return render(request, "search/search.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, typed: str) -> dict[str, Any]:
    user, term = who(request), terms.read(typed)
    cases = finding.cases(term) if permissions.may_see_cases(user) else []
    ask = listing.signpost(term.text) if term.words and not listing.as_reference(term.text) else ""
    more = {"case"} if len(cases) > finding.MOST else set()
    cases = cases[: finding.MOST]
    numbers = {"case": len(cases)}
    context: dict[str, Any] = {
        "asked": True,
        "cases": case_presenters.rows([listing.Listed(case, None) for case in cases], names=True),
        "ask": ask,
        "sees_records": permissions.may_see_patterns(user),
    }
    if permissions.may_see_patterns(user):
        held = finding.records(term)
        more |= held.more
        numbers |= {
            "pattern": len(held.patterns),
            "person": len(held.people),
            "report": len(held.reports),
        }
        context |= {
            "patterns": presenters.patterns(held.patterns),
            "people": presenters.people(held.people),
            "reports": presenters.reports(held.reports),
        }
    counts = {f"{noun}s": n for noun, n in numbers.items()}
    page_access.at("search.asked", "search", **counts, **page_access.own_name(user, typed))
    return context | {"answer": presenters.answer(numbers, more), "more": more}
