"""The embedded server ends soon after the last process that used it, also when all of them were killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from lamplighter.hub.site.embedded_server import embedded, guardian

ROOT = Path(__file__).resolve().parents[3]
USES = """
import time
from lamplighter.hub.site import database
database.place()
print("there", flush=True)
time.sleep(300)
"""
# A server that is asked to stop on a busy machine may take a minute, and is then asked again.
PATIENCE = 300.0


def user(home: Path) -> subprocess.Popen[str]:
    """A process that has used the server of this home."""
    environment = os.environ | {"LAMPLIGHTER_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-c", USES], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    return process


def test_whoever_is_killed_the_server_ends_with_the_last(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    # As after a power cut while it was made for the first time.
    data.mkdir()
    (data / "PG_VERSION").write_text("18\n")
    first, second = user(tmp_path), user(tmp_path)
    guards = [p for p in psutil.process_iter(["cmdline"]) if str(data) in (p.info["cmdline"] or [])]
    assert any(guardian.__name__ in p.info["cmdline"] for p in guards)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert guardian.in_use(data)
    assert embedded.is_running(data)
    second.send_signal(signal.SIGKILL)
    second.wait()
    until = time.monotonic() + PATIENCE
    while embedded.is_running(data):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert not psutil.wait_procs(guards, timeout=30)[1]
