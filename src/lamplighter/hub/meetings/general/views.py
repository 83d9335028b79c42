"""The pages of general business: an item is added, minuted, struck out, done. Nothing of a case is here."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from lamplighter.hub.access import moment
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.design import actions
from lamplighter.hub.meetings import permissions, presenters
from lamplighter.hub.meetings import selectors as meetings
from lamplighter.hub.meetings.general import forms, selectors, services
from lamplighter.hub.meetings.general import presenters as shown
from lamplighter.hub.meetings.models import Business


@shows("meetings")
@require(permissions.may_work_on_cases)
def add(request: HttpRequest, meeting: uuid.UUID) -> HttpResponse:
    """Put an item on the agenda that is of no case."""
    found = meetings.meeting(meeting)
    return actions.page(
        request,
        "meetings/business_add.html",
        forms.ItemForm(actions.posted(request)),
        lambda given: services.add_item(who(request), found, given["words"]),
        {"meeting": presenters.meeting(found, moment.now())},
        done="It is on the agenda.",
        to=lambda made: ("meetings:business", found.key, made.key),
    )


@shows("meetings")
@require(permissions.may_see_cases)
def item(request: HttpRequest, meeting: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show an item and what was said on it, and add to it."""
    user, found, now = who(request), meetings.meeting(meeting), moment.now()
    about = selectors.row(found, row)
    if about.item_id is not None:
        raise Http404
    writes = permissions.may_work_on_cases(user) and not (found.agreed_at or found.cancelled_at)
    if request.method == "POST" and not permissions.may_work_on_cases(user):
        raise Http404
    form = forms.SayForm(actions.posted(request))

    def context() -> dict[str, Any]:
        said = [one for one in selectors.of(found) if one.item_id == about.pk]
        return {
            "meeting": presenters.meeting(found, now),
            "item": shown.line(about, user, now),
            "lines": [shown.line(one, user, now) for one in said],
            "writes": writes and about.struck_at is None,
        }

    return actions.page(
        request,
        "meetings/business.html",
        form,
        lambda given: services.say(
            user,
            about,
            given["kind"],
            given["words"],
            key=form.key(),
            doer=given["doer"],
            due_on=given["due"],
            evidence=given["evidence"],
        ),
        context,
        done=lambda made: f"{made.get_kind_display()} saved.",
        to=("meetings:business", found.key, about.key),
    )


@shows("meetings")
@require(permissions.may_work_on_cases)
def strike(request: HttpRequest, meeting: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Strike out what should not stand where everybody reads it."""
    user, found = who(request), meetings.meeting(meeting)
    about = selectors.row(found, row)
    if not services.may_strike(user, about):
        raise Http404
    return actions.page(
        request,
        "meetings/business_strike.html",
        forms.StrikeForm(actions.posted(request)),
        lambda given: services.strike(user, about, given["why"]),
        {"meeting": presenters.meeting(found, moment.now()), "line": shown.line(about, user, moment.now())},
        done="Struck out.",
        to=("meetings:business", found.key, _item_of(about).key),
    )


@shows("meetings")
@require(permissions.may_work_on_cases)
def done(request: HttpRequest, meeting: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Say that what was asked for is done, and what shows it."""
    user, found = who(request), meetings.meeting(meeting)
    about = selectors.row(found, row)
    if not services.may_finish(user, about):
        raise Http404
    return actions.page(
        request,
        "meetings/business_done.html",
        forms.FinishForm(actions.posted(request)),
        lambda given: services.finish(user, about, given["outcome"]),
        {"meeting": presenters.meeting(found, moment.now()), "line": shown.line(about, user, moment.now())},
        done="Done.",
        to=("meetings:business", found.key, _item_of(about).key),
    )


def _item_of(row: Business) -> Business:
    return row.item or row
