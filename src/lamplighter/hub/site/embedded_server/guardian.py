"""End the embedded server soon after the last process that used it, however that process ended.

Each process that uses the server leaves a file with its number and the moment it began; a small process
beside the server looks whether any of them still lives. Nothing has to be tidied up by whoever is killed.
Somebody who is connected by other means (``psql``) keeps the server too, and so does ``database start``.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import psutil

IDLE = 5  # looks, one a second, at which nobody was there before the server is ended
STAY, LOCK = "stay", "lock"
_used: dict[Path, int] = {}


def _users(data: Path) -> Path:
    folder = data.with_name(f"{data.name}-users")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def use(data: Path) -> None:
    """Note that this process uses the server of a data folder, until it ends. Once a process is enough."""
    me = os.getpid()
    if _used.get(data) == me:  # a child that was forked is another process
        return
    (_users(data) / str(me)).write_text(repr(psutil.Process(me).create_time()))
    _used[data] = me


def keep(data: Path, *, running: bool) -> None:
    """Let the server run on when nobody uses it, or no longer."""
    stay = _users(data) / STAY
    if running:
        stay.touch()
    else:
        stay.unlink(missing_ok=True)


def watch(data: Path) -> None:
    """Start the process that ends the server, unless there is one already."""
    with (_users(data) / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        fcntl.flock(lock, fcntl.LOCK_UN)
    subprocess.Popen(  # noqa: S603  our own module
        [sys.executable, "-m", __spec__.name if __spec__ else __name__, str(data)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def in_use(data: Path) -> bool:
    """Return whether a process that used the server lives, or somebody is connected."""
    folder = _users(data)
    found = (folder / STAY).exists()
    for path in folder.iterdir():
        if not path.name.isdigit():
            continue
        if _lives(path):
            found = True
        else:
            path.unlink(missing_ok=True)
    return found or _connected(data)


def _lives(path: Path) -> bool:
    try:
        process = psutil.Process(int(path.name))
        return repr(process.create_time()) == path.read_text() and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def _connected(data: Path) -> bool:
    from lamplighter.hub.site.embedded_server.embedded import postmaster

    server = postmaster(data)
    try:
        # PostgreSQL writes "[local]" into the title of each process that serves a client.
        return server is not None and any("[local]" in " ".join(p.cmdline()) for p in server.children())
    except psutil.Error:
        return True


def guard(data: Path) -> None:
    """Wait until nobody has used the server for a while, then end it. Returns when it no longer runs."""
    from lamplighter.hub.site.embedded_server import embedded

    with (_users(data) / LOCK).open("a") as lock:
        if not _only_one(lock):
            return
        idle = 0
        while embedded.is_running(data):
            idle = 0 if in_use(data) else idle + 1
            # Whoever comes at this moment finds no server, and starts it.
            if idle >= IDLE and _stopped(data):
                return
            time.sleep(1)


def _stopped(data: Path) -> bool:
    """Stop the server unless somebody uses it; whether it stopped.

    On a busy machine it may take longer than the time that is waited for it: it is looked at again.
    """
    from lamplighter.hub.site.embedded_server import embedded

    try:
        return embedded.stop_unless(data, in_use)
    except embedded.StillRuns:
        return False


def _only_one(lock: IO[str]) -> bool:
    """Whether this process guards the server: nobody else does, but for somebody who only looks
    (:func:`watch`)."""
    for _ in range(10):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
