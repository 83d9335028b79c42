"""The list of unsure matches, and deciding about one of them in place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import encryption, permissions
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.clerical_review import forms, unsure_matches, unsure_presenters
from lamplighter.hub.design import actions
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.links import addresses
from lamplighter.hub.people.models import Link

A_PAGE = 10


@shows("records", "shared")
@permissions.require(permissions.may_decide_links)
def unsure_list(request: HttpRequest) -> HttpResponse:
    waiting = unsure_matches.waiting()
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    rows = unsure_presenters.items(list(page.object_list))
    for number, row in enumerate(rows):
        # The same fields several times on one page: each has an id of its own.
        row["form"] = forms.LinkForm(auto_id=f"id_{number}_%s")
    page_access.at("people.unsure_seen", "unsure matches", found=len(waiting))
    here = reverse("people:unsure")
    context = {
        "rows": rows,
        "total": len(waiting),
        "page": page,
        "newer": f"{here}?page={page.number - 1}",
        "older": f"{here}?page={page.number + 1}",
    }
    return render(request, "people/unsure.html", context)


@shows("records", "shared")
@permissions.require(permissions.may_decide_links)
def decide(request: HttpRequest, address: str) -> HttpResponse:
    """One unsure match by itself, and the decision about it."""
    try:
        pair = addresses.pair_at(address)
        # As the wall lets this person read: a pair that they may not read was never there.
        Link.objects.get(pk=pair)
    except (encryption.NotOpenedError, Link.DoesNotExist):
        raise Http404 from None
    found = unsure_matches.one(*pair)
    rows = unsure_presenters.items([found] if found else [])
    if not rows:
        messages.info(request, "Somebody has decided about these records. Read what was decided.")
        return redirect("people:link", address)

    def context() -> dict[str, Any]:
        page_access.at("people.link_seen", f"link {addresses.name_of(address)}")
        return {"row": rows[0]}

    return actions.page(
        request,
        "people/unsure_one.html",
        forms.LinkForm(request.POST or None),
        lambda v: patterns.decide_link(who(request), v["kind"], [pair], v["reason"]),
        context,
        done="Decision saved. The patterns have been worked out again.",
        to=("people:unsure",),
    )
