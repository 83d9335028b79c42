"""List for each person the drafts that they took in and nobody has confirmed yet."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.notices import Notice
from lamplighter.hub.messages import presenters, selectors
from lamplighter.hub.messages.models import Brought
from lamplighter.hub.victim_side.permissions import may_contact_victim

WITHIN = dt.timedelta(days=7)
"""Of the hub's own choosing: a draft is no incident, and nobody else sees it until it is confirmed."""


def notices(user: User, team: bool) -> list[Notice]:
    """Return what this person took in, until its drafts are confirmed or left out."""
    if team or not may_contact_victim(user):
        return []
    return [
        Notice(
            text="Answer the questions about what the victim brought"
            if row.state == Brought.State.ASKED
            else "Confirm the draft incidents from what the victim brought",
            why=f"{presenters.title(row)}. Nobody else sees incidents before. The time is this hub’s own.",
            due_at=row.at + WITHIN,
            href=reverse("brought:one", args=[row.case.key, row.key]),
            whose="You took it in",
            case=row.case.reference,
        )
        for row in selectors.waiting(user)
    ]
