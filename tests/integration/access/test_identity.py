"""Without an identity nothing is shown; with one, what the rule says; and it ends with the transaction."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case, Entry, Party
from tests.integration.access import making

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]


def test_nobody_sees_nothing() -> None:
    making.a_case()
    with identity.as_person(None):
        assert (Case.objects.count(), Party.objects.count()) == (0, 0)
    assert Case.objects.count() == 1


def test_the_agencies_on_the_case_see_it_and_others_do_not() -> None:
    case = making.a_case(None, "helpline")
    for role, code, sees in (
        (Role.INVESTIGATOR, "force-a", 1),
        (Role.ADVOCATE, "helpline", 1),
        (Role.INVESTIGATOR, "force-b", 0),
        (Role.CLINICIAN, "health", 0),
        (Role.COORDINATOR, "force-b", 1),
        (Role.ADMINISTRATOR, "force-a", 0),
        (Role.AUDITOR, "force-a", 0),
    ):
        with identity.as_person(making.somebody(role, code)):
            assert Case.objects.filter(pk=case.pk).count() == sees, (role, code)


def test_confidences_stay_on_their_side() -> None:
    case = making.a_case(None, "helpline", "health")
    advocate, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    with identity.as_person(advocate):
        services.enter(advocate, case, "note", "In confidence", partition="advocacy")
    with identity.as_person(clinician):
        services.enter(clinician, case, "note", "Said in therapy", partition="health")
    for user, titles in ((advocate, {"In confidence"}), (clinician, {"Said in therapy"})):
        with identity.as_person(user):
            seen = set(Entry.objects.filter(kind="note").values_list("title", flat=True))
        assert seen == titles


def test_nobody_writes_across_the_wall_or_for_another_agency() -> None:
    case = making.a_case(None, "helpline", "health")
    clinician = making.somebody(Role.CLINICIAN, "health")
    for partition, owner in (("advocacy", "health"), ("shared", "helpline"), ("police", "health")):
        with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(clinician):
            services.enter(clinician, case, "note", "x", partition=partition, owner_id=owner)


def test_the_vault_opens_for_a_reason_only() -> None:
    case = making.a_case(None, "helpline")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(advocate):
        with identity.for_reason("She asked for a lock to be changed"):
            services.enter(advocate, case, "address", "4 Vault Lane", partition="vault")
            assert Entry.objects.filter(kind="address").count() == 1
        assert Entry.objects.filter(kind="address").count() == 0


def test_the_identity_ends_with_the_transaction() -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        login = cursor.fetchone()[0]
    with identity.as_person(advocate), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, access.actor()")
        assert cursor.fetchone() == ("lamplighter_web", advocate.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, access.actor()")
        assert cursor.fetchone() == (login, None)


def test_history_is_added_to_and_never_changed() -> None:
    case = making.a_case()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Entry.objects.filter(case=case).update(title="Nothing happened")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Entry.objects.filter(case=case).delete()


def test_a_purpose_that_is_not_listed_is_refused() -> None:
    with pytest.raises(identity.UnknownPurposeError, match="look around"), identity.as_service("look around"):
        pass


def test_importing_reaches_no_case() -> None:
    making.a_case()
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_service("receive reports"):
        Case.objects.count()


def test_owned_rows_name_the_writers_agency() -> None:
    user = making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(user)
    assert owned(user, case, x=1) == {"case": case, "by": user, "owner_id": "helpline", "x": 1}
