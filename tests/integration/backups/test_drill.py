"""A copy of a hub at work comes back equal, and one that was changed says what differs."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.integrity import checkpoints, verification
from lamplighter.hub.audit.integrity.faults import Kind
from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence.files import sealed
from lamplighter.hub.evidence.models import File
from lamplighter.hub.operations.backups import copying, exhibits, kept, manifest, sealing, unpacking
from lamplighter.hub.rights.erasure import ledger
from lamplighter.hub.site import places, signatures
from tests import servers
from tests.integration.access import making
from tests.integration.evidence import making as evidence
from tests.integration.rights.test_erasing import approve, decide
from tests.integration.sharing.making import Team

# Of this process: another worker may be in the middle of a drill of its own.
OURS = f"lamplighter_drill_{os.getpid()}"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.own_server]


@pytest.fixture(autouse=True)
def _folders_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was signed or erased in another test, or by another worker just now, is not of this history."""
    shared = places.private_folder

    def own(name: str) -> Path:
        if name == "secrets":
            return shared(name)
        folder = tmp_path / "home" / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    monkeypatch.setattr(places, "private_folder", own)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    making.a_case(making.somebody(Role.INVESTIGATOR), "helpline", "health")
    folder = tmp_path / "copy"
    copying.backup(folder)
    return folder


def test_the_drill_proves_the_copy_equal(copy: Path) -> None:
    found = copying.restore(copy)
    assert found.differences == []
    assert found.audit_sound, found.audit
    assert found.held.tables["public.cases_case"][0] == 1
    assert found.held.tables["public.audit_chainlink"][0] >= 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [OURS])
        assert cursor.fetchone() == (0,)
    assert Case.objects.count() == 1


def _exhibits(*contents: bytes) -> list[Any]:
    officer = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(officer)
    made = [evidence.receive(officer, case, of=evidence.sent(content)) for content in contents]
    return [File.objects.get(exhibit=one) for one in made]


def test_files_of_exhibits_are_in_the_copy_and_the_drill_opens_each(tmp_path: Path) -> None:
    first, second = _exhibits(b"He was there. " * 200_000, b"And again.")
    copies = tmp_path / "copies"
    copying.backup(copies / "one")
    assert copying.restore(copies / "one").differences == []
    copying.backup(copies / "two")
    inside = [copies / name / "evidence" / first.key.hex[:2] / first.key.hex for name in ("one", "two")]
    assert inside[0].stat().st_ino == inside[1].stat().st_ino, "what is there already is not copied again"
    # Changed in the middle, where no print of it is taken; cut; and not there.
    raw = bytearray(inside[0].read_bytes())
    raw[len(raw) // 2] ^= 1
    inside[0].write_bytes(bytes(raw))
    assert copying.restore(copies / "one").differences == [
        f"file {first.key.hex} of the evidence does not open as it was received"
    ]
    inside[1].unlink()
    other = copies / "two" / "evidence" / second.key.hex[:2] / second.key.hex
    other.write_bytes(other.read_bytes()[:-1])
    assert set(copying.restore(copies / "two").differences) == {
        f"file {first.key.hex} of the evidence is not in the copy",
        f"file {second.key.hex} of the evidence is not the one that was copied",
    }


def test_files_of_exhibits_come_back_where_they_are_gone(tmp_path: Path) -> None:
    [file] = _exhibits(b"He was there.")
    copying.backup(tmp_path / "copy")
    sealed.place(file.key).unlink()
    assert exhibits.bring_back(tmp_path / "copy") == 1
    assert b"".join(sealed.chunks(file.key)) == b"He was there."
    assert exhibits.bring_back(tmp_path / "copy") == 0, "what is there stays"


def reseal(copy: Path, **changed: Any) -> None:
    """What only who has the key can do: another manifest in the place of the copy's own."""
    secret = sealing.key()
    with (copy / manifest.SEALED).open("rb") as source:
        whole = json.loads(b"".join(sealing.opened(source, secret))) | changed
    manifest._put(copy, {key: whole[key] for key in ("format", "made_at", "bytes")}, whole, secret)


def test_a_difference_is_named(copy: Path) -> None:
    with (copy / manifest.SEALED).open("rb") as source:
        tables = json.loads(b"".join(sealing.opened(source, sealing.key())))["tables"]
    reseal(copy, tables=tables | {"public.cases_case": [2, "7"]})
    assert copying.restore(copy).differences == ["public.cases_case: 2 rows, and 1"]


@pytest.mark.parametrize("value", [("made_at", "2027-01-01T00:00:00+00:00"), ("bytes", 1)])
def test_what_a_copy_says_of_itself_is_sealed_with_it(copy: Path, value: tuple[str, Any]) -> None:
    path = copy / manifest.CLEAR
    path.write_text(json.dumps(json.loads(path.read_text()) | dict([value])))
    with pytest.raises(manifest.ManifestError, match=f"was changed: it says {value[0]}"):
        copying.restore(copy)


def test_an_older_copy_under_a_newer_day_is_refused(copy: Path, tmp_path: Path) -> None:
    making.a_case()
    newer = tmp_path / "newer"
    copying.backup(newer)
    for name in (copying.DUMP, kept.FILE):
        before = (newer / name).read_bytes()
        (newer / name).write_bytes((copy / name).read_bytes())
        with pytest.raises(manifest.ManifestError, match=f"{name} in .* is of another copy"):
            copying.restore(newer)
        (newer / name).write_bytes(before)
    # Nor does the sealed part of another copy open with another clear one, or none at all.
    (newer / manifest.SEALED).write_bytes((copy / manifest.SEALED).read_bytes())
    with pytest.raises(manifest.ManifestError):
        copying.restore(newer)
    (newer / manifest.SEALED).unlink()
    with pytest.raises(manifest.ManifestError, match=r"manifest\.sealed is missing"):
        copying.restore(newer)


def test_nobody_reads_how_many_rows_there_are_without_the_key(copy: Path) -> None:
    assert set(json.loads((copy / manifest.CLEAR).read_text())) == {"format", "made_at", "bytes"}


def test_a_copy_of_an_earlier_version_comes_back_and_says_that_its_day_was_not_sealed(copy: Path) -> None:
    with (copy / manifest.SEALED).open("rb") as source:
        whole = json.loads(b"".join(sealing.opened(source, sealing.key())))
    (copy / manifest.CLEAR).write_text(json.dumps(whole | {"format": 2}))
    (copy / manifest.SEALED).unlink()
    found = copying.restore(copy)
    assert (found.equal, found.manifest_sealed) == (True, False)


def test_nothing_readable_lies_in_the_copy(copy: Path) -> None:
    content = b"".join(path.read_bytes() for path in copy.iterdir())
    assert b"Priya" not in content
    assert {oct(path.stat().st_mode & 0o777) for path in copy.iterdir()} == {"0o600"}


def test_a_damaged_copy_leaves_nothing_behind(copy: Path) -> None:
    path = copy / copying.DUMP
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(sealing.NotOpenedError):
        copying.restore(copy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [OURS])
        assert cursor.fetchone() == (0,)


def test_a_folder_that_is_full_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(copying.BackupError, match="not empty"):
        copying.backup(tmp_path)


def erased(team: Team) -> None:
    """The advocate's part of the case goes; her words were in the copy."""
    decision = decide(team.advocate, team.case)
    assert approve(decision).counts


@pytest.fixture
def kept_name() -> Iterator[str]:
    name = f"lamplighter_kept_{os.getpid()}"
    yield name
    copying._drop(name)


def rows(name: str, query: str) -> list[tuple[Any, ...]]:
    with copying._connected(name) as there:
        return there.execute(query).fetchall()


def test_what_was_erased_after_the_copy_stays_erased(tmp_path: Path, kept_name: str) -> None:
    team = Team()
    team.confide("zqconfidence")
    team.confide("zqintelligence", by=team.investigator, partition="police")
    copying.backup(tmp_path / "copy")
    erased(team)
    found = copying.restore(tmp_path / "copy", keep_as=kept_name)
    # It is compared with what was copied before anything is taken out of it.
    assert found.equal
    assert found.erased == 1
    bodies = rows(kept_name, "SELECT body FROM cases_entry WHERE body LIKE 'zq%'")
    assert bodies == [("zqintelligence",)]
    assert rows(kept_name, "SELECT count(*) FROM rights_erasure") == [(1,)]
    told = rows(kept_name, "SELECT detail->>'owner' FROM audit_event WHERE verb = 'rights.erased_again'")
    assert told == [("helpline",)]
    assert "Nothing was changed" in copying._audit(kept_name, tmp_path)[0]


def test_a_case_that_is_gone_is_gone_from_the_copy_that_comes_back(tmp_path: Path, kept_name: str) -> None:
    """Also where the hub's own database is no more: the ledger lies beside it."""
    team = Team()
    team.confide("zqconfidence")
    copying.backup(tmp_path / "copy")
    for user in (team.investigator, team.advocate):
        assert approve(decide(user, team.case)).counts
    assert not Case.objects.filter(pk=team.case.pk).exists()
    ledger.write_out()
    with connection.cursor() as cursor:
        # As after a loss: the table cannot be asked.
        cursor.execute("TRUNCATE rights_erasure")
    found = copying.restore(tmp_path / "copy", keep_as=kept_name)
    assert found.erased == 2
    assert rows(kept_name, "SELECT count(*) FROM cases_case") == [(0,)]
    assert rows(kept_name, "SELECT count(*) FROM cases_entry") == [(0,)]


def test_a_line_of_the_ledger_that_was_altered_stops_the_restoring(tmp_path: Path) -> None:
    team = Team()
    team.confide("zqconfidence")
    copying.backup(tmp_path / "copy")
    erased(team)
    (path,) = (p for p in ledger.folder().glob("*.json") if str(team.case.key) in p.read_text())
    path.write_text(path.read_text().replace('"whole": false', '"whole": true'))
    try:
        with pytest.raises(ledger.NotALineError, match="altered"):
            copying.restore(tmp_path / "copy")
    finally:
        path.unlink()


def test_checkpoints_come_with_the_copy_and_the_signing_key_does_not(tmp_path: Path) -> None:
    making.a_case(making.somebody(Role.INVESTIGATOR), "helpline")
    path = checkpoints.nightly()
    assert path is not None
    copying.backup(tmp_path / "copy")
    with kept.opened(tmp_path / "copy" / kept.FILE, sealing.key()) as beside:
        assert (beside / "checkpoints" / path.name).read_bytes() == path.read_bytes()
        everything = "".join(p.read_text() for p in beside.rglob("*") if p.is_file())
    assert signatures.public_text() in everything
    assert places.secret(signatures.SECRET, 32) not in everything
    found = copying.restore(tmp_path / "copy")
    assert found.equal
    assert "0 checkpoints" not in found.audit


def test_the_configuration_and_mappings_of_the_installation_come_with_the_copy(tmp_path: Path) -> None:
    home = places.installation()
    (home / "mappings").mkdir()
    (home / ".git").mkdir()
    files = {"cases.toml": "# ours\n", "mappings/ours.toml": "# a mapping\n", ".git/config": "[core]\n"}
    for name, text in files.items():
        (home / name).write_text(text)
    kept.seal(kept.pack(), tmp_path / "kept.sealed", sealing.key())

    def brought() -> list[str]:
        with kept.opened(tmp_path / "kept.sealed", sealing.key()) as beside:
            return unpacking.bring_back_installation(beside)

    assert brought() == []
    (home / "cases.toml").write_text("# ours, later\n")
    (home / "mappings" / "ours.toml").unlink()
    (home / "gate.toml").write_text("# ours\n")
    assert brought() == [
        "installation/cases.toml here is another than the copy's, and stays.",
        "installation/gate.toml is here and not in the copy, and stays.",
        "The copy holds installation/mappings/ours.toml, which is not here.",
    ]
    assert (home / "cases.toml").read_text() == "# ours, later\n"
    # A new machine: the folder is empty.
    for path in ("cases.toml", "gate.toml"):
        (home / path).unlink()
    assert brought() == ["Configuration brought back: cases.toml, mappings/ours.toml."]
    assert (home / "cases.toml").read_text() == "# ours\n"
    assert (home / "mappings" / "ours.toml").read_text() == "# a mapping\n"
    assert oct((home / "cases.toml").stat().st_mode & 0o777) == "0o600"


def test_a_copy_of_before_brings_no_configuration(tmp_path: Path) -> None:
    assert unpacking.bring_back_installation(tmp_path) == []


def test_the_trail_goes_on_after_an_older_copy_came_back(
    tmp_path: Path, kept_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checkpoints of after the copy are set aside, said so, and a tampering is found as before."""
    home = tmp_path / "checkpoints"
    home.mkdir()
    monkeypatch.setattr(checkpoints, "folder", lambda: home)
    user = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(user, "helpline")
    checkpoints.nightly()
    copying.backup(tmp_path / "copy")
    audit.record(user, "cases.seen", f"case {case.key}", case=case)
    checkpoints.nightly()
    # As a machine whose signing key was lost with it.
    new = Ed25519PrivateKey.generate()
    monkeypatch.setattr(signatures, "private_key", lambda: new)
    found = copying.restore(tmp_path / "copy", keep_as=kept_name)
    assert found.equal
    monkeypatch.setattr(copying, "_exchange", lambda name: "lamplighter_before")
    # The rows that the copy does not have are cut off, as in the database that takes the place.
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM audit_chainlink WHERE position > %s", [found.chain[0]])
        cursor.execute("DELETE FROM audit_event WHERE id NOT IN (SELECT event_id FROM audit_chainlink)")
        cursor.execute("DELETE FROM audit_checkpoint WHERE position > %s", [found.chain[0]])
        cursor.execute("SET session_replication_role = origin")
    assert verify().first is not None
    copying.replace(found)
    audit.record(user, "cases.seen", f"case {case.key}", case=case)
    later = checkpoints.nightly()
    assert later is not None
    report = verify()
    assert report.first is None, report.first
    assert report.aside == 1
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE audit_event SET verb = 'other' WHERE id = (SELECT max(event_id) FROM audit_chainlink)"
        )
        cursor.execute("SET session_replication_role = origin")
    first = verify().first
    assert first is not None
    assert first.kind == Kind.CHANGED


def test_a_copy_that_cannot_be_brought_up_to_this_version_takes_nobodys_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_name: str
) -> None:
    """People who use the hub are not let onto tables of another version, nor put out for nothing."""
    making.a_case(making.somebody(Role.INVESTIGATOR), "helpline")
    copying.backup(tmp_path / "copy")
    found = copying.restore(tmp_path / "copy", keep_as=kept_name)
    monkeypatch.setattr(copying, "_exchange", lambda name: pytest.fail("somebody's place was taken"))
    tried = []

    def fails(name: str, *words: str, told: str = "") -> Any:
        tried.append((name, words))
        return subprocess.CompletedProcess([], 1, "", "no")

    monkeypatch.setattr(copying, "_python", fails)
    with pytest.raises(copying.BackupError, match="could not be brought up to this version"):
        copying.replace(found)
    assert [(name, words[1]) for name, words in tried] == [(kept_name, "migrate")]


def test_a_database_that_postgresql_is_vacuuming_is_removed_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its owner may not end the vacuum, which begins by itself when a copy has just been brought back."""
    eager = "autovacuum_naptime = 1\nautovacuum_vacuum_cost_delay = 100\nautovacuum_vacuum_cost_limit = 1"
    with servers.cluster(eager) as cluster:
        servers.make_hub(cluster)
        owner = conninfo_to_dict(cluster.environment()["DATABASE_OWNER_URL"])
        monkeypatch.setattr(copying, "_settings", lambda: owner)
        with copying._connected("postgres") as server:
            server.execute("CREATE DATABASE vacuumed")
            with copying._connected("vacuumed") as there:
                there.execute("CREATE TABLE t AS SELECT g FROM generate_series(1, 20000) g")
                there.execute("DELETE FROM t")
            until = time.monotonic() + 60
            seen = "SELECT count(*) FROM pg_stat_progress_vacuum WHERE datname = 'vacuumed'"
            while server.execute(seen).fetchone() == (0,):
                assert time.monotonic() < until, "PostgreSQL did not begin to vacuum"
                time.sleep(0.1)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                server.execute("DROP DATABASE vacuumed WITH (FORCE)")
            copying._drop("vacuumed")
            gone = "SELECT count(*) FROM pg_database WHERE datname = 'vacuumed'"
            assert server.execute(gone).fetchone() == (0,)


def verify() -> verification.Report:
    statements = [*checkpoints.in_folder(), *checkpoints.in_table()]
    return verification.verify(statements, signatures.known_keys(checkpoints.folder()))
