"""What a statement in one person's page leaves on the connection, the next person's page does not find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from lamplighter.hub.access.wall import identity, sync
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.web.person import Identity
from tests.integration.access import making
from tests.integration.access.site_login import as_the_site
from tests.integration.access.statements import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]
LOGINS = ("none", sync.WEB, sync.SERVICE, sync.RECORDS, sync.LOADER)
EXAMINERS = {
    "temporary table": "CREATE TEMP TABLE loot(tab text, row text)",
    "temporary function": (
        "CREATE FUNCTION pg_temp.steal(tab text, r text) RETURNS boolean LANGUAGE plpgsql AS"
        " 'BEGIN RETURN true; END'"
    ),
    "temporary view": "CREATE TEMP VIEW cases_entry AS SELECT e.* FROM public.cases_entry e",
    "search path": "SELECT set_config('search_path', 'pg_temp, decoy, public', false)",
}
OURS = {
    "set search path": "SET search_path = decoy",
    "own setting": "SET lamplighter.loot = 'somebody'",
    "actor for the session": "SELECT set_config('lamplighter.actor', '4', false)",
    "reason for the session": "SELECT set_config('lamplighter.reason', 'x', false)",
    "role for the session": "SET SESSION ROLE lamplighter_service",
    "planner": "SET enable_indexscan = off",
    "time zone": "SET TIME ZONE 'Asia/Tokyo'",
    "isolation": "SET default_transaction_read_only = on",
    "row security off": "SET row_security = off",
    "statement timeout": "SET statement_timeout = 1",
    "advisory lock": "SELECT pg_advisory_lock(72019)",
    "shared advisory lock": "SELECT pg_advisory_lock_shared(72025)",
    "channel": "LISTEN procrastinate_any_queue_v1",
    "held cursor": "DECLARE kept CURSOR WITH HOLD FOR SELECT * FROM accounts_agency",
    "prepared": "PREPARE other AS SELECT 1",
    "prepared in the place of ours": "DEALLOCATE _pg3_0; PREPARE _pg3_0 AS SELECT 'stolen'",
    "prepared all gone": "DEALLOCATE ALL",
    "commit and set": "COMMIT; SET lamplighter.loot = 'x'; BEGIN",
    "sequence": "SELECT nextval('procrastinate_jobs_id_seq')",
    "bytes as text": "SET bytea_output = 'escape'",
    "operators": "SET standard_conforming_strings = off",
    "password encryption": "SET password_encryption = 'md5'",
}
PRINT = """
SELECT ARRAY(SELECT name || '=' || coalesce(setting, '') FROM pg_settings
             WHERE source NOT IN ('default', 'override') OR name IN ('search_path', 'TimeZone') ORDER BY 1),
    current_setting('lamplighter.loot', true), coalesce(current_setting('lamplighter.actor', true), ''),
    coalesce(current_setting('lamplighter.reason', true), ''), current_user, session_user,
    ARRAY(SELECT name FROM pg_prepared_statements WHERE from_sql),
    ARRAY(SELECT name FROM pg_cursors WHERE is_holdable),
    ARRAY(SELECT pg_listening_channels()),
    ARRAY(SELECT classid || ' ' || objid FROM pg_locks
          WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
    ARRAY(SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()),
    ARRAY(SELECT proname FROM pg_proc WHERE pronamespace = pg_my_temp_schema())
"""


def page_of(user: User, statement: str = "SELECT 1", role: str = "") -> list[Any]:
    """A page as the site serves it, with a statement smuggled in; returns what the statement gave."""
    given: list[Any] = []

    def view(request: HttpRequest) -> HttpResponse:
        with suppress(DatabaseError):
            if statement.startswith("COMMIT"):
                run(statement)
            else:
                with transaction.atomic():
                    if role:
                        run(f"SET LOCAL ROLE {role}")
                    given.extend(run(statement))
        return HttpResponse("")

    request = HttpRequest()
    request.path, request.user = "/cases/", user
    with suppress(DatabaseError):
        Identity(view)(request)
    return given


def prints() -> Any:
    (found,) = run(PRINT)
    # What was never set and what was set to nothing are one.
    return [value or "" for value in found]


@pytest.fixture
def two() -> Iterator[tuple[User, User]]:
    people = making.somebody(Role.INVESTIGATOR, "force-b"), making.somebody(Role.ADVOCATE, "helpline")
    making.a_case(None, "helpline")
    with as_the_site():
        for user in people * 6:  # until what a page asks is prepared
            page_of(user)
        yield people


@pytest.mark.parametrize("name", [*EXAMINERS, *OURS])
def test_nothing_outlives_the_page(two: tuple[User, User], name: str) -> None:
    investigator, advocate = two
    before = prints()
    for role in LOGINS:
        page_of(investigator, (EXAMINERS | OURS)[name], role)
        assert prints() == before, role
        # The next person's page is their own, and works.
        assert page_of(advocate, "SELECT access.actor(), access.role(), current_user") == [
            (advocate.pk, "advocate", "lamplighter_web")
        ]
        assert prints() == before, role


def test_a_statement_that_was_prepared_in_the_place_of_ours_is_run_by_nobody(two: tuple[User, User]) -> None:
    investigator, advocate = two
    own = [name for (name,) in run("SELECT name FROM pg_prepared_statements WHERE NOT from_sql")]
    assert own != []
    for name in own:
        page_of(investigator, f"DEALLOCATE {name}; PREPARE {name} AS SELECT 'stolen'")
    assert page_of(advocate, "SELECT access.role()") == [("advocate",)]


def test_what_is_prepared_stays_prepared(two: tuple[User, User]) -> None:
    """Else each page would have its statements planned anew."""
    page_of(two[0])
    before = run("SELECT count(*) FROM pg_prepared_statements")
    backend = run("SELECT pg_backend_pid()")
    assert before[0][0] > 0
    page_of(two[1])
    assert run("SELECT count(*) FROM pg_prepared_statements") == before
    assert run("SELECT pg_backend_pid()") == backend


def test_a_job_leaves_nothing_for_the_next_one(two: tuple[User, User]) -> None:
    before = prints()
    with identity.job("run clocks"):
        run("SELECT set_config('search_path', 'decoy, public', false)")
        run("SELECT pg_advisory_lock(72019)")
    assert prints() == before


def test_pages_of_the_site_go_through_it(client: Client, two: tuple[User, User]) -> None:
    """Not the middleware alone: an address, as a browser asks for it."""
    client.force_login(two[0])
    run("SELECT set_config('search_path', 'pg_catalog, public', false)")
    assert client.get("/service/", secure=True).status_code in {200, 403}
    assert run("SHOW search_path") != [("pg_catalog, public",)]
