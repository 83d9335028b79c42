"""Whoever changes the database by hand is seen: `hub check`, the page and the trail name what they did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from typer.testing import CliRunner

from lamplighter.cli.administration import hub
from lamplighter.cli.main import app
from lamplighter.hub.access.wall import drift, identity, sync
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.operations import services, tasks, upgrading
from tests.integration.access import making
from tests.integration.access.site_login import as_the_site
from tests.integration.access.statements import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]
BY_HAND = {
    "policy backdoor on victim_side_safecontact": (
        "CREATE POLICY backdoor ON victim_side_safecontact FOR SELECT TO lamplighter_web USING (true)"
    ),
    "right SELECT on table intake_safecontact to PUBLIC": "GRANT SELECT ON intake_safecontact TO PUBLIC",
    "function victims()": (
        "CREATE FUNCTION victims() RETURNS SETOF cases_party LANGUAGE sql SECURITY DEFINER AS"
        " 'SELECT * FROM cases_party'"
    ),
    "trigger copies on cases_entry": (
        "CREATE FUNCTION copies() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER copies BEFORE INSERT ON cases_entry FOR EACH ROW EXECUTE FUNCTION copies()"
    ),
}
MORE = {
    "right SELECT on column address of": (
        "GRANT SELECT (%(column)s) ON intake_personrecord TO lamplighter_web"
    ),
    "function access.on_case(of_case bigint) is not as declared": (
        "CREATE OR REPLACE FUNCTION access.on_case(of_case bigint) RETURNS boolean LANGUAGE sql STABLE"
        " SECURITY DEFINER COST 2000 SET search_path = public, pg_temp AS 'SELECT true'"
    ),
    "function access.role() is not as declared": "ALTER FUNCTION access.role() SET search_path = pg_temp",
    "right EXECUTE on function access.repeats_vault(of_case bigint, told text) to lamplighter_web": (
        "GRANT EXECUTE ON FUNCTION access.repeats_vault(bigint, text) TO lamplighter_web"
    ),
    "function access.on_case(of_case integer)": (
        "CREATE FUNCTION access.on_case(of_case int) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
    ),
    "trigger wall_append_only on audit_event is missing": "DROP TRIGGER wall_append_only ON audit_event",
    "trigger audit_event_append_only on audit_event is missing": (
        "DROP TRIGGER audit_event_append_only ON audit_event"
    ),
    "trigger audit_event_sealed on audit_event is not as declared": (
        "ALTER TABLE audit_event DISABLE TRIGGER audit_event_sealed"
    ),
    "rule hide on audit_event": "CREATE RULE hide AS ON DELETE TO audit_event DO INSTEAD NOTHING",
    "view everybody": "CREATE VIEW everybody AS SELECT * FROM cases_party",
    "table cases_entry is not as declared": "ALTER TABLE cases_entry DISABLE ROW LEVEL SECURITY",
    "policy lamplighter_web_reads on cases_case is missing": (
        "DROP POLICY lamplighter_web_reads ON cases_case"
    ),
    "policy lamplighter_web_reads on audit_event is not as declared": (
        "ALTER POLICY lamplighter_web_reads ON audit_event USING (actor_id IS DISTINCT FROM 3)"
    ),
    "right USAGE on schema access": "REVOKE USAGE ON SCHEMA access FROM PUBLIC",
    "right CREATE on schema public to lamplighter_web": "GRANT CREATE ON SCHEMA public TO lamplighter_web",
}


@pytest.fixture(autouse=True)
def _as_declared() -> Iterator[None]:
    sync.apply()
    yield
    for left in ("DROP TABLE IF EXISTS loot", "DROP SCHEMA IF EXISTS decoy CASCADE"):
        run(left)
    sync.apply()


def check() -> str:
    """What ``lamplighter hub check`` prints, its lines joined."""
    # The home and the login of an installed hub are those of the test's own server.
    with mock.patch.object(hub, "prepare"):
        made = CliRunner().invoke(app, ["hub", "check"])
    assert made.output, made.exception
    return re.sub(r"\s+", " ", made.output)


def told() -> list[tuple[str, str]]:
    rows = Event.objects.filter(verb__startswith="access.rules").order_by("pk")
    return list(rows.values_list("verb", "reason"))


def test_hub_check_names_what_somebody_added_by_hand() -> None:
    assert "NOW Rules of access" not in check()
    for statement in BY_HAND.values():
        run(statement)
    said = check()
    assert "NOW Rules of access" in said
    for name in BY_HAND:
        assert f"The {name} is not declared." in said


def test_an_upgrade_says_what_it_took_away(tmp_path: Path) -> None:
    said: list[str] = []
    upgrading.upgrade(said.append, copy_into=tmp_path)
    assert not any("by hand" in line for line in said)
    for statement in BY_HAND.values():
        run(statement)
    said.clear()
    upgrading.upgrade(said.append, copy_into=tmp_path)
    (line,) = [line for line in said if "by hand" in line]
    for name in BY_HAND:
        assert f"The {name} is not declared." in line
    assert "Tell the auditor" in line
    assert sync.compare().words == []


@pytest.mark.parametrize("name", [*BY_HAND, *MORE])
def test_each_change_is_named_put_right_and_written_down(name: str) -> None:
    before = sync.state()
    column = run(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'intake_personrecord'::regclass AND attnum = 5"
    )[0][0]
    run((BY_HAND | MORE)[name].replace("%(column)s", column))
    name = name.replace("column address of", f"column {column} of")
    found = sync.compare()
    assert found.why == ""
    assert [words for words in found.words if name in words] != []
    assert sync.apply()
    assert sync.compare().words == []
    assert sync.state() == before
    (last,) = told()[-1:]
    assert last[0] == sync.MENDED
    assert name in last[1]


def test_a_table_or_a_schema_by_hand_is_named_and_never_dropped() -> None:
    run("CREATE TABLE loot AS SELECT 1 AS a")
    run("CREATE SCHEMA decoy")
    run("CREATE TABLE decoy.audit_event AS SELECT * FROM public.audit_event")
    run("GRANT SELECT ON loot TO PUBLIC")
    sync.apply()
    words = sync.compare().words
    for name in ("table loot", "schema decoy", "table decoy.audit_event"):
        assert f"The {name} is not declared." in words
    assert run("SELECT a FROM loot") == [(1,)]
    verb, reason = told()[-1]
    assert verb == sync.CHANGED
    assert "The table loot is not declared." in reason
    # Its right for everybody is gone all the same.
    assert run("SELECT has_table_privilege('lamplighter_web', 'loot', 'SELECT')") == [(False,)]


def test_who_changes_the_list_too_is_seen() -> None:
    run(BY_HAND["policy backdoor on victim_side_safecontact"])
    with connection.cursor() as cursor:
        text = drift.to_text(drift.held(cursor))
        cursor.execute("UPDATE access.applied SET state = %s, found = %s", [text, "x"])
    assert "The list of what is declared was changed, or sealed by another installation." in check()
    assert sync.apply()
    assert sync.compare().as_declared


def test_a_setting_of_a_login_is_seen() -> None:
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    run(f"ALTER DATABASE {name} SET search_path = decoy, public")
    try:
        assert (
            "The setting search_path of everybody in this database is not declared." in sync.compare().words
        )
        sync.apply()
        assert (
            "The setting search_path of everybody in this database is not declared." in sync.compare().words
        )
    finally:
        run(f"ALTER DATABASE {name} RESET search_path")


def test_the_site_and_the_worker_see_it_with_their_own_login_and_the_trail_says_it_once_a_day(
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(BY_HAND["policy backdoor on victim_side_safecontact"])
    before = len(told())
    with as_the_site():
        tasks.watch_rules(0)
        tasks.watch_rules(0)
    assert "The policy backdoor on victim_side_safecontact is not declared." in caplog.text
    verb, reason = told()[-1]
    assert (verb, reason) == (sync.CHANGED, "The policy backdoor on victim_side_safecontact is not declared.")
    assert len(told()) == before + 1
    run(BY_HAND["right SELECT on table intake_safecontact to PUBLIC"])
    with as_the_site():
        services.watch_rules()
    assert len(told()) == before + 2
    run("DROP POLICY backdoor ON victim_side_safecontact")
    run("REVOKE SELECT ON intake_safecontact FROM PUBLIC")
    with as_the_site():
        services.watch_rules()
        services.watch_rules()
    assert [verb for verb, _ in told()[before + 2 :]] == [sync.AGAIN]


def test_the_page_of_the_service_names_it_to_auditors_and_administrators(client: Client) -> None:
    run(BY_HAND["policy backdoor on victim_side_safecontact"])
    for role, agency in ((Role.AUDITOR, "hub"), (Role.ADMINISTRATOR, "hub")):
        client.force_login(making.somebody(role, agency))
        page = client.get("/service/", secure=True).content.decode()
        assert "The policy backdoor on victim_side_safecontact is not declared." in page


def test_asking_leaves_the_persons_transaction_as_it_was() -> None:
    with identity.as_person(making.somebody(Role.AUDITOR, "hub")):
        before = run("SHOW search_path")
        assert sync.compare().as_declared
        assert run("SHOW search_path") == before
        assert run("SELECT access.role()") == [("auditor",)]


def test_every_statement_of_the_list_is_asked_without_anybody_elses_names() -> None:
    """A table of the attacker's own cannot be shown in the place of the system's."""
    text = Path(sync.drift.__file__).with_name("state.sql").read_text()
    assert re.findall(r"(?:FROM|JOIN) (pg_(?!catalog)\w+)", text) == []
