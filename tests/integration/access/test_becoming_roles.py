"""Whoever runs a statement in a page can become each of the site's roles, and gains nothing by it."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall import identity, sync
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit import services
from lamplighter.hub.audit.integrity import checkpoints
from lamplighter.hub.audit.models import Event
from lamplighter.hub.operations import jobs
from tests.integration.access import making
from tests.integration.access.site_login import as_the_site
from tests.integration.access.statements import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]
WRITE = "SELECT audit_write({of}, 'consultation', 'cases.seen', 'case x', NULL, '{{}}', '', '{{}}')"


def refused(*statements: str) -> str:
    """Why the last of them was refused, in a part of the transaction that is undone."""
    try:
        with transaction.atomic():
            for statement in statements:
                run(statement)
    except DatabaseError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize("role", [sync.WEB, sync.SERVICE, sync.RECORDS])
@pytest.mark.parametrize(
    "before",
    [
        "SELECT set_config('lamplighter.proof', '', true)",
        "SELECT set_config('lamplighter.actor', '1', true)",
        "SELECT set_config('lamplighter.purpose', 'receive reports', true)",
    ],
)
def test_an_event_in_somebody_elses_name_is_nobodys_and_names_the_login(role: str, before: str) -> None:
    investigator = making.somebody(Role.INVESTIGATOR, "force-b")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_the_site(), identity.as_person(investigator):
        run(f"SET LOCAL ROLE {role}")
        run(before)
        ((number,),) = run(WRITE.format(of=advocate.pk))
    event = Event.objects.get(pk=number)
    assert (event.actor_id, event.agency) == (None, "")
    if role != sync.WEB:
        assert event.detail == {"proved": False, "login": "lamplighter_app", "as": role}


def test_without_a_trick_the_event_is_of_who_is_signed_in() -> None:
    investigator = making.somebody(Role.INVESTIGATOR, "force-b")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_the_site(), identity.as_person(investigator):
        run(f"SET LOCAL ROLE {sync.RECORDS}")
        ((number,),) = run(WRITE.format(of=advocate.pk))
    assert Event.objects.get(pk=number).actor_id == investigator.pk


def test_a_job_that_proves_its_purpose_names_whom_it_works_for() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    with as_the_site(), identity.job("receive reports"):
        made = services.record(officer, "tests.done", "thing")
    event = Event.objects.get(pk=made)
    assert (event.actor_id, event.service, event.detail) == (officer.pk, "receive reports", {})


def test_nobody_loads_rows_without_a_purpose() -> None:
    """As the role that goes round row security, in the page of somebody who reads no report."""
    probation = making.somebody(Role.PROBATION, "probation")
    tables = {
        table
        for (table,) in run(
            "SELECT table_name FROM information_schema.role_table_grants"
            " WHERE grantee = %s AND privilege_type = 'INSERT' AND table_schema = 'public'",
            [sync.LOADER],
        )
    }
    assert len(tables) > 10
    with as_the_site(), identity.as_person(probation):
        for table in sorted(tables):
            (column,) = run(
                "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0"
                " AND NOT a.attisdropped LIMIT 1",
                [table],
            )[0]
            asked = f'INSERT INTO "{table}" ("{column}") VALUES (NULL)'
            said = refused(f"SET LOCAL ROLE {sync.LOADER}", asked)
            assert "nobody loads rows without a purpose" in said, table


def test_what_a_person_decided_is_loaded_by_nobody() -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    probation = making.somebody(Role.PROBATION, "probation")
    by_people = {
        t.table
        for t in declared()
        if t.partition in sync.RECORDS_TABLES and "by_id" in {f.column for f in t.model._meta.concrete_fields}
    }
    assert {"patterns_decision", "people_decision", "patterns_correction"} <= by_people
    with as_the_site(), identity.as_person(probation), identity.as_service("receive reports"):
        for table in sorted(by_people):
            asked = f'INSERT INTO "{table}" (by_id) VALUES ({lead.pk})'
            assert "permission denied" in refused(f"SET LOCAL ROLE {sync.LOADER}", asked), table


def test_a_purpose_that_is_proved_loads() -> None:
    with as_the_site(), identity.as_service("find who is who"):
        said = refused(f"SET LOCAL ROLE {sync.LOADER}", "INSERT INTO people_removal DEFAULT VALUES")
    assert "violates not-null constraint" in said


def test_nobody_signs_a_checkpoint_without_a_purpose() -> None:
    services.record(None, "tests.done", "thing")
    made = checkpoints.make()
    somebody = making.somebody(Role.INVESTIGATOR)
    with as_the_site(), identity.as_person(somebody):
        run(f"SET LOCAL ROLE {sync.SERVICE}")
        with pytest.raises(DatabaseError, match="only who watches access signs"), transaction.atomic():
            checkpoints.keep_in_table(made)
    with as_the_site(), identity.job("watch access"):
        checkpoints.keep_in_table(made)


def test_what_only_the_rules_ask_is_asked_by_nobody() -> None:
    somebody = making.somebody(Role.INVESTIGATOR)
    with as_the_site(), identity.as_person(somebody):
        for role in ("none", sync.WEB, sync.SERVICE, sync.RECORDS, sync.LOADER):
            for asked in (
                "access.same_two(1, 2)",
                "access.standing_markers()",
                "access.markers_touching()",
                "access.markers_against()",
                "access.marker_persons(ARRAY[1])",
                "access.marker_cases(ARRAY[1])",
                "access.marked(1)",
                "access.against(1)",
                "access.on_case_about('C-1')",
                "access.sender_of('R-1')",
            ):
                said = refused(f"SET LOCAL ROLE {role}", f"SELECT {asked}")
                assert "permission denied for function" in said, (role, asked)


def test_nobody_is_asked_about_but_who_asks() -> None:
    """Which cases somebody is kept off is answered of the person of the transaction, whoever is named."""
    officer, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.INVESTIGATOR)
    case = making.a_case()
    Exclusion.objects.create(case=case, user=other, by=officer, reason="A relative of theirs")
    with as_the_site(), identity.as_person(officer):
        run("SELECT set_config('lamplighter.actor', %s, true)", [str(other.pk)])
        assert run("SELECT access.excluded(%s), access.on_case(%s)", [case.pk, case.pk]) == [(False, False)]
    with as_the_site(), identity.as_person(other):
        assert run("SELECT access.excluded(%s)", [case.pk]) == [(True,)]


def test_a_page_queues_what_pages_queue_and_changes_no_job() -> None:
    """As each role: nobody's jobs are removed or run again, and none is queued that no page queues."""
    somebody = making.somebody(Role.PROBATION, "probation")
    defer = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
        " VALUES ('x', '{}', 0, '{{}}', 'todo')"
    )
    run(defer.format("rights.collect"))
    ((before,),) = run("SELECT count(*) FROM procrastinate_jobs")
    with as_the_site(), identity.as_person(somebody):
        for role in ("none", sync.WEB, sync.SERVICE, sync.RECORDS):
            become = f"SET LOCAL ROLE {role}"
            for asked in (
                "DELETE FROM procrastinate_jobs",
                "DELETE FROM procrastinate_events",
                'UPDATE procrastinate_jobs SET args = \'{"delivery_key": "x"}\'',
                "DELETE FROM procrastinate_workers",
                "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp) VALUES ('x', 1)",
            ):
                assert "without a purpose" in refused(become, asked), (role, asked)
            for task in ("rights.collect", "patterns.link_anew", "operations.housekeeping"):
                assert "a page does not queue this" in refused(become, defer.format(task)), (role, task)
            assert refused(become, defer.format("intake.read_delivery")) == ""
    assert run("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'rights.collect'") == [(before,)]


def test_the_workers_connection_keeps_the_queue_for_as_long_as_it_lives() -> None:
    """What its pool does with each connection that it makes."""
    values = connection.get_connection_params()
    with as_the_site():
        values |= {k: v for k, v in connection.get_connection_params().items() if k in values}
        keys = {"host", "port", "user", "password", "dbname"}
        with psycopg.connect(**{k: v for k, v in values.items() if k in keys}) as own:
            for statement, told in identity.of_connection(own, jobs.PURPOSE):
                own.execute(statement, told)
            own.commit()
            for _ in range(2):
                own.execute("UPDATE procrastinate_jobs SET priority = 0")
                own.commit()
            ((proof,),) = own.execute("SELECT current_setting('lamplighter.proof')").fetchall()
        # And proves nothing on another one.
        with identity.as_person(None):
            run("SELECT set_config('lamplighter.purpose', %s, true)", [jobs.PURPOSE])
            run("SELECT set_config('lamplighter.proof', %s, true)", [proof])
            assert "without a purpose" in refused("UPDATE procrastinate_jobs SET priority = 0")


def test_nobody_lists_reads_changes_or_ends_the_session_of_another(client: Client) -> None:
    somebody = making.somebody(Role.INVESTIGATOR)
    other = making.somebody(Role.CLINICIAN, "health")
    client.force_login(somebody)
    with as_the_site(), identity.as_person(other):
        for role in ("none", sync.WEB, sync.SERVICE, sync.RECORDS, sync.LOADER):
            for statement in (
                "SELECT count(*) FROM django_session",
                "DELETE FROM django_session",
                "UPDATE django_session SET expire_date = now()",
                "INSERT INTO django_session VALUES ('a', 'b', now())",
                "TRUNCATE django_session",
            ):
                assert "permission denied" in refused(f"SET LOCAL ROLE {role}", statement), (role, statement)
        for role in ("none", sync.WEB, sync.RECORDS, sync.LOADER):
            said = refused(f"SET LOCAL ROLE {role}", "SELECT accounts_sessions_expired()")
            assert "permission denied" in said, role
        # A session is ended by whoever knows its key of the table, which no page shows and nobody guesses.
        run("SELECT accounts_session_end(%s)", ["0" * 40])
        assert run("SELECT count(*) FROM accounts_session_read('')") == [(0,)]
    assert client.session["_auth_user_id"] == str(somebody.pk)


def test_who_ends_anothers_connection_interrupts_it_and_learns_nothing() -> None:
    """PostgreSQL lets a login end its own sessions, and the site has one login: the next page has another."""
    somebody = making.somebody(Role.INVESTIGATOR)
    with as_the_site():
        with identity.as_person(somebody):
            ((backend, words),) = run("SELECT pid, query FROM pg_stat_activity WHERE pid = pg_backend_pid()")
            # What others ask does not stand there at all.
            assert words in ("", "<insufficient privilege>")
        with transaction.atomic():
            seen = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'lamplighter_app' AND query <> ''"
            assert run(seen) == [(0,)]
        values = connection.get_connection_params()
        keys = {"host", "port", "user", "password", "dbname"}
        with psycopg.connect(**{k: v for k, v in values.items() if k in keys}) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        connection.errors_occurred = True  # as after the page that it interrupted
        connection.close_if_unusable_or_obsolete()
        with identity.as_person(somebody):
            assert run("SELECT access.role()") == [("investigator",)]
