"""The work list: whose, when, done in place, given away, cancelled; and what the wall keeps from it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.clocks import overdue, services, tasks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import presenters, selectors
from lamplighter.hub.my_work import services as my_work
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making

pytestmark = pytest.mark.django_db
# A Wednesday, so that today, this week and later are three different things.
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def advocate() -> User:
    return making.somebody(Role.ADVOCATE, "helpline")


@pytest.fixture
def case(advocate: User) -> Case:
    made = making.a_case(None, "helpline", "health")
    Clock.objects.all().delete()  # those that a referral starts
    return made


def a_clock(user: User, case: Case, due: dt.datetime | None = None, text: str = "Call", **rest: Any) -> Clock:
    values: dict[str, Any] = {"partition": "advocacy", "assigned_to": user} | rest
    with identity.as_person(user):
        return services.start(user, case, "contact", text, due_at=due or NOW, why="Day 3 of 7.", **values)


def a_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_thing_is_in_the_part_of_its_day(advocate: User, case: Case) -> None:
    for text, hours in (("late", -1), ("today", 2), ("friday", 48), ("next", 24 * 7), ("far", 24 * 90)):
        a_clock(advocate, case, NOW + dt.timedelta(hours=hours), text)
    with identity.as_person(advocate):
        found = {p.name: [c.text for c in p.clocks] for p in selectors.parts(selectors.mine(advocate), NOW)}
    assert found == {
        "Overdue": ["late"],
        "Today": ["today"],
        "This week": ["friday"],
        "Next steps": ["next"],
    }


def test_on_a_sunday_this_week_is_over(advocate: User, case: Case) -> None:
    sunday = dt.datetime(2026, 11, 29, 10, 0, tzinfo=dt.UTC)
    a_clock(advocate, case, sunday + dt.timedelta(hours=20), "monday")
    with identity.as_person(advocate):
        found = {
            p.name: [c.text for c in p.clocks] for p in selectors.parts(selectors.mine(advocate), sunday)
        }
    assert (found["This week"], found["Next steps"]) == ([], ["monday"])


def test_mine_my_teams_and_what_the_wall_keeps(advocate: User, case: Case) -> None:
    colleague, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    a_clock(advocate, case)
    a_clock(clinician, case, partition="health", text="Offer a session")
    for user, mine, team in ((advocate, 1, 1), (colleague, 0, 1), (clinician, 1, 1)):
        with identity.as_person(user):
            assert (selectors.mine(user).count(), selectors.of_team(user).count()) == (mine, team)
            assert Clock.objects.count() == 1
    assert "Offer a session" not in a_client(advocate).get("/work/team", secure=True).content.decode()


def test_done_says_what_came_of_it_and_not_where_a_page_records_it(advocate: User, case: Case) -> None:
    plain, of_case = a_clock(advocate, case), a_clock(advocate, case, page="cases:case")
    recorded = a_clock(advocate, case, page="victim:contact")
    Clock.objects.filter(pk=recorded.pk).update(kind="victim.contact_next")
    client = a_client(advocate)

    def done(clock: Clock, outcome: str) -> int:
        return client.post(f"/work/{clock.key}/done", {"outcome": outcome}, secure=True).status_code

    assert done(plain, " ") == 422
    assert [done(clock, "She answered.") for clock in (plain, of_case, recorded)] == [302, 302, 422]
    assert done(plain, "Again.") == 422
    assert [c.state for c in Clock.objects.order_by("pk")] == ["done", "done", "running"]
    assert Event.objects.filter(verb="clocks.done", case_id=case.pk).count() == 2
    told = Entry.objects.filter(kind="task", partition="advocacy", title="Done: Call", body="She answered.")
    assert told.count() == 2
    page = client.get(f"/work/{recorded.key}", secure=True).content.decode()
    assert "Open the page that records it" in page
    assert "Save as done" not in page


def test_taken_given_and_cancelled(advocate: User, case: Case) -> None:
    colleague, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    clock = a_clock(advocate, case, assigned_to=None)
    client = a_client(advocate)

    def post(what: str, **values: str) -> int:
        return client.post(f"/work/{clock.key}/{what}", values, secure=True).status_code

    def holder() -> int | None:
        return Clock.objects.get(pk=clock.pk).assigned_to_id

    assert (post("take"), holder()) == (302, advocate.pk)
    assert (post("give", to=str(clinician.key)), holder()) == (422, advocate.pk)
    assert (post("give", to=str(colleague.key)), holder()) == (302, colleague.pk)
    assert post("cancel", reason="short") == 422
    assert post("cancel", reason="She asked us not to call any more.") == 302
    assert post("take") == 422
    ended = Clock.objects.get(pk=clock.pk)
    assert (ended.state, ended.ended_by, ended.ended_why) == (
        "cancelled",
        advocate,
        "She asked us not to call any more.",
    )


def test_nobody_touches_what_is_behind_the_wall(advocate: User, case: Case) -> None:
    clinician = making.somebody(Role.CLINICIAN, "health")
    clock = a_clock(advocate, case)
    for what in ("", "/done", "/take", "/give", "/cancel"):
        client = a_client(clinician)
        path = f"/work/{clock.key}{what}"
        assert (client.post(path, secure=True) if what else client.get(path, secure=True)).status_code == 404
    with identity.as_person(clinician):
        assert Clock.objects.filter(pk=clock.pk).update(text="x") == 0
    with pytest.raises(NotPossibleError, match="can open"):
        my_work.assign(advocate, clock, clinician)
    with pytest.raises(DatabaseError, match="keeps its"), identity.as_person(advocate):
        Clock.objects.filter(pk=clock.pk).update(partition="shared")


def test_the_page_asks_the_same_number_of_questions_for_many(advocate: User, case: Case) -> None:
    from django.db import connection

    client, counts = a_client(advocate), []
    client.get("/work/", secure=True)  # the first page of a session writes it
    for count in (1, 40):
        for number in range(count):
            a_clock(advocate, case, timezone.now() + dt.timedelta(hours=number - 3), f"Call {number}")
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/work/", secure=True)
        assert page.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_a_long_part_is_cut_short_and_has_a_page_of_its_own(advocate: User, case: Case) -> None:
    client = a_client(advocate)
    for number in range(selectors.FEW + 5):
        a_clock(advocate, case, timezone.now() - dt.timedelta(hours=number + 1), f"Call {number}")
    page = client.get("/work/", secure=True).content.decode()
    assert page.count("Reassign or cancel") == selectors.FEW
    assert f"More than {selectors.FEW} things are overdue" in page
    assert 'href="/work/?part=overdue"' in page
    # The most urgent first.
    assert f"Call {selectors.FEW + 4}" in page
    assert f"Call {selectors.FEW - 6}<" not in page
    page = client.get("/work/?part=overdue", secure=True).content.decode()
    assert page.count("Reassign or cancel") == selectors.FEW + 5
    assert "Nothing more is due today" not in page
    assert "Nothing more is due today" in client.get("/work/?part=x", secure=True).content.decode()


def test_an_empty_list_teaches(advocate: User, case: Case) -> None:
    page = a_client(advocate).get("/work/", secure=True).content.decode()
    assert "You have no tasks" in page
    assert "Deadlines come here by themselves" in page
    assert a_client(making.somebody(Role.AUDITOR, "hub")).get("/work/", secure=True).status_code == 403


def test_a_clock_opens_the_page_where_it_is_recorded(advocate: User, case: Case) -> None:
    assert (
        presenters.page_of(a_clock(advocate, case, page="access:need"), advocate) == f"/cases/{case.key}/need"
    )
    assert presenters.page_of(a_clock(advocate, case, page="no:such"), advocate) == f"/cases/{case.key}"
    # Nobody is led to a refusal: triage is for those who decide.
    triage = a_clock(advocate, case, page="cases:triage")
    assert presenters.page_of(triage, advocate) == f"/cases/{case.key}"
    assert presenters.page_of(triage, making.somebody(Role.COORDINATOR)) == f"/cases/{case.key}/triage"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (dt.timedelta(days=2, hours=5), "In 2 days"),
        (dt.timedelta(hours=-1), "Overdue by 1 hour"),
        (dt.timedelta(minutes=30), "In 30 minutes"),
        (dt.timedelta(seconds=5), "Due now"),
    ],
)
def test_spans_in_words(left: dt.timedelta, words: str) -> None:
    assert presenters.span(left) == words


def test_what_is_long_overdue_is_put_before_somebody_else_once(advocate: User, case: Case) -> None:
    hours = overdue.config()["told_after_hours"]
    late = a_clock(advocate, case, timezone.now() - dt.timedelta(hours=hours + 1), "Call the victim")
    a_clock(advocate, case, timezone.now() - dt.timedelta(hours=hours - 1))
    coordinator = making.somebody(Role.COORDINATOR)
    lead = making.somebody(Role.STALKING_LEAD)
    a_clock(lead, case, timezone.now() - dt.timedelta(hours=hours + 1), partition="shared")
    tasks.tell_overdue(0)
    tasks.tell_overdue(0)
    notices = Clock.objects.filter(kind=overdue.NOTICE)
    assert {(n.owner_id, n.partition, n.assigned_to) for n in notices} == {
        ("helpline", "advocacy", None),
        ("force-a", "shared", coordinator),
    }
    assert notices.count() == 2
    with identity.as_person(coordinator):
        assert Clock.objects.filter(kind=overdue.NOTICE).count() == 1
    with identity.as_person(advocate):
        services.end(advocate, late)
    tasks.tell_overdue(0)
    assert notices.filter(state="running").count() == 1


def test_a_past_day_shows_what_ran_then_and_only_what_the_wall_lets(advocate: User, case: Case) -> None:
    colleague, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    start = timezone.now() - dt.timedelta(days=10)
    with moment.at(start):
        done = a_clock(advocate, case, start + dt.timedelta(days=1), "Call: zqdone")
        a_clock(advocate, case, start + dt.timedelta(days=30), "Call: zqruns")
        a_clock(colleague, case, start + dt.timedelta(days=2), "Call: zqtheirs")
        a_clock(clinician, case, start, "Offer: zqhealth", partition="health")
    with moment.at(start + dt.timedelta(days=5)), identity.as_person(advocate):
        my_work.cancel(advocate, done, "She asked us not to.")
    a_clock(advocate, case, text="Call: zqlater")

    def shown(path: str, days: int) -> set[str]:
        on = timezone.localdate(start + dt.timedelta(days=days)).isoformat()
        page = a_client(advocate).get(f"/work/{path}?as_at={on}", secure=True).content.decode()
        words = {"zqdone", "zqruns", "zqtheirs", "zqhealth", "zqlater"}
        return {word for word in words if word in page}

    assert shown("", -1) == set()
    assert shown("", 2) == {"zqdone", "zqruns"}
    assert shown("", 6) == {"zqruns"}
    assert shown("team", 2) == {"zqdone", "zqruns", "zqtheirs"}
    assert shown("team", 6) == {"zqruns", "zqtheirs"}
    today = a_client(advocate).get(f"/work/?as_at={timezone.localdate().isoformat()}", secure=True)
    assert "A past day" not in today.content.decode()
    # Another agency's person sees none of it, on any day.
    on = timezone.localdate(start + dt.timedelta(days=2)).isoformat()
    theirs = a_client(clinician).get(f"/work/team?as_at={on}", secure=True).content.decode()
    assert "zqhealth" in theirs
    assert "zqdone" not in theirs


def test_the_case_as_at_a_day_leads_to_the_work_list_of_that_day(advocate: User, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - dt.timedelta(days=9))
    on = (timezone.localdate() - dt.timedelta(days=3)).isoformat()
    page = a_client(advocate).get(f"/cases/{case.key}?as_at={on}", secure=True).content.decode()
    assert f'href="/work/?as_at={on}"' in page


def test_what_nobody_has_taken_is_on_the_list_of_the_lead_worker_until_another_leads() -> None:
    """What comes up at night is given to nobody, so that the whole team is told; its lead must see it."""
    by, lead = making.somebody(Role.COORDINATOR), making.somebody(Role.INVESTIGATOR)
    other = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(by)
    due = timezone.now() + dt.timedelta(hours=24)
    with identity.as_service("run clocks"):
        services.start_for(
            lead.agency, case, "cases.review", "Answer the breach", due_at=due, why="-", partition="shared"
        )

    def on_the_lists() -> list[bool]:
        found = []
        for user in (lead, other):
            with identity.as_person(user):
                found.append(selectors.mine(user).filter(text="Answer the breach").exists())
        return found

    assert on_the_lists() == [False, False]
    for user, expected in ((lead, [True, False]), (other, [False, True])):
        with identity.as_person(lead):
            lead_workers.assign(lead, case, user, [lead, other])
        assert on_the_lists() == expected


def test_a_lead_worker_who_is_kept_off_the_case_is_given_no_task() -> None:
    """It would stand on the list of somebody who never sees it, and nobody would learn that it waits."""
    by, lead = making.somebody(Role.COORDINATOR), making.somebody(Role.INVESTIGATOR)
    case = making.a_case(by)
    with identity.as_person(lead):
        lead_workers.assign(lead, case, lead, [lead])
    due = timezone.now() + dt.timedelta(days=1)

    def given() -> User | None:
        with identity.as_person(by):
            made = services.start(by, case, "cases.review", "Look again", due_at=due, why="Agreed")
        return made.assigned_to

    assert given() == lead
    Exclusion.objects.create(case=case, user=lead, reason="A cousin of the suspect")
    assert given() is None
