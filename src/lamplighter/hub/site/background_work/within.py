"""A limit of the work that one thing may take: computing that goes on past it is ended from outside.

The processor's time of the thread is counted, so that a report does not pay for what it waits for: the lock
of whoever is first, a busy machine. Python is ended where it is, between two instructions; a statement of the
database that runs is cancelled, and the connection stays usable. What does not give Python back at all (one
call in C that holds everybody else up) is left to the worker, which ends as a whole.
"""

from __future__ import annotations

import ctypes
import faulthandler
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOK_EVERY = 0.2  # seconds
_STEPS = 100


def hangs(seconds: float) -> float:
    """Return after how many seconds on the clock a worker ends as a whole: ten times the limit, and more."""
    return 10 * seconds + 60


_ends_whole = False


class TimeLimitError(Exception):
    """The work took longer than it may."""


class _Now(KeyboardInterrupt):
    """Raised in the thread that works: psycopg clears up after this kind, and no ``except Exception`` of what
    is ended keeps it."""


def ends_with_a_hang() -> None:
    """Let this process end where work hangs so that nothing can end it: for the worker, which starts anew."""
    global _ends_whole
    _ends_whole = True


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise :class:`TimeLimitError` in the block when it has computed for longer. Blocks are not nested."""
    thread = threading.get_ident()
    clock = time.pthread_getcpuclockid(thread) if hasattr(time, "pthread_getcpuclockid") else None
    began = time.thread_time()
    ended, turn, fired = threading.Event(), threading.Lock(), False

    def used() -> float:
        return (time.clock_gettime(clock) if clock is not None else time.monotonic()) - began

    def watch() -> None:
        nonlocal fired
        while not ended.wait(LOOK_EVERY):
            with turn:
                if ended.is_set():
                    return
                if used() > seconds:
                    fired = True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_Now))
                    return

    if clock is None:  # elsewhere than on Linux: what has passed
        began = time.monotonic()
    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    if _ends_whole:
        # Told by a thread of C: Python may not get a turn any more.
        faulthandler.dump_traceback_later(hangs(seconds), exit=True, file=sys.stderr)
    try:
        try:
            yield
        finally:
            with turn:
                ended.set()
            if fired:
                # Told, and perhaps not raised yet: it is raised here, and not in whatever comes after. To
                # take it back by telling of nothing leaves Python 3.11 looking for it for ever, slowly, and
                # a thread that is traced never takes another step.
                for _ in range(_STEPS):
                    pass
    except _Now:
        raise TimeLimitError from None
    finally:
        if _ends_whole:
            with suppress(RuntimeError):
                faulthandler.cancel_dump_traceback_later()
    if fired:
        raise TimeLimitError
