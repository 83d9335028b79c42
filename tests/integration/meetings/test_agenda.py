"""The agenda builds itself, says why, and holds for each person what the wall lets them read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import services as cases
from lamplighter.hub.casework import tasks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.agenda.sources import SECTIONS
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.my_work import services as finishing
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.meetings.making import built, hub, plan, texts

pytestmark = pytest.mark.django_db


def ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def test_its_sections_stand_in_the_order_of_the_operating_model() -> None:
    h = hub()
    assert [s.title for s in built(h.coordinator, plan(h.coordinator)).sections] == list(SECTIONS.values())
    assert list(SECTIONS) == [
        *("attendance", "actions", "incidents", "victim", "triage", "discussion", "expiring"),
        *("progress", "closure"),
    ]


def test_what_was_asked_for_since_the_last_meeting_is_on_it_with_who_asked() -> None:
    h = hub()
    last, now = plan(h.coordinator, ago(7)), plan(h.coordinator)
    with identity.as_person(h.advocate):
        with moment.at(ago(9)):
            services.ask_for(h.advocate, h.case, "discussion", "Asked before the last meeting.")
        services.ask_for(h.advocate, h.case, "discussion", "He has found her new work.")
        services.ask_for(h.advocate, h.case, "closure", "Quiet for a year.")
    assert texts(h.clinician, now, "discussion") == ["He has found her new work."]
    assert texts(h.clinician, now, "closure") == ["Quiet for a year."]
    assert texts(h.clinician, last, "discussion") == ["Asked before the last meeting."]
    (item,) = built(h.clinician, now).section("discussion").items
    assert "Asked for by Sam Reed" in item.lines[0].why


def test_a_new_incident_is_on_it_and_an_old_one_is_not() -> None:
    h = hub()
    plan(h.coordinator, ago(7))
    now = plan(h.coordinator)
    with identity.as_person(h.officer):
        with moment.at(ago(8)):
            cases.enter(h.officer, h.case, "legal_status", "Bail ended")
        cases.enter(h.officer, h.case, "legal_status", "Breach of bail")
        cases.enter(h.officer, h.case, "legal_status", "Arrest planned", partition="police")
    assert [t.split(": ")[1] for t in texts(h.clinician, now, "incidents")] == ["Breach of bail"]
    found = [t.split(": ")[1] for t in texts(h.officer, now, "incidents")]
    assert found == ["Breach of bail", "Arrest planned"]


def test_an_action_stays_on_it_until_it_ends_and_then_once_with_its_outcome() -> None:
    h = hub()
    first = plan(h.coordinator, ago(14))
    with identity.as_person(h.coordinator), moment.at(ago(14)):
        line = minutes.write(
            h.coordinator,
            h.case,
            first,
            "action",
            "shared",
            "Fit an alarm",
            doer=h.officer,
            due_on=ago(7).date(),
            evidence="The number of the alarm",
        )
    second, third = plan(h.coordinator, ago(3)), plan(h.coordinator)
    (carried,) = texts(h.clinician, third, "actions", h.case)
    assert carried.startswith("Fit an alarm (Sam Reed, ")
    assert "overdue by" in carried
    assert texts(h.clinician, second, "actions", h.case)
    clock = Clock.objects.get(key=line.task)
    assert (clock.owner_id, clock.assigned_to) == ("force-a", h.officer)
    assert "The number of the alarm" in clock.why
    with identity.as_person(h.officer):
        finishing.done(h.officer, clock, "Fitted, number 12.")
    assert texts(h.clinician, third, "actions", h.case) == ["Done: Fit an alarm. Fitted, number 12."]
    # Of a meeting that is over, the agenda stays as it was at its end.
    assert "overdue" in texts(h.clinician, second, "actions", h.case)[0]


def test_other_overdue_tasks_referrals_and_what_is_due_soon() -> None:
    h = hub()
    now = plan(h.coordinator)
    with identity.as_person(h.officer):
        soon = timezone.now() + dt.timedelta(days=3)
        tasks.give(h.officer, h.case, h.officer, "Ask the court", "", due_at=soon, partition="police")
    Clock.objects.filter(case=h.case, kind="case.consultation").update(due_at=ago(2))
    assert any("Ask the court" in t for t in texts(h.officer, now, "expiring", h.case))
    assert not any("Ask the court" in t for t in texts(h.clinician, now, "expiring", h.case))
    assert texts(h.clinician, now, "actions", h.case)
    waiting = making.a_case(h.officer, "health")
    assert len(texts(h.clinician, now, "triage", waiting)) == 1
    assert texts(h.advocate, now, "triage", waiting) == []


def test_the_victims_side_is_told_by_the_advocate_or_why_nobody_could() -> None:
    h = hub()
    now = plan(h.coordinator)
    alone = telling.a_working_case(h.coordinator, "consultation", "force-a")
    for case in (h.case, alone):
        with identity.as_person(h.coordinator):
            services.ask_for(h.coordinator, case, "discussion", "Look at it again.")
    assert texts(h.officer, now, "victim", h.case) == ["Ask the advocate of Helpline"]
    assert "No advocacy service" in texts(h.officer, now, "victim", alone)[0]
    with identity.as_person(h.advocate):
        services.send_return(h.advocate, h.case, now, "advocacy", new="She moves on Friday.", did="", ask="")
    assert texts(h.advocate, now, "victim", h.case) == ["Helpline: She moves on Friday."]
    # What is on her side alone changes nothing of what the others have.
    assert texts(h.officer, now, "victim", h.case) == ["Ask the advocate of Helpline"]
    with identity.as_person(h.advocate):
        minutes.write(h.advocate, h.case, now, "victim", "shared", "She asks for a call on Friday.")
    with identity.as_person(h.coordinator):
        minutes.write(h.coordinator, alone, now, "nobody", "shared", "She wants no advocate yet.")
    assert texts(h.officer, now, "victim", h.case) == ["She asks for a call on Friday."]
    assert texts(h.officer, now, "victim", alone) == ["She wants no advocate yet."]


def test_what_is_put_off_comes_last_and_is_on_the_next_with_its_reason() -> None:
    h = hub()
    last = plan(h.coordinator, ago(0) - dt.timedelta(hours=3))
    with identity.as_person(h.coordinator):
        services.ask_for(h.coordinator, h.case, "discussion", "Look at it again.")
        services.defer(h.coordinator, last, h.case, "discussion", "The clinician is away.")
    (item,) = built(h.officer, last).section("discussion").items
    assert item.off == "The clinician is away."
    now = plan(h.coordinator)
    assert "The clinician is away." in texts(h.officer, now, "discussion")
    with identity.as_person(h.coordinator):
        services.add_item(h.coordinator, last, h.case, "discussion", "She came after all.")
    (item,) = built(h.officer, last).section("discussion").items
    assert item.off == ""


def test_a_coordinator_adds_and_orders_by_two_buttons() -> None:
    h = hub()
    now = plan(h.coordinator)
    second = telling.a_working_case(h.coordinator, "consultation", "force-a")
    client = telling.browser(h.coordinator)
    for case in (h.case, second):
        given = {"act": "add", "section": "discussion", "reason": "Nobody has looked for weeks."}
        page = f"/cases/{case.key}/meetings/{now.key}/place"
        assert client.post(page, given, secure=True).status_code == 302
    before = [i.case.pk for i in built(h.officer, now).section("discussion").items]
    assert sorted(before) == sorted([h.case.pk, second.pk])
    last = {h.case.pk: h.case, second.pk: second}[before[-1]]
    moved = client.post(
        f"/cases/{last.key}/meetings/{now.key}/order", {"section": "discussion", "way": "up"}, secure=True
    )
    assert moved.status_code == 302
    assert [i.case.pk for i in built(h.officer, now).section("discussion").items] == before[::-1]
    # Adding has not lost its reason by moving.
    assert "Nobody has looked for weeks." in texts(h.officer, now, "discussion", last)
    officer = telling.browser(h.officer)
    assert officer.post(page, given, secure=True).status_code == 403


def test_whoever_has_a_conflict_finds_nothing_of_the_case_and_the_coordinator_reads_who_leaves() -> None:
    h = hub()
    now = plan(h.coordinator)
    with identity.as_person(h.advocate):
        services.ask_for(h.advocate, h.case, "discussion", "Look at it again.")
    page = f"/cases/{h.case.key}/meetings/{now.key}"
    assert telling.browser(h.officer).get(page, secure=True).status_code == 200
    with identity.as_person(h.officer):
        blocked_people.keep_me_off(h.officer, h.case, "His brother is my neighbour.")
    assert telling.browser(h.officer).get(page, secure=True).status_code == 404
    assert built(h.officer, now).cases == []
    with identity.as_person(h.coordinator):
        services.attend(h.coordinator, now, [{"person": h.officer, "state": "present"}])
    told = telling.browser(h.coordinator).get(page, secure=True).content.decode()
    assert "Blocked from this case, so not in the room for it: Sam Reed" in told
    assert "Blocked from" not in telling.browser(h.clinician).get(page, secure=True).content.decode()


def test_the_number_of_questions_is_the_same_whatever_is_hidden() -> None:
    h = hub()
    now = plan(h.coordinator)
    with identity.as_person(h.advocate):
        services.ask_for(h.advocate, h.case, "discussion", "Look at it again.")

    def asked() -> int:
        with identity.as_person(h.clinician), CaptureQueriesContext(connection) as seen:
            built_for = built(h.clinician, now)
        assert built_for.cases
        return len(seen)

    before = asked()
    with identity.as_person(h.advocate):
        services.send_return(h.advocate, h.case, now, "advocacy", new="She moves.", did="", ask="")
        minutes.write(h.advocate, h.case, now, "victim", "advocacy", "She moves on Friday.")
        cases.enter(h.advocate, h.case, "warning", "Danger", partition="advocacy")
    with identity.as_person(h.outsider):
        hidden = making.a_case(h.outsider)
        services.ask_for(h.outsider, hidden, "discussion", "Of another force.")
    assert asked() == before


def test_returns_are_asked_once_of_each_agency_on_a_case_that_is_heard_and_end_on_their_page() -> None:
    h = hub()
    with identity.as_person(h.advocate):
        services.ask_for(h.advocate, h.case, "discussion", "Look at it again.")
    # What was asked for stands on the agenda of the next meeting before it begins.
    coming = plan(h.coordinator, timezone.now() + dt.timedelta(days=5))
    client = telling.browser(h.coordinator)
    assert client.post(f"/meetings/{coming.key}/returns", {}, secure=True).status_code == 302
    running = Clock.objects.filter(kind="meeting.return", case=h.case)
    assert set(running.values_list("owner_id", flat=True)) == {"force-a", "helpline", "health", "hub"}
    due = coming.starts_at - dt.timedelta(days=2)
    assert {clock.due_at for clock in running} == {due}
    assert client.post(f"/meetings/{coming.key}/returns", {}, secure=True).status_code == 302
    assert running.count() == 4
    page = f"/cases/{h.case.key}/meetings/{coming.key}/return"
    told = {"new": "He was seen.", "did": "", "ask": "Who tells her?", "side": "police"}
    assert telling.browser(h.officer).post(page, told, secure=True).status_code == 302
    ended = running.get(owner="force-a")
    assert (ended.state, ended.ended_by) == (Clock.State.DONE, h.officer)
    item = f"/cases/{h.case.key}/meetings/{coming.key}"
    assert "Who tells her?" in telling.browser(h.officer).get(item, secure=True).content.decode()
    assert "Who tells her?" not in telling.browser(h.clinician).get(item, secure=True).content.decode()
    empty = {"new": " ", "did": "", "ask": "", "side": "shared"}
    refused = telling.browser(h.clinician).post(page, empty, secure=True)
    assert refused.status_code == 422
    assert "Fill in at least one" in refused.content.decode()


def test_a_series_keeps_its_hour_and_only_coordinators_plan() -> None:
    by = making.somebody(Role.COORDINATOR, "hub")
    starts = timezone.make_aware(dt.datetime(2030, 3, 27, 10))
    with identity.as_person(by):
        made = services.plan(
            by, starts_at=starts, minutes=60, chair=by, agencies=[making.agency("force-a")], times=2
        )
    local = [timezone.localtime(m.starts_at) for m in made]
    assert [(m.day, m.hour) for m in local] == [(27, 10), (3, 10)]
    # The clocks went forward in between.
    apart = made[1].starts_at.astimezone(dt.UTC) - made[0].starts_at.astimezone(dt.UTC)
    assert apart == dt.timedelta(days=7, hours=-1)
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    assert telling.browser(officer).get("/meetings/plan", secure=True).status_code == 403
    with identity.as_person(by), pytest.raises(NotPossibleError, match="later than now"):
        services.plan(by, starts_at=ago(1), minutes=60, chair=by, agencies=[making.agency("force-a")])


def test_my_work_says_that_a_meeting_is_near_and_that_minutes_wait_for_their_chair() -> None:
    h = hub()
    plan(h.coordinator, ago(3))
    coming = plan(h.coordinator, timezone.now() + dt.timedelta(days=2))
    plan(h.coordinator, timezone.now() + dt.timedelta(days=20))
    mine = telling.browser(h.coordinator).get("/work/", secure=True).content.decode()
    assert mine.count("Come to the meeting of") == 1
    assert f"/meetings/{coming.key}" in mine
    assert mine.count("Agree the minutes: meeting of") == 1
    officer = telling.browser(h.officer).get("/work/", secure=True).content.decode()
    assert "Come to the meeting of" in officer
    assert "Agree the minutes" not in officer
    assert (
        "Come to the meeting of"
        not in telling.browser(h.outsider).get("/work/", secure=True).content.decode()
    )
