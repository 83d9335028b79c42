"""The rules in the database are brought up to the declarations, and nobody who reads meanwhile is in the
way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from lamplighter.hub.access.wall import sync
from tests.integration.access.statements import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]


def while_somebody_reads(seconds: float, does: Callable[[], object]) -> tuple[object, bool, list[Exception]]:
    """Do something while a page that reads is still in its transaction.

    Returns what was done, whether the page was still being read afterwards, and what became of it.
    """
    reading, faults = threading.Event(), list[Exception]()

    def read() -> None:
        try:
            run("BEGIN")
            run("SELECT count(*) FROM cases_case")
            reading.set()
            time.sleep(seconds)
            run("SELECT count(*) FROM accounts_user")
            run("COMMIT")
        except Exception as problem:  # noqa: BLE001  the test tells of it
            faults.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(30)
    try:
        return does(), thread.is_alive(), faults
    finally:
        thread.join()


def test_where_nothing_has_changed_nothing_is_locked() -> None:
    sync.apply()
    assert sync.holds()
    assert while_somebody_reads(5.0, sync.apply) == (False, True, [])


@pytest.mark.parametrize(
    "drift",
    [
        "CREATE POLICY backdoor ON victim_side_safecontact FOR SELECT TO lamplighter_web USING (true)",
        "GRANT SELECT ON intake_safecontact TO PUBLIC",
        "ALTER TABLE cases_entry DISABLE ROW LEVEL SECURITY",
        "DROP POLICY lamplighter_web_reads ON cases_case",
        "DROP TRIGGER wall_append_only ON audit_event",
    ],
)
def test_what_somebody_changed_by_hand_is_seen_and_put_right(drift: str) -> None:
    sync.apply()
    before = sync.state()
    run(drift)
    assert not sync.holds()
    assert sync.apply()
    assert sync.holds()
    assert sync.state() == before


def test_a_page_that_reads_meanwhile_is_waited_for_and_not_ended() -> None:
    sync.apply()
    run("ALTER TABLE cases_entry DISABLE ROW LEVEL SECURITY")
    assert while_somebody_reads(1.5, sync.apply) == (True, False, [])
    assert sync.holds()


def test_who_is_who_written_anew_is_no_change_of_the_rules() -> None:
    """The twins stand without indexes for minutes, and whoever looks must not think of an intruder."""
    sync.apply()
    try:
        run("SELECT access.anew_begin()")
        assert sync.holds()
    finally:
        run("SELECT access.anew_indexed()")
    assert sync.holds()
