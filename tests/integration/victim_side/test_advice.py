"""How the victim may be contacted, beside a task on the work list: who has it, and where it never is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.clocks import notices, services
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.victim_side import work
from lamplighter.hub.victim_side.services import contact
from tests.integration.victim_side import making

pytestmark = pytest.mark.django_db
LINE = "Text first. Only by text message or phone call. Never leave a message."
SECRET = "07195101777"


@pytest.fixture
def world() -> making.World:
    made = making.a_world()
    making.a_rule(
        made.advocate,
        made.case,
        channels=["text", "call"],
        text_first=True,
        may_leave_message=False,
        phone=SECRET,
        safe_word="harbour",
        who_may_answer="Her sister",
        words="Never on a Sunday",
    )
    return made


def a_task(world: making.World, user: User, *, kind: str, partition: str) -> Clock:
    with as_person(user):
        return services.start(
            user,
            world.case,
            kind,
            "Contact the victim",
            due_at=timezone.now() + dt.timedelta(hours=1),
            why="Day 3 of 7.",
            partition=partition,
            assigned_to=user,
            page="victim:contact",
        )


def page(user: User, path: str = "/work/") -> str:
    return making.signed_in(user).get(path, secure=True).content.decode()


def test_the_advocate_has_the_rule_beside_the_task_and_nothing_that_finds_her(world: making.World) -> None:
    task = a_task(world, world.advocate, kind=f"{contact.PLAN}3", partition="advocacy")
    for path in ("/work/", "/work/team", f"/work/{task.key}"):
        text = page(world.advocate, path)
        assert LINE in text
        for hidden in (SECRET, "harbour", "Her sister", "Never on a Sunday"):
            assert hidden not in text
    asked = Event.objects.filter(verb="victim.contact_advised", actor_id=world.advocate.pk)
    assert asked.count() == 3
    assert asked.latest("pk").detail["cases"] == [str(world.case.key)]


def test_of_a_task_that_everybody_sees_only_those_whom_the_vault_tells_have_it(world: making.World) -> None:
    task = a_task(world, world.investigator, kind="victims_code.update", partition="shared")
    for user in (world.investigator, world.lead, world.advocate):
        assert LINE in page(user, f"/work/{task.key}")
    for user in (world.coordinator, world.clinician, world.probation):
        text = page(user, f"/work/{task.key}")
        assert "Contact the victim" in text
        assert "Safe contact" not in text
        assert work.NO_RULE not in text
        assert not Event.objects.filter(verb="victim.contact_advised", actor_id=user.pk).exists()


def test_it_is_never_kept_with_the_task_and_follows_the_rule(world: making.World) -> None:
    task = a_task(world, world.advocate, kind=contact.NEXT, partition="advocacy")
    page(world.advocate)
    task.refresh_from_db()
    assert "ext first" not in f"{task.text} {task.why} {task.ended_why}"
    making.a_rule(world.advocate, world.case, seen=standing(world), channels=["letter"], no_contact=True)
    assert work.NO_CONTACT in page(world.advocate)


def standing(world: making.World) -> str:
    return str(work.SafeContact.objects.filter(case=world.case).latest("number").key)


def test_without_a_rule_it_says_so_and_other_tasks_have_no_line(world: making.World) -> None:
    assert "No safe contact rules" in work.in_short(None)
    other = a_task(world, world.advocate, kind="victim.rule_broken", partition="advocacy")
    with as_person(world.advocate):
        assert notices.advice(world.advocate, [other]) == {}
        assert notices.advice(world.advocate, []) == {}
