"""A hub in service, treated badly: copied, brought back elsewhere and in its place under load, upgraded,
killed.

    python -m benchmarks.in_service [--reports 100000] [--kills 12]

On a PostgreSQL server of its own (Debian's where it is installed). Each step prints its seconds; at the
end, what was accepted is compared with what is there. The peers in the same run: pg_dump and pg_restore of
the same database, which compare nothing, seal nothing and erase nothing again.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import servers

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
LAMPLIGHTER = str(Path(PYTHON).with_name("lamplighter"))
SENDERS, READERS = 2, 6
DURABLE = "fsync = on"


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(words: str) -> Iterator[None]:
    """Print how long a step took."""
    began = time.monotonic()
    yield
    say(f"{words:<58} {time.monotonic() - began:8.1f} s")


class Hub:
    """A hub's home on a cluster, and its processes."""

    def __init__(self, home: Path, cluster: servers.Cluster, port: int) -> None:
        self.home, self.cluster, self.port = home, cluster, port
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("LAMPLIGHTER", "DATABASE", "DJANGO"))
        }
        self.environment = kept | cluster.environment() | {
            "LAMPLIGHTER_HOME": str(home),
            "LAMPLIGHTER_HTTPS": "0",
            "LAMPLIGHTER_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "lamplighter.hub.site.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, *words: str, status: int = 0) -> str:
        """Run ``lamplighter``; fail where its status is another."""
        done = subprocess.run(
            [LAMPLIGHTER, *words], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != status:
            raise SystemExit(
                f"lamplighter {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done.stdout

    def run(self, what: str, *words: str) -> Any:
        """Run one of :data:`INSIDE` in a process of the hub's own, as the owner of the tables."""
        done = subprocess.run(
            [PYTHON, "-m", "benchmarks.in_service", "--inside", what, *words],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{what}: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, name: str) -> None:
        """Start the site or the worker, in the place of one that ended."""
        words = ["serve", "--port", str(self.port)] if name == "site" else ["worker"]
        self.processes[name] = subprocess.Popen(
            [LAMPLIGHTER, "hub", *words],
            env=self.environment,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """End one at once, with all that it started."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Ask all of them to end."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait()
        self.processes.clear()

    def ready(self, patience: float = 180.0) -> None:
        """Wait until pages can be answered."""
        until = time.monotonic() + patience
        while self.ask("GET", "/health/ready")[0] != 200:
            if time.monotonic() > until:
                raise SystemExit("The site did not become ready.")
            time.sleep(0.1)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Return status and content; status 0 where nobody answered."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            told = {"Host": "localhost", **{k.replace("_", "-"): v for k, v in headers.items()}}
            connection.request(method, path, body or None, told)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""


class Traffic:
    """Reports from a feed and pages for somebody, one after the other, whatever comes back."""

    def __init__(self, hub: Hub, token: str, session: str) -> None:
        self.hub, self.token, self.session = hub, token, session
        self.accepted: dict[str, str] = {}
        self.answers: dict[int, int] = {}
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(n,)) for n in range(SENDERS)]
        self.threads += [threading.Thread(target=self._read) for _ in range(READERS)]
        for thread in self.threads:
            thread.start()

    def _send(self, number: int) -> None:
        turn = 0
        while not self.over.is_set():
            turn += 1
            reference = f"FEED-{number}-{turn}-{time.time_ns()}"
            told = document(reference, number * 1_000_000 + turn)
            status, content = self.hub.ask(
                "POST", "/feed/v1/reports", json.dumps(told).encode(), Authorization=f"Bearer {self.token}"
            )
            if status in (200, 201):
                self.accepted[reference] = json.loads(content)["key"]
            time.sleep(0.05 if status else 0.3)

    def _read(self) -> None:
        paths = ["/patterns/", "/intake/imports", "/service/", "/account/"]
        while not self.over.is_set():
            status, _ = self.hub.ask("GET", random.choice(paths), Cookie=f"session={self.session}")
            self.answers[status] = self.answers.get(status, 0) + 1
            time.sleep(0.02 if status else 0.3)

    def end(self) -> None:
        """Stop, and say what was answered."""
        self.over.set()
        for thread in self.threads:
            thread.join()
        say(
            f"  pages by status {dict(sorted(self.answers.items()))}, reports accepted {len(self.accepted):,}"
        )


def document(reference: str, number: int) -> dict[str, Any]:
    """A report about two made-up people of its own."""
    letters = str(number).translate(str.maketrans("0123456789", "abdelmnorv"))
    return {
        "source_ref": reference,
        "reported_at": "2026-05-03T10:00:00",
        "record_type": "crime",
        "summary": "He waited outside her work again",
        "offences": [{"offence": "harassment_s2", "offence_group": "harassment"}],
        "occasions": [{"started_at": "2026-05-03T09:00:00", "date_precision": "exact"}],
        "people": [
            {"role": "victim", "forenames": f"Pria{letters}", "surname": f"Nair{letters}"},
            {"role": "suspect", "forenames": f"Dan{letters}", "surname": f"Mars{letters}"},
        ],
    }


def main() -> int:
    """Run every step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="folder for the files, kept and used again")
    parser.add_argument("--inside", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return _inside(*options.inside)
    with tempfile.TemporaryDirectory(prefix="lamplighter-service-") as folder:
        return _measure(Path(folder), options)


def _measure(folder: Path, options: argparse.Namespace) -> int:
    files = options.keep or folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    from benchmarks.imports import world_bundle

    paths = [str(p) for p in world_bundle(files, options.reports)]
    with servers.cluster(DURABLE) as cluster, servers.cluster(DURABLE) as another:
        servers.make_hub(cluster)
        servers.make_hub(another)
        say(f"PostgreSQL {cluster.as_superuser('SHOW server_version').strip()}, two clusters, durable")
        hub = Hub(folder / "home", cluster, _port())
        with step("hub init"):
            hub.command("hub", "init")
        with step(f"import and match about {options.reports:,} reports"):
            say(f"  {hub.run('fill', *paths)}")
        session, token = hub.run("people")
        _copies(folder, hub, another)
        try:
            hub.start("site")
            hub.start("worker")
            hub.ready()
            _replaced_under_load(folder, hub, session, token)
            _killed(hub, session, token, options.kills)
        finally:
            hub.stop()
        _upgraded(hub)
    return 0


def _copies(folder: Path, hub: Hub, another: servers.Cluster) -> None:
    bare = folder / "bare.dump"
    with step("peer: pg_dump"):
        hub.cluster.program("pg_dump", "-Fc", "-h", str(hub.cluster.data), "-p", str(hub.cluster.port),
                            "-U", "postgres", "-f", _open(bare), "lamplighter")  # fmt: skip
    with step("lamplighter backup"):
        say(f"  {hub.command('backup', '--out', str(folder / 'copy')).splitlines()[0]}")
    key = folder / "key"
    key.write_text(hub.command("backup-key"))
    with step("peer: pg_restore"):
        another.as_superuser("CREATE DATABASE bare TEMPLATE template0")
        another.program("pg_restore", "-h", str(another.data), "-p", str(another.port), "-U", "postgres",
                        "-d", "bare", str(bare))  # fmt: skip
        another.as_superuser("DROP DATABASE bare")
    bare.unlink()
    with step("lamplighter restore --drill, beside the hub"):
        assert "Equal" in hub.command("restore", str(folder / "copy"), "--drill")
    new = Hub(folder / "new", another, _port())
    with step("hub init --from, on a machine that knows nothing of it"):
        assert "came back equal" in new.command(
            "hub", "init", "--from", str(folder / "copy"), "--key", str(key)
        )
    assert new.run("counts") == hub.run("counts")
    shutil.rmtree(folder / "new")


def _open(path: Path) -> str:
    """A file that the cluster's own user may write."""
    path.touch()
    path.chmod(0o666)
    path.parent.chmod(0o755)
    return str(path)


def _replaced_under_load(folder: Path, hub: Hub, session: str, token: str) -> None:
    before = hub.run("counts")
    traffic = Traffic(hub, token, session)
    time.sleep(5)
    with step("restore --replace, with people and a feed at work"):
        hub.command("restore", str(folder / "copy"), "--replace")
    time.sleep(10)
    traffic.end()
    after = hub.run("counts")
    say(f"  reports held before {before['reports']:,}, and after the copy came back {after['reports']:,}")
    # What came after the change of the two databases is in the one that came back.
    assert after["reports"] >= before["reports"]
    hub.ready()


def _killed(hub: Hub, session: str, token: str, kills: int) -> None:
    chance = random.Random(29)
    traffic = Traffic(hub, token, session)
    with step(f"site, worker and database killed {kills} times in any order"):
        for _ in range(kills):
            time.sleep(chance.uniform(0.5, 4.0))
            for name in chance.sample(["site", "worker", "database"], chance.choice([1, 1, 2])):
                if name == "database":
                    hub.cluster.stop("immediate")
                    time.sleep(chance.uniform(0.0, 2.0))
                    hub.cluster.start()
                else:
                    hub.kill(name)
                    hub.start(name)
    hub.ready()
    traffic.end()
    began = time.monotonic()
    while True:
        left = hub.run("unmatched", json.dumps(list(traffic.accepted.values())))
        if not left["missing"] and not left["unmatched"]:
            break
        if time.monotonic() - began > 600:
            raise SystemExit(f"After ten minutes: {left}")
        time.sleep(2)
    took = time.monotonic() - began
    say(f"  every accepted report is there once and matched {took:.0f} s after the last; {left}")


def _upgraded(hub: Hub) -> None:
    hub.run("unmigrate")
    with step("hub upgrade (one migration, a copy before)"):
        say("  " + hub.command("hub", "upgrade", "--copy-into", str(hub.home / "copies")).splitlines()[0])
    with step("hub rollback"):
        hub.command("hub", "rollback")


def _port() -> int:
    from tests.integration.server.machine import free_port

    return free_port()


# What runs inside the hub.
# -----------------------------------------------------------------------------------


def _inside(what: str, *words: str) -> int:
    import django

    django.setup()
    found = {
        "fill": fill, "people": people, "counts": counts, "unmatched": unmatched, "unmigrate": unmigrate,
    }[what](*words)  # fmt: skip
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def fill(*paths: str) -> dict[str, Any]:
    """Import a bundle, find who is who, and the patterns."""
    from lamplighter.hub.intake import services
    from lamplighter.hub.patterns import services as patterns

    delivery = services.import_files(paths, "lamplighter")
    patterns.link_anew_if_due()
    return {"state": str(delivery.state), **counts()}


def counts() -> dict[str, int]:
    """Rows of the tables that matter."""
    from lamplighter.hub.intake.models import PersonRecord, ReportVersion
    from lamplighter.hub.patterns.models import Course
    from lamplighter.hub.people.models import Membership

    return {
        "reports": ReportVersion.objects.filter(superseded_at=None).count(),
        "people": PersonRecord.objects.count(),
        "memberships": Membership.objects.filter(current=True).count(),
        "patterns": Course.objects.filter(superseded_at=None).count(),
    }


def people() -> list[str]:
    """Somebody who is signed in, and a token for a feed."""
    from benchmarks.hub_load import session_of
    from lamplighter.hub.accounts import services
    from lamplighter.hub.accounts.models import Agency, User

    agency = Agency.objects.create(code="force-z", name="Force Z", kind=Agency.Kind.POLICE)
    user = User.objects.create_user("sam", None, display_name="Sam", role="coordinator", agency=agency)
    return [session_of(user), services.issue_feed_token(agency, "benchmark")[1]]


def unmatched(keys: str) -> dict[str, int]:
    """Count the reports that are not there just once, or have people whom nobody matched."""
    from lamplighter.hub.intake.models import PersonRecord, ReportVersion
    from lamplighter.hub.people.models import Membership

    wanted = json.loads(keys)
    held = ReportVersion.objects.filter(key__in=wanted, superseded_at=None)
    records = set(PersonRecord.objects.filter(version__in=held).values_list("record_id", flat=True))
    known = set(
        Membership.objects.filter(current=True, record_id__in=records).values_list("record_id", flat=True)
    )
    return {"accepted": len(wanted), "missing": len(wanted) - held.count(), "unmatched": len(records - known)}


def unmigrate() -> list[str]:
    """Take the last migration of an app back, as a hub of the version before has it."""
    from django.core.management import call_command

    call_command("migrate", "operations", "zero", verbosity=0)
    return []


if __name__ == "__main__":
    sys.exit(main())
