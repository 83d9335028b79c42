"""A statement that somebody smuggled in becomes nobody else: who is asking is proved, not said."""

from __future__ import annotations

import uuid
from contextlib import suppress

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity, sync, system_checks
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.accounts.models import Agency, FeedToken, Role, User
from lamplighter.hub.accounts.sign_in.sessions import stored
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.victim_side.models import Contact, SafeContact
from tests.integration.access import making
from tests.integration.access.site_login import as_the_site
from tests.integration.access.statements import run

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]


def shown(table: str) -> int:
    """How many rows of it are shown, if it may be asked at all."""
    with suppress(ProgrammingError), transaction.atomic():
        return int(run(f'SELECT count(*) FROM "{table}"')[0][0])
    return 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["lamplighter_web", "lamplighter_service", "lamplighter_records"])
def test_settings_alone_make_nobody_anybody(role: str) -> None:
    case = making.a_case()
    officer, outsider = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    with as_the_site(), identity.as_person(outsider):
        for purpose in ("", "erase a record", "receive reports"):
            run(
                "SELECT set_config('role', %s, true), set_config('lamplighter.actor', %s, true),"
                " set_config('lamplighter.purpose', %s, true)",
                [role, str(officer.pk), purpose],
            )
            for table in declared():
                if table.partition == "open":
                    continue
                assert shown(table.table) == 0, (table.table, role, purpose)
            assert run("SELECT access.actor(), access.role(), access.purpose()") == [(None, None, "")]
            assert run("SELECT access.on_case(%s)", [case.pk]) == [(False,)]


def test_a_proof_is_of_one_person_one_purpose_and_one_transaction() -> None:
    case = making.a_case()
    officer, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    with identity.as_person(officer):
        proof = run("SELECT current_setting('lamplighter.proof')")[0][0]
        assert Case.objects.filter(pk=case.pk).exists()
    # Of another person, in the same transaction.
    with identity.as_person(other):
        run("SELECT set_config('lamplighter.proof', %s, true)", [proof])
        assert run("SELECT access.actor()") == [(None,)]
    # As another service.
    with identity.as_service("watch access"):
        run("SELECT set_config('lamplighter.purpose', 'erase a record', true)")
        assert run("SELECT access.purpose()") == [("",)]
        assert Entry.objects.count() == 0
    # As if it were of a job, which no transaction ends.
    with identity.as_person(officer):
        run("SELECT set_config('lamplighter.proof', %s, true)", ["j" + proof[1:]])
        assert run("SELECT access.actor()") == [(None,)]


@pytest.mark.django_db(transaction=True)
def test_a_proof_of_before_proves_nothing_later_or_on_another_connection() -> None:
    case, officer = making.a_case(), making.somebody(Role.INVESTIGATOR)
    with identity.as_person(officer):
        proof = run("SELECT current_setting('lamplighter.proof')")[0][0]
    said = [("role", sync.WEB), ("lamplighter.actor", str(officer.pk)), ("lamplighter.proof", proof)]
    with transaction.atomic():
        for name, value in said:
            run("SELECT set_config(%s, %s, true)", [name, value])
        assert Case.objects.filter(pk=case.pk).count() == 0
    with identity.job("run clocks"):
        of_job = run("SELECT current_setting('lamplighter.proof')")[0][0]
        assert Case.objects.filter(pk=case.pk).count() == 1
    values = connection.get_connection_params()
    values = {k: v for k, v in values.items() if k in {"host", "port", "user", "password", "dbname"}}
    with psycopg.connect(**values) as elsewhere:
        for name, value in (
            ("lamplighter.purpose", "run clocks"),
            ("lamplighter.proof", of_job),
            ("role", sync.SERVICE),
        ):
            elsewhere.execute("SELECT set_config(%s, %s, true)", [name, value])
        found = elsewhere.execute("SELECT count(*) FROM cases_case").fetchone()
    assert found == (0,)


@pytest.mark.django_db(transaction=True)
def test_nobody_but_the_owner_reads_the_key_or_what_counts_rows() -> None:
    with as_the_site():
        for role in ("none", sync.WEB, sync.SERVICE, sync.RECORDS, sync.LOADER):
            for statement in (
                "SELECT key FROM access.identity_key",
                "SELECT last_value FROM victim_side_safecontact_id_seq",
                "SELECT nextval('cases_case_id_seq')",
            ):
                run("SELECT set_config('role', %s, true)", [role])
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    run(statement)


def test_the_role_that_loads_reads_and_changes_nothing() -> None:
    rights = run(
        "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee = %s",
        [sync.LOADER],
    )
    assert rights == [("INSERT",)]
    goes_round = run("SELECT rolname FROM pg_roles WHERE rolbypassrls AND rolname LIKE 'lamplighter%'")
    assert goes_round == [(sync.LOADER,)]


@pytest.mark.django_db(transaction=True)
def test_functions_with_the_owners_rights_look_where_they_should() -> None:
    """Each has a search path that ends with the temporary schema, in which anybody can make things."""
    found = run(
        "SELECT p.oid::regprocedure::text, p.proconfig"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert len(found) > 15
    assert [name for name, config in found if config != ["search_path=public, pg_temp"]] == []
    with as_the_site():
        for schema in ("public", "access"):
            assert run("SELECT has_schema_privilege('lamplighter_app', %s, 'CREATE')", [schema]) == [(False,)]


@pytest.mark.django_db(transaction=True)
def test_nothing_that_a_page_leaves_on_a_connection_is_found_by_the_next() -> None:
    """No temporary view or function, and nobody else's statements."""
    for role in ("lamplighter_app", sync.WEB, sync.SERVICE, sync.LOADER):
        assert run("SELECT has_database_privilege(%s, current_database(), 'TEMP')", [role]) == [(False,)]
    with as_the_site():
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run("CREATE TEMPORARY VIEW accounts_agency AS SELECT 1")
        assert run("SHOW track_activities") == [("off",)]


def test_no_view_or_copy_of_rows_stands_beside_the_wall() -> None:
    """A view reads with its owner's rights, and a materialised one holds rows with no row security at all."""
    found = run(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('v', 'm', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert found == []
    without = {
        name
        for (name,) in run(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = 'public' AND NOT c.relrowsecurity"
        )
    }
    # What everybody may read, and the list of migrations, which nobody but the owner reads.
    assert without == {t.table for t in declared() if t.partition == "open"} | {"django_migrations"}


def test_nobody_gives_themselves_a_role_an_agency_or_a_password() -> None:
    clinician = making.somebody(Role.CLINICIAN, "health")
    admin, coordinator = making.somebody(Role.ADMINISTRATOR, "hub"), making.somebody(Role.COORDINATOR)
    changes = [
        {"role": Role.ADVOCATE},
        {"agency": making.agency("helpline")},
        {"is_active": False},
        {"username": "somebody-else"},
        {"key": coordinator.key},
    ]
    for by, whom, given in (
        *((clinician, clinician, change) for change in changes),
        *((admin, admin, change) for change in changes[:3]),
        *((coordinator, clinician, change) for change in changes),
        (clinician, admin, {"password": "!x"}),
        (clinician, admin, {"stamp": "0" * 32}),
        (coordinator, clinician, {"password": "!x"}),
        (None, admin, {"password": "!x"}),
        (admin, clinician, {"username": "somebody-else"}),
    ):
        with pytest.raises(DatabaseError, match="nobody changes"), identity.as_person(by):
            User.objects.filter(pk=whom.pk).update(**given)
    with pytest.raises(DatabaseError, match="nobody is invited"), identity.as_person(clinician):
        User.objects.create_user("x", None, display_name="X", role=Role.ADVOCATE, agency_id="helpline")
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_person(admin):
        run("DELETE FROM accounts_user WHERE id = %s", [clinician.pk])
    with identity.as_person(admin):
        waits = timezone.now()
        assert User.objects.filter(pk=clinician.pk).update(role=Role.PROBATION, waits_since=waits) == 1


def test_nobody_turns_their_agency_into_another_kind_or_makes_a_token() -> None:
    clinician, admin = making.somebody(Role.CLINICIAN, "health"), making.somebody(Role.ADMINISTRATOR, "hub")
    for by in (clinician, admin):
        with pytest.raises(DatabaseError, match="permission denied"), identity.as_person(by):
            Agency.objects.filter(pk="health").update(kind=Agency.Kind.ADVOCACY)
        with pytest.raises(DatabaseError, match="permission denied"), identity.as_person(by):
            FeedToken.objects.create(agency_id="health", label="x", digest="x")
    nobody = pytest.raises(DatabaseError, match="nobody adds or changes an agency")
    with nobody, identity.as_person(clinician):
        Agency.objects.create(code="new", name="New", kind=Agency.Kind.ADVOCACY)
    with nobody, identity.as_service("match a new report"):
        Agency.objects.create(code="new", name="New", kind=Agency.Kind.ADVOCACY)


def test_the_trail_names_nobody_whom_the_page_only_says() -> None:
    officer, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    with identity.as_person(other):
        run("SELECT set_config('lamplighter.actor', %s, true)", [str(officer.pk)])
        made = audit.record(officer, "cases.seen", "case x")
    assert Event.objects.get(pk=made).actor_id is None


def test_what_a_session_holds_is_in_no_table(client: Client) -> None:
    client.force_login(making.somebody(Role.INVESTIGATOR))
    session = client.session
    session["draft"] = {"summary": "zqsessionqz"}
    session.save()
    row = Session.objects.get(session_key=stored(session.session_key))
    told = f"{row.session_key} {row.session_data}"
    assert session.session_key not in told
    assert "zqsessionqz" not in f"{told} {type(session)().decode(row.session_data)}"
    # Nor does a row moved into another session open there.
    other = type(session)()
    other.create()
    Session.objects.filter(session_key=stored(other.session_key)).update(session_data=row.session_data)
    assert type(session)(other.session_key).load() == {}
    assert client.session["draft"] == {"summary": "zqsessionqz"}


def test_a_site_with_another_key_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert system_checks.the_database_knows_this_site(None, databases=["default"]) == []
    monkeypatch.setattr(identity, "identity_key", lambda: b"another")
    assert [e.id for e in system_checks.the_database_knows_this_site(None, databases=["default"])] == [
        "access.E004"
    ]


def test_a_refusal_by_the_database_tells_nothing_of_the_rule() -> None:
    """Triggers come before row security: whoever may not add the row hears that, and no more."""
    case = making.a_case(None, "helpline", "health")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    outsiders = [making.somebody(Role.CLINICIAN, "health"), making.somebody(Role.ADVOCATE, "probation")]
    told = set()
    for with_rule in (False, True):
        if with_rule:
            with identity.as_person(advocate), identity.for_reason("She said how she can be reached"):
                SafeContact.objects.create(
                    **owned(advocate, case, number=1, no_contact=True, channels=["call"])
                )
        for by in outsiders:
            for channel in ("call", "letter"):
                values = owned(by, case, partition="advocacy", direction="out", channel=channel)
                with pytest.raises(DatabaseError) as refused, identity.as_person(by):
                    Contact.objects.create(**values, happened_at=timezone.now(), rule=uuid.uuid4())
                told.add(str(refused.value))
    assert told == {'new row violates row-level security policy for table "victim_side_contact"'}
