"""A database superuser with the triggers off: whatever they do to the trail is found, and named.

Each test writes events as the site does, alters them as somebody could who
holds the database, and asks the verification that uses none of its functions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from lamplighter.hub.audit import services
from lamplighter.hub.audit.integrity import checkpoints, signing, verification
from lamplighter.hub.audit.integrity.chain import COLUMNS, START, Sealed, digest
from lamplighter.hub.audit.integrity.faults import Kind
from lamplighter.hub.audit.models import ChainLink, Operation
from lamplighter.hub.site import signatures

pytestmark = pytest.mark.django_db
COUNT = 12


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of twelve events, sealed one by one as if each had been committed by itself."""
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    made = []
    for number in range(COUNT):
        made.append(
            services.record(
                None,
                "tests.done",
                f"thing {number}",
                operation=Operation.ALTERATION,
                fields=["name", "a,b", "é"] if number % 2 else [],
                reason="Because: 5:x" if number % 3 else "",
                words="“quoted” \\ \n",
                number=number,
                share=0.1,
                nothing=None,
            )
        )
    return made


@contextmanager
def superuser() -> Iterator[Any]:
    """SQL with no trigger and no row security."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def made_anew(cursor: Any) -> None:
    """What a careful superuser does after an alteration: number and seal the whole chain again."""
    cursor.execute("DELETE FROM audit_chainlink")
    cursor.execute(f"SELECT {COLUMNS} FROM audit_event e ORDER BY e.id")
    previous = START
    for position, row in enumerate(cursor.fetchall(), start=1):
        event = Sealed(*row)
        seal = digest(position, previous, event)
        cursor.execute(
            "INSERT INTO audit_chainlink (position, event_id, previous, hash) VALUES (%s, %s, %s, %s)",
            [position, event.id, previous, seal],
        )
        previous = seal


def first(*statements: signing.Statement) -> tuple[Kind, int | None, int | None]:
    report = verification.verify(statements)
    assert report.first is not None
    return report.first.kind, report.first.event_id, report.first.position


def test_what_was_written_verifies(written: list[int]) -> None:
    report = verification.verify([checkpoints.make()])
    assert (report.links, report.unsealed, report.faults) == (COUNT, 0, [])
    assert report.last_hash == ChainLink.objects.latest("position").hash


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'tests.else'",
        "subject = 'thing 99'",
        "at = at + interval '1 microsecond'",
        "operation = 'consultation'",
        "agency = 'force-b'",
        "service = 'run clocks'",
        "reason = 'Another'",
        "case_id = 7",
        "fields = ARRAY['name,a', 'b', 'é']",
        "detail = detail || '{\"number\": 99}'",
    ],
)
def test_an_edit(written: list[int], change: str) -> None:
    with superuser() as cursor:
        cursor.execute(f"UPDATE audit_event SET {change} WHERE id = %s", [written[5]])
    assert first() == (Kind.CHANGED, written[5], 6)
    assert verification.verify().fault_count == 1


def test_an_edit_whose_own_link_is_sealed_anew(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("UPDATE audit_event SET verb = 'tests.else' WHERE id = %s", [written[5]])
        cursor.execute(f"SELECT {COLUMNS} FROM audit_event e WHERE e.id = %s", [written[5]])
        link = ChainLink.objects.get(position=6)
        seal = digest(6, link.previous, Sealed(*cursor.fetchone()))
        cursor.execute("UPDATE audit_chainlink SET hash = %s WHERE position = 6", [seal])
    assert first() == (Kind.CHANGED, written[5], 6)


def test_a_link_edited(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("UPDATE audit_chainlink SET previous = repeat('1', 64) WHERE position = 4")
    assert first() == (Kind.CHANGED, written[3], 4)


def test_an_event_deleted(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [written[4]])
    assert first() == (Kind.REMOVED, written[4], 5)


def test_an_event_and_its_link_deleted(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id IN (%s, %s)", written[4:6])
        cursor.execute("DELETE FROM audit_chainlink WHERE event_id IN (%s, %s)", written[4:6])
    assert first() == (Kind.REMOVED, None, 5)
    assert "5 to 6" in str(verification.verify().first)


def test_deleted_and_numbered_anew(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [written[4]])
        cursor.execute("DELETE FROM audit_chainlink WHERE event_id = %s", [written[4]])
        cursor.execute("UPDATE audit_chainlink SET position = -(position - 1) WHERE position > 5")
        cursor.execute("UPDATE audit_chainlink SET position = -position WHERE position < 0")
    assert first() == (Kind.REMOVED, None, 5)


def test_the_first_deleted(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [written[0]])
        cursor.execute("DELETE FROM audit_chainlink WHERE event_id = %s", [written[0]])
    assert first() == (Kind.REMOVED, None, 1)


def _another(cursor: Any) -> int:
    cursor.execute(
        "INSERT INTO audit_event (at, verb, subject, detail)"
        " VALUES (now(), 'tests.false', 'x', '{}') RETURNING id"
    )
    return int(cursor.fetchone()[0])


def test_an_event_put_in_past_the_seal(written: list[int]) -> None:
    with superuser() as cursor:
        number = _another(cursor)
    assert first() == (Kind.INSERTED, number, None)


def test_an_event_put_in_with_a_place_of_its_own(written: list[int]) -> None:
    with superuser() as cursor:
        number = _another(cursor)
        cursor.execute("UPDATE audit_chainlink SET position = -(position + 1) WHERE position > 5")
        cursor.execute("UPDATE audit_chainlink SET position = -position WHERE position < 0")
        cursor.execute(f"SELECT {COLUMNS} FROM audit_event e WHERE e.id = %s", [number])
        previous = ChainLink.objects.get(position=5).hash
        seal = digest(6, previous, Sealed(*cursor.fetchone()))
        cursor.execute(
            "INSERT INTO audit_chainlink (position, previous, hash, event_id) VALUES (6, %s, %s, %s)",
            [previous, seal, number],
        )
    assert ChainLink.objects.get(position=6).event_id == number
    assert first() == (Kind.INSERTED, number, 6)


def test_two_events_swapped_in_the_chain(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("UPDATE audit_chainlink SET event_id = -event_id WHERE position IN (4, 9)")
        cursor.execute("UPDATE audit_chainlink SET event_id = %s WHERE position = 4", [written[8]])
        cursor.execute("UPDATE audit_chainlink SET event_id = %s WHERE position = 9", [written[3]])
    assert first()[0] == Kind.REORDERED
    assert first()[2] in {4, 9}


def test_two_places_swapped(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("UPDATE audit_chainlink SET position = -position WHERE position IN (4, 5)")
        cursor.execute("UPDATE audit_chainlink SET position = 5 WHERE position = -4")
        cursor.execute("UPDATE audit_chainlink SET position = 4 WHERE position = -5")
    assert first() == (Kind.REORDERED, written[4], 4)


def test_the_end_cut_off_is_found_by_a_checkpoint(written: list[int]) -> None:
    kept = checkpoints.make()
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id > %s", [written[7]])
        cursor.execute("DELETE FROM audit_chainlink WHERE position > 8")
    assert verification.verify().faults == []
    assert first(kept) == (Kind.CUT_OFF, None, 9)


def test_the_whole_trail_emptied(written: list[int]) -> None:
    kept = checkpoints.make()
    with superuser() as cursor:
        cursor.execute("TRUNCATE audit_event, audit_chainlink")
    assert first(kept) == (Kind.CUT_OFF, None, 1)


def test_links_cut_off(written: list[int]) -> None:
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_chainlink WHERE position > 8")
    assert first() == (Kind.INSERTED, written[8], None)


def test_a_history_made_anew_is_found_by_a_checkpoint_and_the_row_named(written: list[int]) -> None:
    kept = checkpoints.make()
    with superuser() as cursor:
        cursor.execute(
            "UPDATE audit_event SET actor_id = NULL, verb = 'tests.else' WHERE id = %s", [written[5]]
        )
        made_anew(cursor)
    assert verification.verify().faults == []
    assert first(kept) == (Kind.MADE_ANEW, written[5], 6)


def test_a_checkpoint_without_fingerprints_tells_between_which_rows(written: list[int]) -> None:
    early = dataclasses.replace(checkpoints.make(after=COUNT), fingerprints="")
    early = dataclasses.replace(early, signature=signing.signed(early))
    services.record(None, "tests.done", "a later thing")
    late = dataclasses.replace(checkpoints.make(), after=0, fingerprints="")
    late = dataclasses.replace(late, signature=signing.signed(late))
    with superuser() as cursor:
        cursor.execute("UPDATE audit_event SET verb = 'tests.else' WHERE id > %s", [written[-1]])
        made_anew(cursor)
    assert verification.verify([early]).faults == []
    assert first(early, late)[::2] == (Kind.MADE_ANEW, COUNT + 1)
    assert f"between positions {COUNT + 1} and {COUNT + 1}" in str(verification.verify([early, late]).first)


def test_a_removal_made_anew(written: list[int]) -> None:
    kept = checkpoints.make()
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [written[2]])
        made_anew(cursor)
    assert first(kept) == (Kind.MADE_ANEW, written[3], 3)


def test_a_checkpoint_altered_to_match_is_not_believed(written: list[int]) -> None:
    kept = checkpoints.make()
    forged = dataclasses.replace(kept, hash="f" * 64)
    assert first(forged)[0] == Kind.FORGED
    other = signatures.public_key("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert verification.verify([kept], other).faults[0].kind == Kind.FORGED
    assert verification.verify([kept]).faults == []
