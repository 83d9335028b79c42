"""The calendar file of a meeting (RFC 5545). It says when, and nothing about anybody.

Calendars are shared, printed and shown on locked telephones. So the file has a neutral title, an id that
leads to no page, times in UTC, no organiser, nobody who is asked, and the place only where whoever planned it
said so. A later version has a higher SEQUENCE; a meeting that is called off is a CANCEL of the same id.
"""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar, Event, vCalAddress
from icalendar.prop import vDatetime

from lamplighter.hub.meetings.models import Meeting

TITLE = "Meeting"
# Required of a published event (RFC 5546); the usual way to name nobody.
NOBODY = "invalid:nomail"
CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar_file(*meetings: Meeting) -> bytes:
    """Return the file that calendars open: for a download, or for a message to attach.

    Several meetings are a series, or one: all of them stand, or all are called off.
    """
    made = Calendar()
    made.add("prodid", "-//Calendar//EN")
    made.add("version", "2.0")
    made.add("method", "CANCEL" if meetings[0].cancelled_at is not None else "PUBLISH")
    for meeting in meetings:
        made.add_component(_event(meeting))
    return bytes(made.to_ical())


def _event(meeting: Meeting) -> Event:
    event = Event()
    event.add("uid", str(meeting.uid))
    event.add("sequence", meeting.sequence)
    for name, at in (
        ("dtstamp", meeting.changed_at),
        ("dtstart", meeting.starts_at),
        ("dtend", meeting.ends_at),
    ):
        event[name] = vDatetime(at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("summary", TITLE)
    event.add("status", "CANCELLED" if meeting.cancelled_at is not None else "CONFIRMED")
    event.add("class", "PRIVATE")
    event["organizer"] = vCalAddress(NOBODY)
    if meeting.place_told and meeting.place:
        event.add("location", meeting.place)
    return event


def file_name(meeting: Meeting) -> str:
    """Return a name that says the day and nothing else."""
    return f"meeting-{meeting.starts_at.astimezone(dt.UTC):%Y-%m-%d}.ics"
