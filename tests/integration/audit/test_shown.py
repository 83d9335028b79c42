"""`audit verify` cannot be shown another table, and sees where an auditor is shown other rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.hub.access.wall import sync
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit import services
from lamplighter.hub.audit.integrity import checkpoints, verification, visibility
from lamplighter.hub.audit.integrity.faults import Kind
from tests.integration.access import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path))
    sync.apply()
    making.somebody(Role.AUDITOR, "hub")
    yield [services.record(making.somebody(Role.INVESTIGATOR), "tests.done", f"thing {n}") for n in range(5)]
    run("SET search_path = public", "DROP SCHEMA IF EXISTS decoy CASCADE")
    sync.apply()


def said() -> list[str]:
    return [fault.words for fault in verification.verify().faults]


def test_all_is_well_and_it_says_what_it_cannot_know() -> None:
    report = verification.verify(checkpoints.in_table())
    assert (report.faults, report.notes) == ([], [])
    made = CliRunner().invoke(app, ["audit", "verify"])
    assert visibility.CANNOT_KNOW in made.output


def test_a_table_that_is_put_before_the_trail_is_not_read(written: list[int]) -> None:
    """The examiner's decoy: the row is altered, and a copy of before stands first in the search path."""
    run(
        "CREATE SCHEMA decoy",
        *(f"CREATE TABLE decoy.{t} AS SELECT * FROM public.{t}" for t in visibility.TABLES),
        "SET search_path = decoy, public",
    )
    kept = checkpoints.make()
    with transaction.atomic():
        run(
            "SET LOCAL session_replication_role = replica",
            f"UPDATE public.audit_event SET reason = 'tampered' WHERE id = {written[2]}",
        )
    faults = verification.verify([kept]).faults
    assert [f.event_id for f in faults if f.kind is Kind.CHANGED] == [written[2]]
    # What stands in its place is named.
    assert "The table decoy.audit_event is not declared." in [f.words for f in faults]
    # Nor is the decoy signed, or its statements believed.
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica", "DELETE FROM decoy.audit_chainlink")
    assert checkpoints.make().position == kept.position


def test_a_search_path_that_is_set_for_a_login_is_named() -> None:
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    run(f"ALTER DATABASE {name} SET search_path = decoy, public")
    try:
        assert said() == ["The setting search_path is made for everybody: what is read may be another table."]
    finally:
        run(f"ALTER DATABASE {name} RESET search_path")


def test_a_policy_that_hides_rows_from_auditors_is_found_and_its_rows_counted() -> None:
    run(
        "CREATE POLICY extra ON audit_event AS RESTRICTIVE FOR SELECT TO lamplighter_web"
        " USING (subject <> 'thing 3')"
    )
    found = said()
    assert "The policy extra on public.audit_event is not declared." in found
    assert "An auditor is shown 4 events, and there are 5." in found


def test_a_declared_policy_that_was_altered_is_found() -> None:
    run("ALTER POLICY lamplighter_web_reads ON audit_chainlink USING (position < 5)")
    found = said()
    assert "The policy lamplighter_web_reads on audit_chainlink is not as declared." in found
    assert "An auditor is shown 4 places in the chain, and there are 5." in found


@pytest.mark.parametrize(
    ("by_hand", "words"),
    [
        (
            "CREATE RULE hide AS ON DELETE TO audit_event DO INSTEAD NOTHING",
            "A rule is on public.audit_event",
        ),
        ("ALTER TABLE audit_event DISABLE TRIGGER audit_event_sealed", "The trigger audit_event_sealed on"),
        ("DROP TRIGGER wall_append_only ON audit_chainlink", "The trigger wall_append_only on"),
        ("ALTER TABLE audit_event FORCE ROW LEVEL SECURITY", "The row security of public.audit_event"),
        (
            "ALTER TABLE audit_checkpoint DISABLE ROW LEVEL SECURITY",
            "The row security of public.audit_checkpoint",
        ),
        (
            "CREATE OR REPLACE FUNCTION audit_part(value text) RETURNS text LANGUAGE sql IMMUTABLE"
            " AS 'SELECT 1::text'",
            "The function audit_part(value text) is not as declared.",
        ),
    ],
)
def test_what_is_hung_on_the_trail_is_named(by_hand: str, words: str) -> None:
    run(by_hand)
    assert [told for told in said() if words in told] != []


def test_a_child_of_the_table_adds_no_rows() -> None:
    run("CREATE TABLE decoy_child () INHERITS (audit_event)")
    try:
        assert "public.audit_event is no plain table." in said()
    finally:
        run("DROP TABLE decoy_child")


def test_without_an_auditor_it_says_so() -> None:
    run("UPDATE accounts_user SET is_active = false WHERE role = 'auditor'")
    assert verification.verify().notes == [
        "What auditors are shown was not compared: the hub has no auditor."
    ]
