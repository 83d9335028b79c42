"""Processes end together, within seconds and with all that they started, however they are asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path

import psutil
import pytest

from lamplighter.hub.site import processes
from lamplighter.hub.site.errors import OperatorError

ROOT = Path(__file__).resolve().parents[3]
SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
# A child that hears nothing, and one of its own that does not either.
DEAF = [
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "time.sleep(60)",
]
RUNS = """
import sys
from lamplighter.hub.site import processes
processes.GRACE = 1.0
sys.exit(processes.run([{commands}], when_ready=lambda: print("ready", flush=True)))
"""


def started(*commands: list[str]) -> subprocess.Popen[str]:
    """A process of our own that runs these."""
    script = RUNS.format(commands=", ".join(repr(c) for c in commands))
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def below(process: subprocess.Popen[str], at_least: int) -> list[psutil.Process]:
    """What it has started, when that many are there."""
    for _ in range(200):
        found = psutil.Process(process.pid).children(recursive=True)
        if len(found) >= at_least:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{len(found)} processes, {at_least} wanted")


def gone(found: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(found, timeout=5)[1]


def test_when_one_ends_the_others_are_ended_and_its_status_is_ours() -> None:
    short = [sys.executable, "-c", "raise SystemExit(3)"]
    assert processes.run([SLEEPS, short]) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_of_them_without_a_traceback(number: signal.Signals) -> None:
    process = started(SLEEPS, DEAF)
    found = below(process, 3)
    process.send_signal(number)
    # Whoever is impatient changes nothing.
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
    assert gone(found)


def test_who_is_killed_leaves_nobody_behind() -> None:
    process = started(SLEEPS, SLEEPS)
    found = below(process, 2)
    process.kill()
    process.communicate(timeout=30)
    assert gone(found)


def test_a_site_that_does_not_start_is_said() -> None:
    with pytest.raises(RuntimeError, match="did not start"):
        processes.run([[sys.executable, "-c", "raise SystemExit(1)"]], port=1)


def test_a_site_that_takes_too_long_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.3)
    with pytest.raises(OperatorError, match=r"did not answer on port 1 within 0 seconds\. Wait until"):
        processes.run([SLEEPS], port=1)


def test_what_fails_because_it_was_interrupted_is_a_stop() -> None:
    """A transaction that is stopped in the middle of its commit fails as it is cleared up."""

    def committing() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            raise RuntimeError("can't change 'autocommit' now: connection in transaction status ACTIVE")

    with pytest.raises(processes.Stopped), processes.stoppable():
        committing()


def test_what_fails_by_itself_is_told() -> None:
    with pytest.raises(RuntimeError), processes.stoppable():
        raise RuntimeError("no stop")


def test_a_stop_that_comes_where_python_ignores_what_is_raised_is_raised_again() -> None:
    class Thing:
        """Thrown away while somebody asks us to stop."""

    def work() -> None:
        thing = Thing()
        weakref.finalize(thing, os.kill, os.getpid(), signal.SIGINT)
        with processes.stoppable():
            del thing
            time.sleep(10)

    with pytest.raises(processes.Stopped):
        work()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_worker_that_ended_by_itself_is_started_once_more_and_ends_with_the_others() -> None:
    script = f"""
import sys, time
from lamplighter.hub.site import processes
processes.GRACE, processes.RAN_FOR = 1.0, 0.5
times = []
real = processes.start
def start(command, environment=None):
    if command == ["the worker"]:
        times.append(1)
        command = [sys.executable, "-c", "import time; time.sleep(1)"] if len(times) < 3 else {SLEEPS!r}
    return real(command, environment)
processes.start, processes.worker = start, lambda: ["the worker"]
def ready():
    print("ready", flush=True)
sys.exit(processes.run([{SLEEPS!r}, ["the worker"]], when_ready=ready) or 10 * len(times))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 30
    process.stdout.close()
