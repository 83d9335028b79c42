"""Minutes: nothing is lost, nothing changes once they are agreed, nothing crosses the wall."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from html import unescape
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.meetings.models import Line, Meeting
from lamplighter.hub.my_work import services as finishing
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.services import safe_contact
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.meetings.making import Hub, hub, plan

pytestmark = pytest.mark.django_db


def page_of(case: Case, meeting: Meeting) -> str:
    return f"/cases/{case.key}/meetings/{meeting.key}"


def read(user: User, address: str) -> str:
    answer = telling.browser(user).get(address, secure=True)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def write(user: User, case: Case, meeting: Meeting, partition: str, words: str, **rest: Any) -> Line:
    with identity.as_person(user):
        return minutes.write(user, case, meeting, rest.pop("kind", "note"), partition, words, **rest)


def paper(user: User, meeting: Meeting, name: str = "minutes") -> str:
    answer = telling.browser(user).get(f"/meetings/{meeting.key}/{name}", secure=True)
    assert answer.status_code == 200
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


SIDES = {"coordinator": "shared", "officer": "police", "advocate": "advocacy", "clinician": "health"}


def each_on_their_side(h: Hub, meeting: Meeting) -> dict[str, str]:
    """A marked line of each side, and one for everybody of each; returns who may read which mark."""
    marks = {}
    for name, user in h.people().items():
        for partition in dict.fromkeys((SIDES[name], "shared")):
            mark = f"mark{name}{partition}"
            write(user, h.case, meeting, partition, f"Said: {mark}.")
            marks[mark] = partition
    return marks


def may(name: str, partition: str) -> bool:
    return partition == "shared" or SIDES[name] == partition


def test_each_reads_on_every_page_the_lines_of_their_side_and_of_everybody() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    marks = each_on_their_side(h, meeting)
    pages = [page_of(h.case, meeting), f"/cases/{h.case.key}/meetings"]
    pages += [f"/cases/{h.case.key}/timeline", f"/cases/{h.case.key}/history"]
    for name, user in h.people().items():
        for address in pages:
            text = read(user, address)
            found = {mark for mark in marks if mark in text}
            assert found == {mark for mark, partition in marks.items() if may(name, partition)}, address
    for address in (*pages, f"/meetings/{meeting.key}"):
        answer = telling.browser(h.outsider).get(address, secure=True)
        assert not any(mark in answer.content.decode() for mark in marks)


def test_the_full_paper_holds_what_its_reader_may_read_and_the_safe_one_no_word_of_another_side() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    marks = each_on_their_side(h, meeting)
    with identity.as_person(h.advocate):
        services.ask_for(h.advocate, h.case, "discussion", "Look again.")
        services.send_return(
            h.advocate, h.case, meeting, "advocacy", new="markadvocatereturn", did="", ask=""
        )
    with identity.as_person(h.officer):
        services.send_return(h.officer, h.case, meeting, "shared", new="markofficerreturn", did="", ask="")
    marks |= {"markadvocatereturn": "advocacy", "markofficerreturn": "shared"}
    safe = {mark for mark, partition in marks.items() if partition == "shared"}
    for name, user in h.people().items():
        full, every_side = paper(user, meeting), paper(user, meeting, "minutes-for-every-side")
        wanted = {mark for mark, partition in marks.items() if may(name, partition)}
        assert {mark for mark in marks if mark in full} == wanted
        assert {mark for mark in marks if mark in every_side} == safe
        for text in (full, every_side):
            assert "OFFICIAL-SENSITIVE" in text
            assert "Return before the meeting. What is new: markofficerreturn" in text
            assert "DRAFT" in text
        assert "Advocacy only" not in every_side
    assert "Force" not in paper(h.outsider, meeting).split("Who came")[1]


def test_agreed_minutes_say_their_version_and_are_no_draft() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    write(h.officer, h.case, meeting, "shared", "He was seen.")
    with identity.as_person(h.officer), pytest.raises(NotPossibleError, match="chairs"):
        services.agree(h.officer, meeting)
    client = telling.browser(h.coordinator)
    told = unescape(client.get(f"/meetings/{meeting.key}/agree", secure=True).content.decode())
    assert "1 line" in told
    assert client.post(f"/meetings/{meeting.key}/agree", {}, secure=True).status_code == 302
    meeting.refresh_from_db()
    text = paper(h.officer, meeting)
    assert "DRAFT" not in text
    assert "Version 1, agreed by the chair" in text
    write(h.officer, h.case, meeting, "shared", "It was a Tuesday.")
    text = paper(h.officer, meeting)
    assert "Version 2, agreed by the chair" in text
    assert "Added after the minutes were agreed. It was a Tuesday." in text


def test_nothing_changes_once_the_minutes_are_agreed_not_even_by_a_statement() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    line = write(h.officer, h.case, meeting, "shared", "He was seen.")
    with identity.as_person(h.coordinator):
        services.agree(h.coordinator, meeting)
    with identity.as_person(h.officer):
        with pytest.raises(NotPossibleError, match="agreed"):
            minutes.correct(h.officer, h.case, line, "A slip.", words="He was not seen.")
        for change in ({"words": "Other"}, {"replaced_at": timezone.now()}, {"kind": "decision"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Line.objects.filter(pk=line.pk).update(**change)
    with identity.as_person(h.coordinator), pytest.raises(NotPossibleError, match="agreed"):
        services.change(
            h.coordinator,
            meeting,
            starts_at=timezone.now() + dt.timedelta(days=1),
            minutes=60,
            chair=h.coordinator,
            agencies=[making.agency("force-a")],
        )
    # Whoever says that a late line is none is not believed.
    with identity.as_person(h.officer):
        late = minutes.write(h.officer, h.case, meeting, "note", "shared", "Later.")
    assert Line.objects.get(pk=late.pk).late
    assert not Line.objects.get(pk=line.pk).late


def test_a_correction_is_of_ones_own_line_and_keeps_the_old_one_for_ones_own_agency() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    line = write(h.officer, h.case, meeting, "shared", "He was seen on Mondey.")
    page = f"/cases/{h.case.key}/minutes/{line.first}"
    officer, clinician = telling.browser(h.officer), telling.browser(h.clinician)
    assert clinician.get(f"{page}/correct", secure=True).status_code == 404
    given = {"version": str(line.key), "words": "He was seen on Monday.", "reason": "A slip."}
    assert officer.post(f"{page}/correct", given, secure=True).status_code == 302
    # A form that is out of date writes over nothing, and shows both.
    stale = officer.post(f"{page}/correct", given | {"words": "He was seen on Sunday."}, secure=True)
    assert stale.status_code == 422
    told = unescape(stale.content.decode())
    assert "He was seen on Monday." in told
    assert "He was seen on Sunday." in told
    assert "Mondey" in read(h.officer, page)
    assert "Mondey" not in read(h.clinician, page)
    assert "He was seen on Monday." in read(h.clinician, f"/cases/{h.case.key}/history")
    versions = Line.objects.filter(first=line.first).order_by("pk")
    assert [v.words for v in versions] == ["He was seen on Mondey.", "He was seen on Monday."]
    assert [v.said_at for v in versions] == [line.said_at] * 2
    with identity.as_person(h.officer), pytest.raises(ConflictError):
        minutes.correct(h.officer, h.case, line, "Again.", words="He was seen on Friday.")


def test_a_struck_line_leaves_no_word_and_takes_its_task_off_the_list() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    line = write(
        *(h.coordinator, h.case, meeting, "shared", "Fit an alarm"),
        kind="action",
        doer=h.officer,
        due_on=timezone.localdate(),
        evidence="Its number",
    )
    with identity.as_person(h.coordinator):
        minutes.correct(h.coordinator, h.case, line, "Of another case.", words="", struck=True)
    assert Clock.objects.get(key=line.task).state == Clock.State.CANCELLED
    text = read(h.clinician, page_of(h.case, meeting))
    assert "Fit an alarm" not in text
    assert "Struck out: Of another case." in text


def test_a_form_that_is_sent_twice_is_one_line_and_one_task() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    client = telling.browser(h.coordinator)
    page = client.get(page_of(h.case, meeting), secure=True).content.decode()
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', page)
    assert token
    day = timezone.localdate() + dt.timedelta(days=7)
    given = {
        "token": token[1],
        "kind": "action",
        "words": "Ask the court for the date",
        "doer": str(h.officer.key),
        "due_day": day.day,
        "due_month": day.month,
        "due_year": day.year,
        "evidence": "The date",
        "side": "shared",
    }
    for _ in range(2):
        answer = client.post(page_of(h.case, meeting), given, secure=True)
        assert answer.status_code == 302, answer.content.decode()
    assert Line.objects.filter(meeting=meeting).count() == 1
    assert Clock.objects.filter(kind=minutes.ACTION).count() == 1
    # Somebody else's key is nobody's way to their line.
    with identity.as_person(h.clinician), pytest.raises(DatabaseError), transaction.atomic():
        minutes.write(h.clinician, h.case, meeting, "note", "health", "Mine.", key=uuid.UUID(token[1]))


def test_an_action_says_who_by_when_and_what_would_show_it_and_what_is_missing_is_named() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    client = telling.browser(h.officer)
    given = {"kind": "action", "words": "Fit an alarm", "side": "shared", "evidence": ""}
    refused = client.post(page_of(h.case, meeting), given, secure=True)
    assert refused.status_code == 422
    told = unescape(refused.content.decode())
    assert "Choose who does it." in told
    assert "Fit an alarm" in told
    # Of what is the police's alone, nobody else can be given an action.
    day = timezone.localdate()
    with identity.as_person(h.officer), pytest.raises(NotPossibleError, match="cannot read that side"):
        minutes.write(
            *(h.officer, h.case, meeting, "action", "police", "Fit an alarm"),
            doer=h.clinician,
            due_on=day,
            evidence="Its number",
        )
    assert Clock.objects.filter(kind=minutes.ACTION).count() == 0


def test_a_decision_that_asks_for_something_is_a_task_and_shows_what_came_of_it() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    page = page_of(h.case, meeting)
    client = telling.browser(h.coordinator)
    day = timezone.localdate() + dt.timedelta(days=7)
    asks = {"doer": str(h.officer.key), "evidence": "The order"}
    asks |= {"due_day": day.day, "due_month": day.month, "due_year": day.year}
    given = {"kind": "decision", "words": "Ask for an order in Mondey's court", "side": "shared"}
    # One that asks nothing of anybody is a line; one that asks for something says all of it.
    assert client.post(page, given | {"words": "Nobody calls her."}, secure=True).status_code == 302
    assert client.post(page, given | asks | {"evidence": ""}, secure=True).status_code == 422
    refused = client.post(page, given | asks | {"kind": "note"}, secure=True)
    assert refused.status_code == 422
    assert "Only an action or a decision asks somebody for something." in refused.content.decode()
    assert Clock.objects.filter(kind=minutes.ACTION).count() == 0
    assert client.post(page, given | asks, secure=True).status_code == 302
    task = Clock.objects.get(kind=minutes.ACTION)
    assert (task.owner_id, task.assigned_to, task.due_at.date()) == ("force-a", h.officer, day)
    line = Line.objects.get(task=task.key)
    with identity.as_person(h.coordinator):
        words = "Ask for an order in Monday's court"
        minutes.correct(h.coordinator, h.case, line, "A slip.", words=words)
    task.refresh_from_db()
    assert task.text == words
    assert "Not done yet" in read(h.clinician, page)
    with identity.as_person(h.officer):
        finishing.done(h.officer, task, "Granted, number 12.")
    for address in (page, f"/cases/{h.case.key}/minutes/{line.first}", f"/cases/{h.case.key}/meetings"):
        assert "Granted, number 12." in read(h.clinician, address)
    assert "The order" in paper(h.clinician, meeting)


def test_nobody_repeats_the_vault_in_minutes_that_others_read() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    with identity.as_person(h.advocate):
        rule = {"address": "4 Wren Passage, Avonbridge", "phone": "07700 900417", "channels": ["call"]}
        safe_contact.set_rule(h.advocate, h.case, seen="", **rule)
        with pytest.raises(NotPossibleError):
            minutes.write(h.advocate, h.case, meeting, "note", "shared", "She is at 4 Wren Passage now.")


def test_with_emergency_access_alone_nobody_writes() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    given = {"kind": "note", "words": "I was never here.", "side": "shared"}
    assert telling.browser(h.outsider).post(page_of(h.case, meeting), given, secure=True).status_code == 404
    with identity.as_person(h.outsider), pytest.raises(DatabaseError), transaction.atomic():
        minutes.write(h.outsider, h.case, meeting, "note", "shared", "I was never here.")


def test_a_line_is_a_line_of_the_history_and_as_it_was_on_any_day() -> None:
    h = hub()
    then = timezone.now() - dt.timedelta(days=3)
    meeting = plan(h.coordinator, then)
    with moment.at(then):
        line = write(h.officer, h.case, meeting, "shared", "He was seen.")
    with identity.as_person(h.officer), moment.at(timezone.now() - dt.timedelta(days=1)):
        minutes.correct(h.officer, h.case, line, "Wrong day.", words="He was seen on Monday.")
    assert Entry.objects.filter(case=h.case, kind="meeting", of_key=line.first).count() == 1
    day = timezone.localdate(then + dt.timedelta(days=1))
    assert "He was seen on Monday." in read(h.clinician, f"/cases/{h.case.key}/history")
    assert "He was seen on Monday." not in read(h.clinician, f"/cases/{h.case.key}/history?as_at={day}")
    assert "He was seen." in read(h.officer, f"/cases/{h.case.key}/history?as_at={day}")


def test_who_came_is_filled_in_by_several_at_once() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    page = f"/meetings/{meeting.key}/attendance"
    officer, clinician = telling.browser(h.officer), telling.browser(h.clinician)
    people = [h.coordinator, h.officer, h.advocate, h.clinician]
    shown = {f"was_{p.key}": "" for p in people} | {f"state_{p.key}": "" for p in people}
    for client, person, state in ((officer, h.officer, "present"), (clinician, h.clinician, "apologies")):
        given = shown | {f"state_{person.key}": state}
        assert client.post(page, given, secure=True).status_code == 302
    guest = {"guest": "Ida Moss", "agency": "probation"}
    assert officer.post(page, shown | guest, secure=True).status_code == 302
    told = read(h.advocate, f"/meetings/{meeting.key}")
    assert told.count("Sam Reed, ") >= 2
    assert "Ida Moss, " in told
    assert ": apologies" in told
    refused = officer.post(page, shown | {"guest": "Ida Moss"}, secure=True)
    assert refused.status_code == 422


def test_a_meeting_is_changed_by_one_at_a_time_and_a_cancelled_one_is_over() -> None:
    h = hub()
    coming = plan(h.coordinator, timezone.now() + dt.timedelta(days=5))
    other = making.somebody(Role.COORDINATOR, "force-a")
    starts = timezone.localtime(coming.starts_at)
    given = {
        "version": "0",
        "day_day": starts.day,
        "day_month": starts.month,
        "day_year": starts.year,
        "time": "10am",
        "minutes": "60",
        "place": "Room 4",
        "chair": str(h.coordinator.key),
        "agencies": ["force-a", "helpline"],
    }
    first, second = telling.browser(h.coordinator), telling.browser(other)
    assert first.post(f"/meetings/{coming.key}/change", given, secure=True).status_code == 302
    stale = second.post(f"/meetings/{coming.key}/change", given | {"place": "Room 9"}, secure=True)
    assert stale.status_code == 422
    told = unescape(stale.content.decode())
    assert "Room 4" in told
    assert "Room 9" in told
    coming.refresh_from_db()
    assert (coming.place, coming.sequence) == ("Room 4", 1)
    why = {"why": "Nobody can come."}
    assert first.post(f"/meetings/{coming.key}/cancel", why, secure=True).status_code == 302
    coming.refresh_from_db()
    with identity.as_person(h.officer), pytest.raises(NotPossibleError, match="cancelled"):
        minutes.write(h.officer, h.case, coming, "note", "shared", "Too late.")
