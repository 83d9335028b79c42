"""Open tasks of a case that is closed: each is decided on, those of nobody else are told of, some go on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Closing
from lamplighter.hub.cases.status import open_tasks
from lamplighter.hub.casework import tasks
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import services
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.closing import telling
from tests.integration.closing.telling import Told

pytestmark = pytest.mark.django_db
SOON = timezone.now() + dt.timedelta(days=5)


def a_task(giver: User, case: Case, to: User, text: str, partition: str = "shared") -> Clock:
    with identity.as_person(giver):
        return tasks.give(giver, case, to, text, "", due_at=SOON, partition=partition)


def sent(case: Case, **more: str) -> dict[str, str]:
    """What the page of closing is sent: the hub can do no more."""
    no = dict.fromkeys(("orders", "bail", "release", "trial"), "no")
    return {
        "why": "no_more_to_do",
        "dropped_as": "",
        "reason": "Nothing more would help.",
        "current": "yes",
        "current_words": "Told of, but not proved.",
        "advocate": "agrees",
        "not_done": "Nothing",
        **no,
        **more,
    }


def close(user: User, case: Case, **more: str) -> Any:
    return cases.browser(user).post(f"/cases/{case.key}/close", sent(case, **more), secure=True)


def of(clock: Clock, fate: str, words: str = "", to: str = "") -> dict[str, str]:
    given = {"fate": fate, "words": words, "to": to}
    return {open_tasks.field(clock, name): value for name, value in given.items()}


def now(clock: Clock) -> Clock:
    return Clock.objects.select_related("assigned_to").get(pk=clock.pk)


def three_tasks(told: Told) -> tuple[Clock, Clock, Clock]:
    texts = ("Ring the employer", "Fit the alarm", "Return the phone")
    return tuple(a_task(told.lead, told.case, told.officer, text) for text in texts)  # type: ignore[return-value]  # three


def test_closing_names_each_open_task_and_asks_what_becomes_of_it() -> None:
    told = telling.a_told()
    done, goes_on, not_needed = three_tasks(told)
    other = making.somebody(Role.INVESTIGATOR)
    body = cases.browser(told.lead).get(f"/cases/{told.case.key}/closing", secure=True).content.decode()
    for clock in (done, goes_on, not_needed):
        assert clock.text in body
    refused = close(told.lead, told.case, **of(done, "done", "They were rung."))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Say what becomes of the task “Fit the alarm”" in page
    # Nothing was done by half, and what was typed is there.
    assert "They were rung." in page
    assert now(done).state == Clock.State.RUNNING
    assert not Closing.objects.filter(case=told.case).exists()
    wordless = of(done, "done") | of(goes_on, "goes_on") | of(not_needed, "not_needed")
    assert (
        "Enter the outcome of “Ring the employer”" in close(told.lead, told.case, **wordless).content.decode()
    )
    every = (
        of(done, "done", "They were rung.")
        | of(goes_on, "goes_on", to=str(other.key))
        | of(not_needed, "not_needed", "It was returned by another team.")
    )
    assert close(told.lead, told.case, **every).status_code == 302
    assert (now(done).state, now(done).ended_why) == (Clock.State.DONE, "They were rung.")
    assert (now(goes_on).state, now(goes_on).assigned_to) == (Clock.State.RUNNING, other)
    assert now(not_needed).state == Clock.State.CANCELLED
    assert now(not_needed).ended_why == "It was returned by another team."
    assert Closing.objects.filter(case=told.case).exists()


def test_a_short_reason_for_not_needed_closes_nothing_and_is_said_at_its_task() -> None:
    told = telling.a_told()
    clock = a_task(told.lead, told.case, told.officer, "Fit the alarm")
    refused = close(told.lead, told.case, **of(clock, "not_needed", "No."))
    assert refused.status_code == 422
    assert "Say why in at least 10 characters." in refused.content.decode()
    assert now(clock).state == Clock.State.RUNNING
    assert not Closing.objects.filter(case=told.case).exists()


def test_what_is_owed_goes_on_and_is_asked_about_once_it_is_overdue() -> None:
    told = telling.a_told()
    with identity.as_person(told.officer):
        owed = clocks.start(
            told.officer,
            told.case,
            "victims_code.update",
            "Tell the victim: bail",
            due_at=SOON,
            why="The Code.",
        )
        parts = open_tasks.of(told.case)
    assert owed in parts.going_on
    Clock.objects.filter(pk=owed.pk).update(due_at=timezone.now() - dt.timedelta(days=2))
    refused = close(told.lead, told.case)
    assert "Say what becomes of the task “Tell the victim: bail”" in refused.content.decode()
    # A page ends it: it cannot be said to be done here.
    assert 'value="done"' not in refused.content.decode()
    assert close(told.lead, told.case, **of(owed, "goes_on")).status_code == 302
    assert now(owed).state == Clock.State.RUNNING


def bar(user: User, case: Case) -> str:
    page = cases.browser(user).get(f"/cases/{case.key}", secure=True).content.decode()
    return page.split("Lead", 1)[0] + page.split("Next: ", 1)[1].split("<", 1)[0]


def test_a_closed_case_nags_about_nothing_that_closing_has_ended() -> None:
    told = telling.a_told()
    telling.everything_before(told)
    telling.propose(told)
    telling.sign_twice(told)
    telling.tell(told)
    with identity.as_person(told.lead):
        services.refused(told.lead, told.case, "14")
    Clock.objects.filter(case=told.case).exclude(kind="closing.right").update(
        due_at=timezone.now() - dt.timedelta(days=40)
    )
    telling.close(told.lead, told.case)
    with making.as_the_owner():
        running = Clock.objects.filter(case=told.case, state=Clock.State.RUNNING)
        left = set(running.values_list("kind", "partition"))
    follow_ups = {(f"case.follow_up_{months}", "shared") for months in (6, 12, 24)}
    # Her advocate stands by her whoever closes.
    hers = {("victim.contact_next", "advocacy"), ("contact.asking", "advocacy")}
    assert left == {("closing.right", "advocacy")} | follow_ups | hers
    for user in (told.lead, told.officer, told.supervisor):
        assert "overdue" not in bar(user, told.case)


def test_the_right_to_a_review_outlives_a_close_by_override_on_the_victims_side() -> None:
    told = telling.a_told()
    with identity.as_person(told.officer):
        ask = services.ask_override(told.officer, told.case, "15", "The only witness has died.", told.lead)
    with identity.as_person(told.lead):
        services.answer_override(told.lead, told.case, ask, "agreed", "It cannot be had any more.")
    telling.close(told.lead, told.case)
    running = Clock.objects.filter(case=told.case, state=Clock.State.RUNNING)
    (right,) = running.filter(kind=services.RIGHT)
    assert (right.partition, right.owner_id) == ("advocacy", "helpline")
    assert (timezone.localdate(right.due_at) - timezone.localdate()).days == 70
    # She is still to be told of the decision itself.
    assert running.filter(kind="victims_code.update").exists()
    # What it waited for has no meaning any more.
    assert not running.filter(kind__startswith=services.SIGN).exists()
    client = cases.browser(told.advocate)
    page = client.get(f"/work/{right.key}", secure=True).content.decode()
    assert "Ask the victim about a review" in page
    given = {"outcome": "Asked on the phone: she wants none."}
    assert client.post(f"/work/{right.key}/done", given, secure=True).status_code == 302
    assert now(right).state == Clock.State.DONE


def test_a_task_of_the_victims_side_is_told_to_nobody_else_and_stays_with_its_side() -> None:
    def seen(told: Told) -> list[str]:
        pages = ("closing", "close")
        found = [
            cases.browser(told.lead).get(f"/cases/{told.case.key}/{name}", secure=True).content.decode()
            for name in pages
        ]
        return [page.replace(str(told.case.key), "").replace(told.case.reference, "") for page in found]

    told = telling.a_told()
    hidden = a_task(told.advocate, told.case, told.advocate, "Meet at the library", "advocacy")
    for page in seen(told):
        assert "library" not in page
        assert "Open tasks" not in page
    assert close(told.lead, told.case).status_code == 302
    assert now(hidden).state == Clock.State.RUNNING
    client = cases.browser(told.advocate)
    assert "Meet at the library" in client.get("/work/", secure=True).content.decode()


def test_the_closing_check_names_to_each_side_its_own_open_tasks() -> None:
    told = telling.a_told()
    a_task(told.advocate, told.case, told.advocate, "Meet at the library", "advocacy")
    a_task(told.officer, told.case, told.officer, "Return the phone", "police")
    page = f"/cases/{told.case.key}/closing"
    bodies = {
        user.pk: cases.browser(user).get(page, secure=True).content.decode()
        for user in (told.advocate, told.officer)
    }
    assert "Meet at the library" in bodies[told.advocate.pk]
    assert "Return the phone" not in bodies[told.advocate.pk]
    assert "Return the phone" in bodies[told.officer.pk]
    assert "Meet at the library" not in bodies[told.officer.pk]
    refused = close(told.lead, told.case)
    assert refused.status_code == 422
    body = refused.content.decode()
    assert "Say what becomes of the task “Return the phone”" in body
    assert "Meet at the library" not in body
