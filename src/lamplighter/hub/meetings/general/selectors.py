"""Reading general business: its items, what was said on each, and what was agreed and is not done."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404

from lamplighter.hub.meetings.models import Business, Meeting


def rows() -> QuerySet[Business]:
    """Return every row with the people and agencies that its pages name."""
    return Business.objects.select_related("by", "agency", "doer__agency", "done_by", "meeting", "item")


def of(meeting: Meeting) -> list[Business]:
    """Return the rows of a meeting, as they were written: items, and what was said on them."""
    return list(rows().filter(meeting=meeting).order_by("at", "pk"))


def row(meeting: Meeting, key: uuid.UUID) -> Business:
    """Return one row of a meeting, or "not found"."""
    found = rows().filter(meeting=meeting, key=key).first()
    if found is None:
        raise Http404
    return found


def not_done() -> QuerySet[Business]:
    """Return what somebody was asked to do and has not done, in any meeting that took place."""
    asked = rows().exclude(doer=None).filter(done_at=None, struck_at=None, meeting__cancelled_at=None)
    return asked.order_by("due_on", "pk")


def carried_over(meeting: Meeting) -> list[Business]:
    """Return what meetings before this one asked for and nobody has done."""
    return list(not_done().filter(meeting__starts_at__lt=meeting.starts_at)[:100])
