"""A person, a link, and taking a decision back.

These pages show what follows for patterns, so they ask the patterns' services
to decide; the services of this app know nothing of patterns.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import encryption, permissions
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.clerical_review import forms, presenters
from lamplighter.hub.design import actions
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people import selectors
from lamplighter.hub.people.links import addresses
from lamplighter.hub.people.links import presenters as link_explanations
from lamplighter.hub.people.models import Link
from lamplighter.reporting.charts.pictures import Picture


def _link(address: str) -> Link:
    try:
        return Link.objects.get(pk=addresses.pair_at(address))
    except (encryption.NotOpenedError, Link.DoesNotExist):
        raise Http404 from None


def _persons(found: Link) -> list[str]:
    """Who the two records are held to be, as the audit trail calls them."""
    return [f"person {p}" for p in selectors.person_of([found.left_record, found.right_record]).values()]


def _picture(found: Link) -> Picture:
    return link_explanations.picture(found, **presenters.thresholds())


@shows("records")
@permissions.require(permissions.may_see_people)
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    members = selectors.records_of([person_id]).get(person_id)
    if not members:
        moved = presenters.where_it_went(person_id)
        if not moved:
            raise Http404
        return render(request, "people/moved.html", {"person_id": person_id, "moved": moved}, status=410)
    page_access.at("people.seen", f"person {person_id}", records=len(members))
    return render(request, "people/person.html", presenters.person(person_id, members))


@shows("records")
@permissions.require(permissions.may_see_people)
def link(request: HttpRequest, address: str) -> HttpResponse:
    found = _link(address)
    if request.method == "POST" and not permissions.may_decide_links(request.user):
        return render(request, "403.html", status=403)

    def context() -> dict[str, Any]:
        page_access.at("people.link_seen", f"link {addresses.name_of(address)}")
        return presenters.link(found, _picture(found))

    pair = (found.left_record, found.right_record)
    return actions.page(
        request,
        "people/link.html",
        forms.LinkForm(request.POST or None),
        lambda v: patterns.decide_link(who(request), v["kind"], [pair], v["reason"]),
        context,
        done="Decision saved. The patterns have been worked out again.",
        to=("people:link", address),
    )


@shows("records")
@permissions.require(permissions.may_see_people)
def waterfall(request: HttpRequest, address: str) -> HttpResponse:
    found = _link(address)
    page_access.at("people.waterfall_seen", f"link {addresses.name_of(address)}")
    page_access.among("people", records=_persons(found))
    return HttpResponse(_picture(found).svg, content_type="image/svg+xml; charset=utf-8")


@shows("records")
@permissions.require(permissions.may_decide_links)
def undo(request: HttpRequest, act: uuid.UUID) -> HttpResponse:
    acts = selectors.acts_by_id([act])
    if not acts:
        raise Http404

    def context() -> dict[str, Any]:
        page_access.at("people.undo_seen", f"act {act}")
        return {"act": presenters.act(acts[0]), "back": presenters.after_undo(acts[0])}

    return actions.page(
        request,
        "people/undo.html",
        forms.ReasonForm(request.POST or None),
        lambda v: patterns.undo_link(who(request), act, v["reason"]),
        context,
        done="Decision undone, and the patterns are worked out again.",
        to=lambda _: (presenters.after_undo(acts[0]),),
    )
