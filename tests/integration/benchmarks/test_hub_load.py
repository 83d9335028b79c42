"""The hub of the load benchmark holds together, and what the benchmark sets aside comes back."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks import hub_load_world as world
from lamplighter.hub.access.models import CaseRow
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.perpetrator_side.models import Session, Statement
from lamplighter.hub.sharing.models import Release
from lamplighter.hub.victim_side.models import Contact, SafeContact
from tests.integration.wall import times_betray

pytestmark = pytest.mark.django_db
SIDES = ("victim_side", "perpetrator_side", "sharing")


@pytest.fixture
def people() -> list[User]:
    found = world.people(50, 50)
    with connection.cursor() as cursor:
        world.fill(cursor, 120, 2400, lambda _: None)
    return found


def one(people: list[User], role: str) -> User:
    return next(user for user in people if user.role == role)


def counts() -> dict[str, int]:
    return {m._meta.db_table: m._default_manager.count() for m in [Case, *times_betray._models()]}


def test_every_row_is_of_a_case_and_of_somebody(people: list[User]) -> None:
    """Foreign keys are off while it is made: here they are looked up."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if field.remote_field is None:
                    continue
                there, column = field.remote_field.model._meta.db_table, field.target_field.column
                cursor.execute(
                    f'SELECT count(*) FROM "{model._meta.db_table}" a WHERE "{field.column}" IS NOT NULL'
                    f' AND NOT EXISTS (SELECT 1 FROM "{there}" b WHERE b."{column}" = a."{field.column}")'
                )
                assert cursor.fetchone()[0] == 0, f"{model._meta.db_table}.{field.column}"


def test_both_sides_and_what_was_released_are_there_and_nothing_is_of_tomorrow(people: list[User]) -> None:
    from django.utils import timezone

    made = [m for side in SIDES for m in apps.get_app_config(side).get_models() if issubclass(m, CaseRow)]
    filled = [m for m in made if m._default_manager.exists()]
    assert {Contact, SafeContact, Statement, Session, Release} <= set(filled)
    for model in filled:
        assert not model._default_manager.filter(at__gt=timezone.now()).exists()
        early = model._default_manager.extra(
            where=[f"at < (SELECT c.opened_at FROM cases_case c WHERE c.id = {model._meta.db_table}.case_id)"]
        )
        assert not early.exists(), model
    # A case has lines of every partition, and no case has none.
    assert Entry.objects.values("case").distinct().count() == 120
    assert Contact.objects.count() > 3 * 120


def test_each_sees_their_own_side(people: list[User]) -> None:
    advocate, clinician = one(people, "advocate"), one(people, "clinician")
    with identity.as_person(advocate):
        assert Contact.objects.filter(partition="advocacy").exists()
        assert not Statement.objects.exists()
        assert not SafeContact.objects.exists()  # without a reason
        page = Client()
    with identity.as_person(clinician):
        assert Statement.objects.exists()
        assert not Contact.objects.exists()
        case = Case.objects.filter(pk__in=Statement.objects.values("case")).first()
    page.force_login(clinician, backend="django.contrib.auth.backends.ModelBackend")
    assert b"Formulation" in page.get(reverse("cases:case", args=[case.key]), secure=True).content


def test_what_is_set_aside_comes_back(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[Any] = []
    monkeypatch.setattr(times_betray, "_sweep", swept.append)  # not possible within a test's transaction
    clinician = one(people, "clinician")
    subjects, groups = times_betray._subjects(clinician)
    assert {s.group for s in subjects} <= set(range(len(times_betray.TURNS)))
    assert len(groups) == len(times_betray.TURNS)
    before = counts()
    with identity.as_person(clinician):
        seen = counts()
    with times_betray._aside(groups) as (change, many):
        change([])
        assert sum(before.values()) - sum(counts().values()) == many > 0
        with identity.as_person(clinician):
            assert counts() == seen  # nothing that they could see has gone
        change([0, 2])
        assert sum(counts().values()) == sum(before.values()) - sum(
            len(ids) for group in (1, 3) for ids in groups[group].values()
        )
    assert counts() == before
    assert swept


def test_what_an_interrupted_run_left_aside_comes_back(
    people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times_betray, "_sweep", lambda tables: None)
    before = counts()
    with monkeypatch.context() as broken:
        broken.setattr(times_betray, "back", lambda quietly=False: None)
        with times_betray._aside(times_betray._subjects(one(people, "advocate"))[1]) as (change, _):
            change([])
    assert counts() != before
    told: list[str] = []
    monkeypatch.setattr(times_betray, "say", told.append)
    times_betray.back()
    assert counts() == before
    assert told
