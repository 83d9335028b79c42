"""The calendar file: it says when, and nothing about anybody. Read by a parser of its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from icalendar import Calendar

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.documents import invitations
from lamplighter.hub.meetings.models import Meeting
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.meetings.making import hub, plan

pytestmark = pytest.mark.django_db

PLACE = "Room 4; Civic Centre, " + "Long Corridor " * 6 + "ŵ"


def event_of(content: bytes) -> tuple[Calendar, dict]:
    made = Calendar.from_ical(content)
    (event,) = made.walk("VEVENT")
    return made, event


def downloaded(user: User, meeting: Meeting) -> bytes:
    answer = telling.browser(user).get(f"/meetings/{meeting.key}/calendar", secure=True)
    assert answer.status_code == 200
    assert answer["Content-Type"] == invitations.CONTENT_TYPE
    assert str(meeting.key) not in answer["Content-Disposition"]
    return answer.content


def test_it_says_when_in_utc_and_nothing_about_anybody() -> None:
    h = hub()
    starts = timezone.make_aware(dt.datetime(2030, 7, 3, 10))
    meeting = plan(h.coordinator, starts, place=PLACE)
    content = downloaded(h.advocate, meeting)
    made, event = event_of(content)
    assert (str(made["METHOD"]), str(event["STATUS"])) == ("PUBLISH", "CONFIRMED")
    assert event["DTSTART"].dt == dt.datetime(2030, 7, 3, 9, tzinfo=dt.UTC)
    assert event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(minutes=90)
    assert b"DTSTART:20300703T090000Z" in content
    assert (str(event["SUMMARY"]), int(event["SEQUENCE"])) == ("Meeting", 0)
    assert set(event) == {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS", "ORGANIZER"),
    }
    text = content.decode().lower()
    for word in ("lamplighter", "hub", "stalk", "reed", "force", "case", "ll-", "room", str(meeting.key)):
        assert word not in text, word
    # The uid leads to no page.
    assert str(event["UID"]) == str(meeting.uid) != str(meeting.key)


def test_its_lines_are_as_the_standard_says_and_the_place_is_there_only_where_it_was_said_so() -> None:
    h = hub()
    starts = timezone.now() + dt.timedelta(days=5)
    meeting = plan(h.coordinator, starts, place=PLACE.strip(), place_told=True)
    content = downloaded(h.officer, meeting)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in content.replace(b"\r\n", b"")
    _, event = event_of(content)
    assert str(event["LOCATION"]) == PLACE.strip()


def test_a_change_is_a_higher_sequence_of_the_same_id_and_the_end_of_it_a_cancel() -> None:
    h = hub()
    meeting = plan(h.coordinator, timezone.now() + dt.timedelta(days=5))
    later = meeting.starts_at + dt.timedelta(hours=1)
    with identity.as_person(h.coordinator):
        asked = {"chair": h.coordinator, "agencies": [making.agency("force-a")]}
        services.change(h.coordinator, meeting, starts_at=later, minutes=60, **asked)
    meeting.refresh_from_db()
    _, event = event_of(downloaded(h.officer, meeting))
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (str(meeting.uid), 1)
    with identity.as_person(h.coordinator):
        services.cancel(h.coordinator, meeting, "Nobody can come.")
    meeting.refresh_from_db()
    made, event = event_of(downloaded(h.officer, meeting))
    assert (str(made["METHOD"]), str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 2)
    assert "Nobody can come" not in downloaded(h.officer, meeting).decode()


def test_who_is_not_asked_gets_none() -> None:
    h = hub()
    meeting = plan(h.coordinator, timezone.now() + dt.timedelta(days=5))
    answer = telling.browser(h.outsider).get(f"/meetings/{meeting.key}/calendar", secure=True)
    assert answer.status_code == 404
