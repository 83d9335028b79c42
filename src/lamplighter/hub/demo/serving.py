"""The site and its worker as two processes that end together."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

# More than the cores, for pages of cases wait (access.middleware.EvenPace); of more, granian warns.
THREADS = str(2 * (os.cpu_count() or 1) + 1)
PATIENCE = 60.0  # seconds until the site must answer


def commands(port: int) -> list[list[str]]:
    site = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    return [
        [
            sys.executable,
            "-m",
            *site,
            "--log-level",
            "warning",
            # Backpressure counts connections, and a browser keeps several open: with few, others wait for
            # nothing. Threads are what works at the same time, each with a connection to the database.
            "--backpressure",
            "1024",
            "--blocking-threads",
            THREADS,
            # Seconds; a thread that ends takes its connection to the database with it.
            "--blocking-threads-idle-timeout",
            "600",
            "lamplighter.hub.site.wsgi:application",
        ],
        [sys.executable, "-m", "lamplighter.hub.site", "procrastinate", "worker", "--concurrency", "1"],
    ]


def serve(port: int, when_ready: Callable[[], None]) -> int:
    """Run both until one ends or somebody stops us; the other is then ended too."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Set both: a shell that runs us in the background has told us to ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    processes = [subprocess.Popen(command) for command in commands(port)]  # noqa: S603  our own commands
    try:
        _wait(port, processes)
        when_ready()
        while all(p.poll() is None for p in processes):
            time.sleep(0.5)
        return next((p.returncode for p in processes if p.returncode), 1)
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and all(p.poll() is None for p in processes):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/account/sign-in", headers={"Host": f"localhost:{port}"})
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The site did not start; the lines above say why.")
