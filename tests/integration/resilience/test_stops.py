"""A stop ends everything that was started, without a traceback: a demonstration, a site, a test run."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from lamplighter.hub.site.embedded_server import embedded
from tests.integration.server.machine import free_port

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
LAMPLIGHTER = str(Path(sys.executable).with_name("lamplighter"))
pytestmark = pytest.mark.slow


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LAMPLIGHTER", "DATABASE", "PYTEST"))}
    return kept | {
        "LAMPLIGHTER_HOME": str(home),
        "LAMPLIGHTER_HTTPS": "0",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


def of_this_home(home: Path) -> list[psutil.Process]:
    """Every process that works for a home: it was told so, or it serves its database."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        told = " ".join(process.info["cmdline"] or [])
        try:
            mine = process.environ().get("LAMPLIGHTER_HOME") == str(home)
        except psutil.Error:
            mine = False
        if (mine or str(home) in told) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def wait(home: Path, what: str, done: bool) -> None:
    """Wait until the database of a home runs, or nothing of the home runs any more."""
    until = time.monotonic() + PATIENCE
    while (embedded.is_running(home / "postgres") if done else bool(of_this_home(home))) is not done:
        assert time.monotonic() < until, (what, [p.cmdline() for p in of_this_home(home)])
        time.sleep(0.2)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens on a port of this machine."""
    until = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < until, "nobody listens"
        time.sleep(0.2)


def stopped(
    command: list[str], home: Path, number: signal.Signals, *, after: float = 0.5, port: int = 0
) -> tuple[int, str]:
    """Start a command, stop it once its database runs and its port is open; returns its status and what it
    complained of."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    wait(home, "starts", True)
    if port:
        wait_for_port(port)
    time.sleep(after)
    process.send_signal(number)
    try:
        complaints = process.communicate(timeout=PATIENCE)[1]
    finally:
        # Where it did not hear, nothing of it outlives the test: what it started ends with it.
        process.kill()
    wait(home, "ends", False)
    return process.returncode, complaints


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demonstration_that_is_still_being_made(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "lamplighter.hub.demo", "--port", str(free_port())]
    status, complaints = stopped(command, tmp_path, number, after=3.0)
    assert (status, "Traceback" in complaints) == (0, False), complaints


def test_a_site_and_its_database(tmp_path: Path) -> None:
    subprocess.run([LAMPLIGHTER, "hub", "init"], env=environment(tmp_path), check=True, capture_output=True)
    # The commands end, and with the last of them their database.
    wait(tmp_path, "ends", False)
    port = free_port()
    command = [LAMPLIGHTER, "hub", "serve", "--port", str(port)]
    status, complaints = stopped(command, tmp_path, signal.SIGTERM, port=port)
    assert (status, "Traceback" in complaints) == (0, False), complaints


def test_a_test_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "tests/integration/site/test_pages.py", "-n", "2", "-q"]
    stopped(command, tmp_path, signal.SIGTERM)
