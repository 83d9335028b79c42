"""Run the site, the worker or both as processes that end together, within seconds and without a trace.

Each runs in a session of its own, so that Ctrl-C reaches us alone and is handed on in order. Where we are
killed ourselves, the system ends them (``end_with_parent``).
"""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from lamplighter.hub.site.errors import OperatorError

# More than the cores, for pages of cases wait (web.person.EvenPace); of more, granian warns.
THREADS = 2 * (os.cpu_count() or 1) + 1
PATIENCE = 240.0  # seconds until the site must answer; on a busy machine its parts take minutes to load
GRACE = 7.0  # seconds in which a process that was asked to end may do so itself
LIVE = "/health/live"
RAN_FOR = 30.0  # seconds after which a worker that ended is started once more
_started: dict[int, float] = {}
_PR_SET_PDEATHSIG = 1


def site(host: str, port: int, threads: int = THREADS) -> list[str]:
    """Return the command of the site on one port."""
    from lamplighter.hub.site import logs

    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--no-ws", "--log-level", "warning", "--log-config", str(logs.GRANIAN)),
        # Backpressure counts connections, and a browser keeps several open: with few, others wait for
        # nothing. Threads are what works at the same time, each with a connection to the database.
        *("--backpressure", "1024", "--blocking-threads", str(threads)),
        # Seconds; a thread that ends takes its connection to the database with it.
        *("--blocking-threads-idle-timeout", "600", "--respawn-failed-workers"),
        *("--workers-kill-timeout", str(int(GRACE) - 2)),
        "lamplighter.hub.web.wsgi:application",
    ]


def worker() -> list[str]:
    """Return the command of the worker."""
    return [sys.executable, "-m", "lamplighter.hub.operations.worker"]


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Have the system send this process a signal when the one that started it ends, however it does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number))


def start(command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start one process in a session of its own, which does not outlive us."""
    started = subprocess.Popen(  # noqa: S603  our own commands
        command, env=environment, start_new_session=True, preexec_fn=end_with_parent
    )
    _started[started.pid] = time.monotonic()
    return started


SWALLOWED_SECONDS = 0.05


class Stopped(BaseException):
    """Somebody asked us to stop, by Ctrl-C or a signal."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise :class:`Stopped` when somebody asks us to stop, once; a second signal changes nothing.

    Nested, the inner one sees the signal. One that comes while something is thrown away, where Python ignores
    whatever is raised, is raised again.
    """

    asked = False
    told, alarm = sys.unraisablehook, signal.getsignal(signal.SIGALRM)

    def again(signum: int, frame: FrameType | None) -> None:
        raise Stopped

    def swallowed(what: Any) -> None:
        if not isinstance(what.exc_value, Stopped):
            told(what)
            return
        signal.signal(signal.SIGALRM, again)
        signal.setitimer(signal.ITIMER_REAL, SWALLOWED_SECONDS)

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    # Set both: a shell that runs us in the background has told us to ignore Ctrl-C.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    sys.unraisablehook = swallowed
    try:
        yield
    except Exception as clearing_up:
        # What was interrupted may itself fail as it ends: a transaction in the middle of its commit does.
        if asked:
            raise Stopped from clearing_up
        raise
    finally:
        sys.unraisablehook = told
        if signal.getsignal(signal.SIGALRM) is again:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, alarm)
        for number, handler in before.items():
            signal.signal(number, handler)


def run(
    commands: Sequence[Sequence[str]],
    *,
    port: int | None = None,
    when_ready: Callable[[], None] = lambda: None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run processes until one ends or somebody stops us; the others are then ended too.

    ``when_ready`` is called once the site answers on ``port``. Returns 0 when somebody stopped us, else the
    status of the process that ended (1 where it ended without one). A second signal changes nothing.
    """
    processes: list[subprocess.Popen[bytes]] = []
    with stoppable():
        try:
            processes += [start(command, environment) for command in commands]
            if port is not None:
                wait_until_live(port, processes)
            when_ready()
            while all(
                p.poll() is None or _starts_anew(p, commands, processes, environment) for p in processes
            ):
                time.sleep(0.2)
            return next((p.returncode for p in processes if p.returncode), 1)
        except Stopped:
            return 0
        finally:
            # Whatever is asked of us now, we are ending already.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            end(processes)


def _starts_anew(
    ended: subprocess.Popen[bytes],
    commands: Sequence[Sequence[str]],
    processes: list[subprocess.Popen[bytes]],
    environment: Mapping[str, str] | None,
) -> bool:
    """Start a worker that ended by itself once more, where it ran for a while; say whether.

    It ends where a job hangs so that nothing else can end it (``site.within``).
    """
    place = processes.index(ended)
    if list(commands[place]) != worker() or time.monotonic() - ran_since(ended) < RAN_FOR:
        return False
    processes[place] = start(commands[place], environment)
    return True


def ran_since(process: subprocess.Popen[bytes]) -> float:
    """Return when a process was started, by the clock that never goes back."""
    return _started.get(process.pid, time.monotonic())


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask processes to end, and end what has not done so after :data:`GRACE`, with all that they started."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    until = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # What it started is in its session: also where it was killed itself.
        _signal_group(process)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)


def _signal_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_until_live(port: int, processes: Sequence[subprocess.Popen[bytes]], patience: float = 0) -> None:
    """Wait until the site answers. Raises ``OperatorError`` where a process ends first, or it takes too
    long."""
    patience = patience or PATIENCE
    until = time.monotonic() + patience
    while time.monotonic() < until and all(p.poll() is None for p in processes):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", LIVE)
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.1)
    if any(p.poll() is not None for p in processes):
        raise OperatorError("The site did not start. The lines above say why.")
    raise OperatorError(
        f"The site did not answer on port {port} within {patience:.0f} seconds. Wait until the machine "
        "has less to do, and start it again: nothing is lost."
    )
