"""No contact that breaks the rule of safe contact can be written, by the service or past it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.audit.models import Event
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import policies
from lamplighter.hub.victim_side.models import Contact, ContactResult, SafeContact
from lamplighter.hub.victim_side.services import contact, safe_contact
from tests.integration.victim_side import making
from tests.integration.victim_side.making import ALL_WAYS, london

pytestmark = pytest.mark.django_db
HOURS = st.integers(0, 23)
WINDOW = st.tuples(st.sets(st.integers(0, 6), min_size=1), HOURS, HOURS).filter(lambda w: w[1] != w[2])
RULE = st.fixed_dictionaries(
    {
        "no_contact": st.sampled_from([False] * 5 + [True]),
        "channels": st.sets(st.sampled_from(ALL_WAYS)).map(sorted),
        "text_first": st.booleans(),
        "windows": st.lists(
            WINDOW.map(
                lambda w: {
                    "days": sorted(w[0]),
                    "from": f"{min(w[1:]):02}:30",
                    "to": f"{max(w[1:]):02}:30",
                }
            ),
            max_size=2,
        ),
    }
)
# Past and future summer times, the two nights in which clocks change among them.
ANY_MOMENT = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC))
# On the half hour as often as not: that is where a window begins and ends.
MOMENT = ANY_MOMENT | ANY_MOMENT.map(lambda at: at.replace(minute=30, second=0, microsecond=0))
ENOUGH = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def world() -> making.World:
    return making.a_world()


def _insert(world: making.World, **values: Any) -> Contact:
    """A row as code that forgot the service would write it."""
    row = {
        "partition": "advocacy",
        "direction": "out",
        "channel": "call",
        "happened_at": london(2026, 11, 23, 11),
    }
    return Contact.objects.create(**owned(world.advocate, world.case, **(row | values)))


@ENOUGH
@given(rule=RULE, channel=st.sampled_from(ALL_WAYS), at=MOMENT, texted=st.booleans())
@example(
    rule={
        "no_contact": False,
        "channels": ["call"],
        "text_first": False,
        "windows": [{"days": [6], "from": "01:30", "to": "02:30"}],
    },
    channel="call",
    at=dt.datetime(2026, 3, 29, 1, 15, tzinfo=dt.UTC),
    texted=False,
)
def test_the_database_and_the_policy_say_the_same(
    world: making.World, rule: dict[str, Any], channel: str, at: dt.datetime, texted: bool
) -> None:
    row = SafeContact(case=world.case, owner=world.advocate.agency, number=1, **rule)
    expected = policies.refusal(row, channel, at, texted=texted)
    with transaction.atomic(), connection.cursor() as cursor:
        row.save()
        cursor.execute(
            "SELECT victim_side_refusal(s, %s, %s, %s) FROM victim_side_safecontact s WHERE s.id = %s",
            [channel, at, texted, row.pk],
        )
        assert (cursor.fetchone()[0] or "") == expected
        transaction.set_rollback(True)


@settings(ENOUGH, max_examples=150)
@given(
    rule=RULE, channel=st.sampled_from(ALL_WAYS), at=MOMENT, texts=st.lists(st.integers(1, 60), max_size=2)
)
def test_no_row_gets_in_that_breaks_the_rule_and_every_other_does(
    world: making.World, rule: dict[str, Any], channel: str, at: dt.datetime, texts: list[int]
) -> None:
    """A text so many hours before, then the contact: written past the service, as the advocate."""
    with transaction.atomic():
        row = SafeContact.objects.create(case=world.case, owner=world.advocate.agency, number=1, **rule)
        sent = [t for hours in texts if _goes_in(world, row, "text", t := at - dt.timedelta(hours=hours))]
        texted = any(at - dt.timedelta(hours=policies.TEXT_FIRST_HOURS) < t <= at for t in sent)
        assert _goes_in(world, row, channel, at) == (not policies.refusal(row, channel, at, texted=texted))
        transaction.set_rollback(True)


def _goes_in(world: making.World, row: SafeContact, channel: str, at: dt.datetime) -> bool:
    try:
        with as_person(world.advocate):
            _insert(world, channel=channel, happened_at=at, rule=row.key)
    except IntegrityError as refused:
        if "safe contact" not in str(refused):
            raise
        return False
    return True


def test_without_a_rule_nobody_is_contacted(world: making.World) -> None:
    with as_person(world.advocate):
        for channel in ALL_WAYS:
            verdict = safe_contact.may_contact(world.advocate, world.case, channel, london(2026, 11, 23, 11))
            assert (verdict.allowed, verdict.code) == (False, "no_rule")
    with pytest.raises(DatabaseError, match="no_rule"), as_person(world.advocate):
        _insert(world, rule=uuid.uuid4())


@pytest.mark.parametrize(
    ("rule", "channel", "hour", "code"),
    [
        ({"no_contact": True}, "text", 11, "no_contact"),
        ({"channels": ["text", "call"]}, "voicemail", 11, "channel"),
        ({"windows": [{"days": [0], "from": "10:00", "to": "14:00"}]}, "call", 14, "time"),
        ({"text_first": True}, "call", 11, "text_first"),
    ],
)
def test_the_service_refuses_in_words_and_nothing_is_written(
    world: making.World, rule: dict[str, Any], channel: str, hour: int, code: str
) -> None:
    making.a_rule(world.advocate, world.case, **rule)
    with as_person(world.advocate):
        with pytest.raises(policies.NotSafeError) as refused:
            contact.record(world.advocate, world.case, channel=channel, at=london(2026, 11, 23, hour))
        assert refused.value.code == code
        assert len(str(refused.value)) > 15
        assert Contact.objects.count() == 0


def test_a_call_after_a_text_is_allowed_for_a_day(world: making.World) -> None:
    making.a_rule(world.advocate, world.case, text_first=True)
    user, case = world.advocate, world.case
    with as_person(user):
        contact.record(user, case, channel="text", at=london(2026, 11, 22, 10))
        contact.record(user, case, channel="call", at=london(2026, 11, 23, 9, 59))
        with pytest.raises(policies.NotSafeError):
            contact.record(user, case, channel="call", at=london(2026, 11, 23, 10))


def test_a_rule_that_changed_after_the_check_counts(world: making.World) -> None:
    first = making.a_rule(world.advocate, world.case)
    making.a_rule(world.advocate, world.case, seen=str(first.key))
    with pytest.raises(DatabaseError, match="another_rule"), as_person(world.advocate):
        _insert(world, rule=first.key)


def test_an_outgoing_row_without_a_rule_is_refused_and_an_incoming_one_needs_none(
    world: making.World,
) -> None:
    making.a_rule(world.advocate, world.case)
    with pytest.raises(DatabaseError), as_person(world.advocate):
        _insert(world, rule=None)
    with as_person(world.advocate):
        assert _insert(world, rule=None, direction="in").pk


def test_no_message_is_left_where_none_may_be(world: making.World) -> None:
    making.a_rule(world.advocate, world.case, may_leave_message=False)
    user, case = world.advocate, world.case
    with as_person(user):
        made = contact.record(user, case, channel="call", at=london(2026, 11, 23, 11))
        with pytest.raises(policies.NotSafeError):
            contact.add_result(user, case, made, "message_left")
    row = {"partition": "advocacy", "contact": made, "result": "message_left"}
    with pytest.raises(DatabaseError, match="message"), as_person(user):
        ContactResult.objects.create(**owned(user, case, **row))


def test_the_police_are_held_to_the_same_rule_in_their_own_partition(world: making.World) -> None:
    making.a_rule(world.advocate, world.case, channels=["text"])
    with as_person(world.investigator):
        made = contact.record(world.investigator, world.case, channel="text", at=london(2026, 11, 23, 11))
        assert made.partition == "police"
        with pytest.raises(policies.NotSafeError):
            contact.record(world.investigator, world.case, channel="call", at=london(2026, 11, 23, 11))
    with as_person(world.advocate):
        assert Contact.objects.count() == 0


def test_a_coordinator_is_told_the_same_with_a_rule_and_without(world: making.World) -> None:
    at = london(2026, 11, 23, 11)
    with as_person(world.coordinator):
        before = safe_contact.may_contact(world.coordinator, world.case, "text", at)
    making.a_rule(world.advocate, world.case)
    with as_person(world.coordinator):
        assert safe_contact.may_contact(world.coordinator, world.case, "text", at) == before
        with pytest.raises(NotPossibleError):
            contact.record(world.coordinator, world.case, channel="text", at=at)


def test_whoever_may_not_reach_her_writes_no_rule(world: making.World) -> None:
    for user in (world.coordinator, world.clinician, world.probation):
        with pytest.raises(NotPossibleError):
            making.a_rule(user, world.case)
    assert not SafeContact.objects.exists()


def test_every_look_into_the_vault_is_on_record_with_its_reason(world: making.World) -> None:
    making.a_rule(world.advocate, world.case, phone="07700 900123")
    with as_person(world.investigator):
        with pytest.raises(NotPossibleError):
            safe_contact.look(world.investigator, world.case, "   ")
        found = safe_contact.look(world.investigator, world.case, "To tell her of the arrest")
    assert [v.phone for v in found] == ["07700 900123"]
    event = Event.objects.get(verb="victim.vault_opened")
    assert (event.operation, event.actor, event.case_id) == (
        "consultation",
        world.investigator,
        world.case.pk,
    )
    assert event.reason == "To tell her of the arrest"
    assert "07700" not in str(Event.objects.values_list("detail", "subject", "fields"))
