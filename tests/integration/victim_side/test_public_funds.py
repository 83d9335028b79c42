"""Recourse to public funds is for advocates alone: page, history, tasks, audit trail, database, sharing."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.sharing import policies
from lamplighter.hub.sharing.models import Refusal
from lamplighter.hub.sharing.refusals import services as refusing
from lamplighter.hub.victim_side.models import PublicFunds
from lamplighter.hub.victim_side.services import standing_by
from tests.integration.access import making
from tests.integration.victim_side import making as side

pytestmark = pytest.mark.django_db
WORDS = "Spouse visa, which ends with the marriage."


def told_that_there_is_none(world: side.World) -> PublicFunds:
    with identity.as_person(world.advocate):
        return standing_by.record_public_funds(world.advocate, world.case, "no", words=WORDS)


def test_an_advocate_records_it_and_looks_at_what_is_open() -> None:
    world = side.a_world()
    client = side.signed_in(world.advocate)
    page = f"/cases/{world.case.key}/victim/public-funds"
    sent = {"recourse": "no", "words": WORDS, "version": ""}
    assert client.post(page, sent, secure=True).status_code == 302
    shown = client.get(page, secure=True).content.decode()
    assert "No recourse to public funds." in shown
    assert "Migrant Victims of Domestic Abuse Concession" in shown
    clock = Clock.objects.get(case=world.case, kind=standing_by.FUNDS)
    assert (clock.partition, clock.assigned_to) == ("advocacy", world.advocate)
    standing = str(PublicFunds.objects.get(case=world.case).key)
    sent = {"recourse": "yes", "words": "Settled since.", "version": standing}
    assert client.post(page, sent, secure=True).status_code == 302
    assert Clock.objects.get(pk=clock.pk).state == Clock.State.CANCELLED


def test_nobody_else_on_the_case_finds_it_anywhere() -> None:
    world = side.a_world()
    told_that_there_is_none(world)
    for other in world.others():
        client = side.signed_in(other)
        assert client.get(f"/cases/{world.case.key}/victim/public-funds", secure=True).status_code in (
            403,
            404,
        )
        for page in ("", "/history", "/timeline", "/sharing"):
            shown = client.get(f"/cases/{world.case.key}{page}", secure=True).content.decode()
            assert "ublic funds" not in shown
            assert "visa" not in shown
        with identity.as_person(other):
            assert not PublicFunds.objects.exists()
            assert not Clock.objects.filter(kind=standing_by.FUNDS).exists()
            assert not Entry.objects.filter(kind="victim.funds").exists()


def test_the_database_takes_no_row_of_it_from_anybody_else() -> None:
    world = side.a_world()
    for other in world.others():
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            identity.as_person(other),
            transaction.atomic(),
        ):
            PublicFunds.objects.create(**owned(other, world.case, recourse="no"))


def test_the_trail_does_not_say_the_answer() -> None:
    world = side.a_world()
    told_that_there_is_none(world)
    with making.as_the_owner():
        events = list(Event.objects.filter(case_id=world.case.pk))
    told = [e for e in events if e.verb == "victim.public_funds"]
    assert [e.fields for e in told] == [["recourse"]]
    assert not any("funds" in f"{e.subject} {e.detail} {e.reason}".replace("funds ", "") for e in events)
    assert not any({"no", WORDS} & {str(value) for value in e.detail.values()} for e in told)


def test_a_refusal_is_read_by_the_side_that_refused_and_its_reason_stays_with_advocates() -> None:
    world = side.a_world()
    client = side.signed_in(world.advocate)
    page = f"/cases/{world.case.key}/sharing/refuse"
    sent = {"reason": "immigration_status", "asked_by": "DC Vale, Force A", "words": "Asked for her papers."}
    assert client.post(page, sent, secure=True).status_code == 302
    register = f"/cases/{world.case.key}/sharing"
    assert "Safe to Share" in client.get(register, secure=True).content.decode()
    for other in world.others():
        asked = side.signed_in(other)
        shown = (
            asked.get(register, secure=True).content.decode() + asked.get(page, secure=True).content.decode()
        )
        assert "Safe to Share" not in shown
        assert "DC Vale" not in shown
        with identity.as_person(other):
            assert not Refusal.objects.exists()
    officer = side.signed_in(world.investigator)
    refused = officer.post(page, sent, secure=True)
    assert refused.status_code == 422
    assert officer.post(page, sent | {"reason": "no_basis"}, secure=True).status_code == 302


@pytest.mark.parametrize(("partition", "reason"), [("police", "immigration_status"), ("shared", "no_basis")])
def test_the_database_holds_that_too(partition: str, reason: str) -> None:
    world = side.a_world()
    with (
        pytest.raises(IntegrityError, match=r"immigration_status_stays|a_refusal_is_not_shared"),
        identity.as_person(world.investigator),
        transaction.atomic(),
    ):
        Refusal.objects.create(
            **owned(world.investigator, world.case, partition=partition, reason=reason, asked_by="Somebody")
        )


def draft(text: str, *agencies: str, to: str = "police") -> policies.Draft:
    return policies.Draft(
        from_partition="advocacy",
        to_partition=to,
        kind="other",
        title="For you",
        text=text,
        basis="consent",
        necessity="x",
        proportionality="x",
        expires_on=timezone.localdate(),
        to_agencies=agencies,
    )


@pytest.mark.parametrize(
    ("text", "agencies", "expected"),
    [
        ("She is safe tonight.", ("force-a",), []),
        ("It is advisable to ring first.", ("force-a",), []),
        ("Her VISA ends in May.", ("force-a",), ["The words speak"]),
        ("She has no recourse to public-funds.", ("force-a",), ["The words speak"]),
        ("She is safe tonight.", ("ice",), ["Immigration Enforcement would"]),
        ("She is safe tonight.", (), ["Immigration Enforcement would"]),
    ],
)
def test_a_release_is_warned_of(text: str, agencies: tuple[str, ...], expected: list[str]) -> None:
    on_case = [
        Agency(code="force-a", name="Force A", kind="police"),
        Agency(code="ice", name="Home Office Immigration Enforcement, North", kind="police"),
    ]
    found = refusing.warnings(draft(text, *agencies), on_case, timezone.localdate())
    assert [w for w, start in zip(found, expected, strict=True) if w.startswith(start)] == found
