"""Put meetings that are near on the work list of those who are asked, and minutes to agree on the chair's."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.notices import Notice
from lamplighter.hub.meetings import presenters, selectors
from lamplighter.hub.meetings.models import Meeting
from lamplighter.hub.meetings.services import called

AHEAD = dt.timedelta(days=7)
LONG_AGO = dt.timedelta(days=92)


def notices(user: User, team: bool) -> list[Notice]:
    """Return the meetings of the next days that this person is asked to, and those whose minutes wait for
    them."""
    if team:
        return []
    now = moment.now()
    rows = Meeting.objects.filter(
        cancelled_at=None, agreed_at=None, starts_at__gt=now - LONG_AGO, starts_at__lt=now + AHEAD
    )
    found = []
    for meeting in rows.select_related("chair").order_by("starts_at", "pk"):
        href = reverse("meetings:meeting", args=[meeting.key])
        if meeting.ends_at >= now and selectors.is_invited(user, meeting):
            text = f"Come to the {called(meeting)}"
            when = presenters.when(meeting)
            found.append(Notice(text, when, meeting.starts_at, href, "Your agency is asked"))
        elif meeting.ends_at < now and meeting.chair_id == user.pk:
            text = f"Agree the minutes: {called(meeting)}"
            why = "You chaired it. Until they are agreed the minutes are a draft."
            found.append(Notice(text, why, meeting.ends_at + AHEAD, href, "Assigned to you"))
    return found
