"""Requests for personal data on the work list: the answer that is due, and the items to decide about."""

from __future__ import annotations

from django.db.models import Count
from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.rights import permissions, selectors
from lamplighter.hub.rights.models import SubjectRequest
from lamplighter.reporting.words import count, day

MOST = 50


def notices(user: User, team: bool) -> list[Notice]:
    """A request looks the same whether or not anything is held: nobody learns it from this list."""
    if not permissions.may_handle(user):
        return []
    return [*_requests(user, team), *_items(user), *_late(user)]


def _requests(user: User, team: bool) -> list[Notice]:
    rows = SubjectRequest.objects.filter(owner=user.agency_id, answered_at=None).select_related("by")
    if not team:
        rows = rows.filter(by=user)
    return [
        Notice(
            text="Answer a request for personal data",
            why=f"Received on {day(row.received_on)}. {_owners(row)} The law gives until {day(row.due_on)}.",
            due_at=end_of(row.due_on),
            href=reverse("rights:request", args=[row.key]),
            whose=_whose(row, user),
        )
        for row in rows.order_by("due_on", "pk")[:MOST]
    ]


def _owners(row: SubjectRequest) -> str:
    if row.collected_at is None:
        return "The records are looked through within ten minutes; then their owners have time to decide."
    return (
        f"The owners of records decide until {day(row.decide_by)}; the answer can be made from the day after "
        "that."
    )


def _whose(row: SubjectRequest, user: User) -> str:
    if row.by_id == user.pk:
        return "Assigned to you: you took it in"
    return f"Taken in by {row.by.display_name}" if row.by else "Anyone in your team"


def _items(user: User) -> list[Notice]:
    """One line for all that must be decided by the same day; what is late is withheld and not shown."""
    days = (
        selectors.undecided(user).order_by("decide_by").values_list("decide_by").annotate(number=Count("pk"))
    )
    return [
        Notice(
            text=f"Subject access request: {count(number, 'record')} to decide",
            why="Somebody asked what is held about them. Your agency owns these records. What "
            "nobody has decided by then is not given. That is a failure to answer and stays on this list.",
            due_at=end_of(until),
            href=f"{reverse('rights:items')}?by={until.isoformat()}",
            whose="Anyone in your team",
        )
        for until, number in days[:MOST]
    ]


def _late(user: User) -> list[Notice]:
    """One line for what the agency did not decide in time, until somebody does."""
    rows = list(selectors.late(user))
    if not rows:
        return []
    return [
        Notice(
            text=f"Decide {count(len(rows), 'record')} that nobody decided in time",
            why="Somebody asked what is held about them, and your agency decided nothing, so they got "
            "nothing. That is a failure to answer and no exemption: tell your data protection officer. "
            "What is given now, your agency sends to the person itself.",
            due_at=end_of(rows[0].decide_by),
            href=f"{reverse('rights:items')}?late",
            whose="Anyone in your team",
        )
    ]
