"""The database gives the victim's confidences to her advocate and to nobody else, whatever the code asks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_person, for_reason
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.victim_side import models
from lamplighter.hub.victim_side.services import contact, documents, standing_by, updates
from tests.integration.access import making as access
from tests.integration.victim_side import making

pytestmark = pytest.mark.django_db
CONFIDENCES = (
    models.AdvocateOfCase,
    models.Cadence,
    models.Contact,
    models.ContactResult,
    models.ImpactEntry,
    models.NeedsAssessment,
    models.RuleBroken,
    models.SafetyPlan,
    models.StatementOffer,
    models.SupportEvent,
)


@pytest.fixture
def world() -> making.World:
    """A case in which every table of the victim's side has a row, written by the advocate."""
    world = making.a_world()
    case, user, today = world.case, world.advocate, timezone.localdate()
    making.a_rule(user, case, phone="07700 900123")
    with as_person(user):
        standing_by.appoint(user, case, user, today)
        contact.agree_cadence(user, case, 10)
        now = dt.datetime.now(dt.UTC)
        contact.record(user, case, channel="text", at=now, result="reached")
        contact.tell_broken(user, case, channel="voicemail", at=now, words="A colleague left one.")
        standing_by.add_impact(user, case, happened_on=today, words="I sleep on the floor.")
        standing_by.offer_statement(user, case, "offered", on=today)
        standing_by.change_support(
            user, case, "unsure", since=today, reasons=["fear"], words="I am scared.", **making.PRESSURE
        )
        documents.assess_needs(user, case, seen="", areas={"safety": {"level": "urgent", "words": "Locks"}})
        documents.plan_safety(user, case, seen="", sections={"home": "New locks"})
    return world


@pytest.mark.parametrize("model", CONFIDENCES, ids=lambda m: m.__name__)
def test_the_advocate_reads_it_and_nobody_else_on_the_case_does(world: making.World, model: type) -> None:
    with as_person(world.advocate):
        assert model.objects.filter(case=world.case).count() == 1
    strangers = [*world.others(), access.somebody("auditor", "hub"), access.somebody("administrator", "hub")]
    for user in strangers:
        with as_person(user):
            assert model.objects.count() == 0, user.role


def test_nobody_else_sees_its_clocks_or_its_history(world: making.World) -> None:
    for user in world.others():
        with as_person(user):
            assert not Clock.objects.filter(kind__startswith="victim.").exists()
            kinds = Entry.objects.filter(kind__startswith="victim.").values_list("title", "body", "of_key")
            assert list(kinds) == [(standing_by.SHARED_FACT, "", None)]


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        ("advocate", 1),
        ("investigator", 1),
        ("lead", 1),
        ("coordinator", 0),
        ("clinician", 0),
        ("probation", 0),
    ],
)
def test_the_vault_opens_for_a_reason_and_for_nobody_who_works_with_the_other(
    world: making.World, role: str, opens: int
) -> None:
    with as_person(getattr(world, role)):
        assert models.SafeContact.objects.count() == 0
        with for_reason("To call about the arrest"):
            assert models.SafeContact.objects.count() == opens


@pytest.mark.parametrize("model", CONFIDENCES, ids=lambda m: m.__name__)
def test_nobody_else_can_write_it(world: making.World, model: type) -> None:
    with as_person(world.advocate):
        row = model.objects.filter(case=world.case).values().get()
    for user in world.others():
        values = {k: v for k, v in row.items() if k not in {"id", "key", "number"}} | owned(user, world.case)
        del values["case_id"], values["by_id"]
        if "number" in row:
            values["number"] = 99
        with pytest.raises(DatabaseError), as_person(user):
            model.objects.create(**values)


@pytest.mark.parametrize("model", [*CONFIDENCES, models.CodeEvent], ids=lambda m: m.__name__)
def test_no_row_is_ever_changed_or_removed(world: making.World, model: type) -> None:
    with making.told(world.investigator, 2026, 11, 20, 10):
        updates.enter_event(world.investigator, world.case, "arrest", dt.date(2026, 11, 19))
    rows = model.objects.filter(case=world.case)
    with pytest.raises(DatabaseError), as_person(world.advocate):
        rows.update(at=dt.datetime.now(dt.UTC))
    with pytest.raises(DatabaseError), as_person(world.advocate):
        rows._raw_delete(rows.db)


@pytest.mark.parametrize("model", [models.Contact, models.ContactResult, models.RuleBroken])
@pytest.mark.parametrize("partition", ["shared", "vault"])
def test_a_contact_is_nowhere_but_with_whoever_reached_her(
    world: making.World, model: type, partition: str
) -> None:
    with as_person(world.advocate):
        row = model.objects.filter(case=world.case).values().get()
    values = {k: v for k, v in row.items() if k not in {"id", "key"}} | {"partition": partition}
    with pytest.raises(DatabaseError), as_person(world.advocate), for_reason("To look where it may go"):
        model.objects.create(**values)


def test_only_some_enter_events_and_only_those_who_reach_her_say_that_she_was_told(
    world: making.World,
) -> None:
    with as_person(world.coordinator):
        event = updates.enter_event(world.coordinator, world.case, "arrest", timezone.localdate())
    rows = {
        "coordinator": (models.CodeUpdate, {"event": event, "told_at": timezone.now()}),
        "advocate": (
            models.CodeEvent,
            {"kind": "bail", "happened_on": event.happened_on, "due_at": event.due_at},
        ),
        "clinician": (models.EnhancedRights, {"enhanced": False, "reason": "x"}),
        "probation": (models.CodeUpdate, {"event": event, "told_at": timezone.now()}),
    }
    for role, (model, values) in rows.items():
        user = getattr(world, role)
        with pytest.raises(DatabaseError), as_person(user):
            model.objects.create(**owned(user, world.case, **values))


def test_an_advocate_of_a_service_that_is_not_on_the_case_finds_nothing(world: making.World) -> None:
    stranger = access.somebody("advocate", "health")
    with as_person(stranger):
        assert all(model.objects.count() == 0 for model in CONFIDENCES)
