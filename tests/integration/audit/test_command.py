"""``lamplighter audit``: what an auditor runs, on rows that were really committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit import services, tasks
from lamplighter.hub.audit.integrity import checkpoints, signing, verification
from lamplighter.hub.audit.models import ChainLink, Checkpoint, Event
from lamplighter.hub.operations import checks
from lamplighter.hub.site import signatures
from tests.integration.access import making


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path))
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    made = CliRunner().invoke(app, ["audit", *words])
    return made.exit_code, made.output


def rolled_back() -> None:
    services.record(None, "tests.gone", "thing")
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_an_auditors_day(tmp_path: Path) -> None:
    assert run("checkpoint", "--out", str(tmp_path / "none.json"))[0] == 2
    for number in range(3):
        services.record(None, "tests.done", f"thing {number}")
    with pytest.raises(RuntimeError), transaction.atomic():
        rolled_back()
    with transaction.atomic():
        services.record(None, "tests.one", "thing")
        services.record(None, "tests.two", "thing")
    status, said = run("verify")
    assert (status, "5 events read" in said, "There is no checkpoint" in said) == (0, True, True)

    kept = tmp_path / "elsewhere" / "kept.json"
    assert run("checkpoint", "--out", str(kept))[0] == 0
    assert run("checkpoint", "--out", str(kept))[0] == 2  # never written over
    status, said = run("verify", "--checkpoint", str(kept), "--key", run("key")[1].strip())
    assert (status, "2 checkpoints" in said) == (0, True)

    altered = Event.objects.get(verb="tests.one")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET verb = 'tests.else' WHERE id = %s", [altered.pk])
    status, said = run("verify", "--checkpoint", str(kept))
    assert status == 1
    assert f"The first: event {altered.pk}, position 4" in said
    assert "changed" in said
    (tmp_path / "x.json").write_text("{}")
    assert run("verify", "--checkpoint", str(tmp_path / "x.json"))[0] == 2
    assert run("verify", "--key", "x")[0] == 2


@pytest.mark.django_db(transaction=True)
def test_every_night_what_came_since_is_signed() -> None:
    services.record(None, "tests.done", "thing")
    services.record(None, "tests.done", "thing")
    tasks.checkpoint(0)
    tasks.checkpoint(0)
    assert Checkpoint.objects.count() == 1
    services.record(None, "tests.done", "thing")
    tasks.checkpoint(0)
    one, two = checkpoints.in_folder()
    assert [(s.after, s.position, len(s.fingerprints)) for s in (one, two)] == [(0, 2, 32), (2, 3, 16)]
    statements = [*checkpoints.in_folder(), *checkpoints.in_table()]
    assert (len(statements), verification.verify(statements).faults) == (4, [])


@pytest.mark.django_db
def test_nobody_writes_a_checkpoint_or_an_event_directly() -> None:
    user = making.somebody(Role.AUDITOR, "hub")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    services.record(None, "tests.done", "thing")
    last = ChainLink.objects.latest("position")
    false = signing.Statement(checkpoints.make().at, last.position, "f" * 64)
    true = checkpoints.make()
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_person(user):
        checkpoints.keep_in_table(true)
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_person(user):
        Checkpoint.objects.create(at=true.at, position=1, hash=last.hash, signature="")
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_service("watch access"):
        Event.objects.create(verb="x", subject="y")
    with pytest.raises(DatabaseError, match="no row of the chain"), identity.as_service("watch access"):
        checkpoints.keep_in_table(false)
    with identity.as_person(user):
        assert (Event.objects.count(), ChainLink.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_database_names_the_person_itself() -> None:
    user, other = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.CLINICIAN, "health")
    with identity.as_person(user):
        number = services.record(other, "tests.done", "thing")
    made = Event.objects.get(pk=number)
    assert (made.actor_id, made.agency) == (user.pk, "helpline")


def test_a_statement_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for text in ("", "[]", "null", json.dumps({"kind": "else"}), json.dumps({"kind": signing.KIND})):
        path.write_text(text)
        with pytest.raises(signing.NotACheckpointError):
            signing.from_file(path)
    with pytest.raises(signing.NotACheckpointError, match="cannot be read"):
        signing.from_file(tmp_path / "none.json")


@pytest.mark.django_db(transaction=True)
def test_checkpoints_leave_the_machine(
    home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into a folder that is somewhere else, by themselves; what is there is never written over."""
    away = tmp_path_factory.mktemp("elsewhere") / "mount"
    monkeypatch.setenv("LAMPLIGHTER_CHECKPOINTS", str(away))
    for number in range(3):
        services.record(None, "tests.done", f"thing {number}")
    tasks.checkpoint(0)
    # It is not mounted: nothing is written beside it, and it is said where people look.
    assert not away.exists()
    assert "cannot be reached" in checks.audit_log(timezone.now()).says
    assert "cannot be reached" in run("verify")[1]
    away.mkdir()
    assert "1 checkpoint not written" in checks.audit_log(timezone.now()).says
    tasks.watch(0)
    (kept,) = away.glob("*.json")
    assert kept.read_bytes() == next((home / "checkpoints").glob("*.json")).read_bytes()
    assert [p.read_text().strip() for p in away.glob("public-key-*.txt")] == [signatures.public_text()]
    assert checks.audit_log(timezone.now()).state is not checks.State.NOW
    # The file here, the table and the trail are made anew by somebody who holds this machine.
    before = kept.read_bytes()
    for path in (home / "checkpoints").glob("*.json"):
        path.unlink()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM audit_checkpoint")
        cursor.execute("DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)")
        cursor.execute("DELETE FROM audit_chainlink WHERE position = 3")
    tasks.checkpoint(0)
    assert kept.read_bytes() == before
    status, said = run("verify")
    assert (status, "cut off" in said) == (1, True)
