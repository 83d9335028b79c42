"""The database is ended at once while people write through the site; nothing that was accepted is missing."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from lamplighter.hub.site import processes

ROOT = Path(__file__).resolve().parents[3]
SECRET = "b" * 32
BEFORE, AFTER, CRASHES = 12, 12, 2  # accepted writes before the first crash and after each
PATIENCE = 240.0


def ask(what: str, environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.resilience.a_site", what],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{what}: {done.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class Writers:
    """Each person sends one form after the other, every one with words of its own, whatever comes back."""

    def __init__(self, port: int, case: str, sessions: list[str]) -> None:
        self.port, self.address = port, f"/cases/{case}/legal"
        self.accepted: list[str] = []
        self.refused = 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(n, s)) for n, s in enumerate(sessions)]
        for thread in self.threads:
            thread.start()

    def _write(self, number: int, session: str) -> None:
        turn = 0
        since = dt.date(2025, 3, 3)
        version = ""
        while not self.stopping.is_set():
            turn += 1
            words = f"writer {number} turn {turn}"
            form = {
                "matter": "first",
                "name": "investigation",
                "since_day": since.day,
                "since_month": since.month,
                "since_year": since.year,
                "source": words,
                # As a browser would: what the page before showed as standing. Whoever is late sees both.
                "version": version,
                "csrfmiddlewaretoken": SECRET,
            }
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                headers = {
                    "Host": f"localhost:{self.port}",
                    "Cookie": f"session={session}; csrf={SECRET}",
                    "Content-Type": "application/x-www-form-urlencoded",
                }
                connection.request("POST", self.address, urlencode(form), headers)
                answer = connection.getresponse()
                shown = re.search(rb'name="version" value="([0-9a-f-]{36})"', answer.read())
                version = shown[1].decode() if shown else version
                taken = answer.status == 302 and "/account/" not in (answer.getheader("Location") or "")
                connection.close()
            except (OSError, http.client.HTTPException):
                taken = False
            if taken:
                self.accepted.append(words)
            else:
                self.refused += 1
                time.sleep(0.05)

    def until(self, count: int) -> None:
        """Wait until so many writes were accepted."""
        end = time.monotonic() + PATIENCE
        while len(self.accepted) < count:
            assert time.monotonic() < end, (
                f"{len(self.accepted)} accepted, {self.refused} refused, {count} wanted"
            )
            time.sleep(0.02)

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.slow
def test_a_database_that_crashes_under_load_loses_nothing_that_was_accepted(
    tmp_path: Path,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {
        "LAMPLIGHTER_HOME": str(tmp_path),
        "LAMPLIGHTER_HTTPS": "0",
        "LAMPLIGHTER_LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "lamplighter.hub.site.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    # An embedded server of its own, which it may crash, on whatever server the rest of the suite runs.
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        environment.pop(name, None)
    site = None
    try:
        made = ask("make", environment)
        site = subprocess.Popen(
            processes.site("127.0.0.1", port),
            cwd=ROOT,
            env=environment | {"LAMPLIGHTER_DATABASE_LOGIN": "app"},
        )
        # Other tests may have the machine; how long it takes is not what this is about.
        processes.wait_until_live(port, [site], PATIENCE)
        writers = Writers(port, made["case"], made["sessions"])
        try:
            writers.until(BEFORE)
            for _ in range(CRASHES):
                standing = len(writers.accepted)
                ask("crash", environment)
                # The same site, which nobody has started again, takes writes again.
                writers.until(standing + AFTER)
        finally:
            writers.stop()
        assert site.poll() is None
        found = ask("told", environment)
    finally:
        if site is not None:
            site.kill()
            site.wait()
        subprocess.run(
            [sys.executable, "-m", "lamplighter.hub.site.database", "stop"],
            env=environment,
            check=True,
            capture_output=True,
            timeout=60,
        )
    missing = set(writers.accepted) - set(found["written"])
    assert not missing, f"accepted and not there: {sorted(missing)}"
    # A write that was not answered may be there, but whole.
    assert sorted(found["entries"]) == sorted(found["written"])
    assert found["events"] == len(found["written"]) == len(set(found["written"]))
    assert found["unsealed"] == 0
    assert not found["broken"]
