"""A process killed at any moment of a call of a service leaves no half of it, and no gap in the trail.

Without the transaction that a request puts around everything: each service
holds by itself, as it must in a job or a command.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.db import connection

from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.integrity import verification
from lamplighter.hub.audit.models import ChainLink, Event
from lamplighter.hub.site.postgresql import prepared
from tests.integration.access import making
from tests.integration.resilience.all_calls import CALLS, NOT_KILLED, called, services
from tests.integration.resilience.world import World

ROOT = Path(__file__).resolve().parents[3]
LEAST_MOMENTS = 3  # a write, the audit, the commit


State = dict[str, list[str]]


def state() -> State:
    """Of every table of the hub: all that is in it, row by row."""
    found: State = {d.table: [] for d in declared()}
    # Kept prepared, and put in order here: asked after each of two thousand kills, to plan it and to add the
    # rows of every table up to a digest took the server a hundred times as long as to read them.
    with prepared.cursor() as cursor:
        for table, row in cursor.execute(_every_table(), prepare=True):
            found[table].append(row)
    for rows in found.values():
        rows.sort()
    return found


@cache
def _every_table() -> str:
    return " UNION ALL ".join(f"SELECT '{d.table}', t::text FROM \"{d.table}\" AS t" for d in declared())


def a_world() -> World:
    police = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(police, "helpline", "health")
    for code in ("probation", "force-b"):
        making.agency(code)
    return World(
        case=case,
        police=police,
        advocate=making.somebody(Role.ADVOCATE, "helpline"),
        clinician=making.somebody(Role.CLINICIAN, "health"),
    )


@pytest.fixture(scope="module")
def calling(django_db_setup: None) -> Iterator[subprocess.Popen[str]]:
    """The process that runs calls in children and kills them. It asks the database nothing itself."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "lamplighter.hub.site.settings",
    }
    command = [sys.executable, "-m", "tests.integration.resilience.killed"]
    process = subprocess.Popen(
        [*command, str(connection.settings_dict["NAME"])],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


def killed_at_each_moment(calling: subprocess.Popen[str], case: int, name: str, before: State) -> int:
    """Run one call until it is done; nothing may have changed before. Returns how often it was killed."""
    assert calling.stdin is not None
    assert calling.stdout is not None
    calling.stdin.write(f"{case} {name}\n")
    calling.stdin.flush()
    for turn, line in enumerate(calling.stdout, 1):
        what, number, *rest = line.split(maxsplit=2)
        assert what != "failed", (name, rest)
        assert int(number) == turn
        if what == "done":
            return turn - 1
        changed = {table for table, content in state().items() if content != before[table]}
        assert not changed, f"{name}, killed at moment {turn}: half of it is in {changed}"
        calling.stdin.write("\n")
        calling.stdin.flush()
    raise AssertionError(f"{name}: the process ended")


def test_every_service_is_killed_or_says_why_it_is_not() -> None:
    there, killed = set(services()), called()
    assert there - killed - set(NOT_KILLED) == set(), "put it among the calls, or say why it is not killed"
    assert set(NOT_KILLED) - there == set(), "these are no services any more"
    assert set(NOT_KILLED) & killed == set(), "these are killed: no reason is needed"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", CALLS)
def test_killed_at_every_moment_of_a_call_it_is_as_if_it_had_never_begun(
    calling: subprocess.Popen[str], name: str
) -> None:
    prepare, _ = CALLS[name]
    world = a_world()
    prepare(world)
    before = state()
    assert killed_at_each_moment(calling, world.case.pk, name, before) >= LEAST_MOMENTS
    after = state()
    changed = {table for table in after if after[table] != before[table]}
    # The call did something, and its event is in the chain with it.
    assert {"audit_event", "audit_chainlink"} < changed
    assert Event.objects.count() == ChainLink.objects.count()
    assert verification.verify().first is None
