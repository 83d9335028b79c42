"""Who must not be told is in the vault; that somebody must not be is said before anybody rings or writes."""

from __future__ import annotations

import pytest

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.victim_side.services import safe_contact, standing_by
from tests.integration.victim_side import making

pytestmark = pytest.mark.django_db
BROTHER, AUNT, SCHOOL = "Her brother Imran", "Her aunt, who answers", "Larch Grove School"
LINE = "Before you ring, write or visit: some people must not be told"


def a_world() -> making.World:
    world = making.a_world()
    making.a_rule(
        world.advocate,
        world.case,
        must_not_be_told=BROTHER,
        may_not_answer=AUNT,
        parents_never="Her father",
        school=SCHOOL,
    )
    return world


def contact_page(user: object, case: Case) -> str:
    client = making.signed_in(user)  # type: ignore[arg-type]  # a user
    return client.get(f"/cases/{case.key}/victim/contact", secure=True).content.decode()


def test_it_is_said_before_contact_and_names_nobody() -> None:
    world = a_world()
    for user in (world.advocate, world.investigator, world.lead):
        page = contact_page(user, world.case)
        assert LINE in page
        assert "somebody with parental responsibility must never be contacted" in page
        for name in (BROTHER, AUNT, SCHOOL, "Her father"):
            assert name not in page


def test_where_nobody_asked_it_says_so_and_where_there_is_nobody_it_is_silent() -> None:
    world = making.a_world()
    first = making.a_rule(world.advocate, world.case, may_not_interpret="  ")
    page = contact_page(world.advocate, world.case)
    assert "Before you ring" not in page
    assert "Ask the victim, alone, who must not be told" in page
    making.a_rule(world.advocate, world.case, seen=str(first.key), asked_who=True)
    assert "Ask the victim, alone" not in contact_page(world.advocate, world.case)


def test_it_stands_beside_each_task_that_means_contacting_the_victim() -> None:
    world = a_world()
    with as_person(world.advocate):
        standing_by.appoint(world.advocate, world.case, world.advocate, standing_by._today())
    page = making.signed_in(world.advocate).get("/work/", secure=True).content.decode()
    assert LINE in page
    assert BROTHER not in page


def test_one_look_with_a_reason_shows_who() -> None:
    world = a_world()
    client, address = making.signed_in(world.investigator), f"/cases/{world.case.key}/victim/safe-contact"
    assert BROTHER not in client.get(address, secure=True).content.decode()
    shown = client.post(address, {"reason": "To call about the arrest."}, secure=True).content.decode()
    for name in (BROTHER, AUNT, SCHOOL, "Her father"):
        assert name in shown
    # Of everything on that page it comes first.
    assert shown.index("Must not be told") < shown.index("Safe ways")


def test_those_who_work_with_the_suspect_learn_neither_that_nor_who() -> None:
    world = a_world()
    for other in (world.clinician, world.probation):
        client = making.signed_in(other)
        for page in ("", "/victim/contact", "/victim/safe-contact", "/under-18", "/history"):
            shown = client.get(f"/cases/{world.case.key}{page}", secure=True).content.decode()
            assert "must not be told" not in shown
            assert BROTHER not in shown


def test_a_rule_written_without_asking_leaves_one_task_until_the_victim_was_asked() -> None:
    world = making.a_world()
    made = making.a_rule(world.advocate, world.case)
    again = making.a_rule(world.advocate, world.case, seen=str(made.key))
    with as_person(world.advocate):
        clock = Clock.objects.get(case=world.case, kind=safe_contact.ASK)
        assert (clock.state, clock.partition) == (Clock.State.RUNNING, "advocacy")
    making.a_rule(world.advocate, world.case, seen=str(again.key), asked_who=True)
    with as_person(world.advocate):
        assert Clock.objects.get(pk=clock.pk).state == Clock.State.DONE
