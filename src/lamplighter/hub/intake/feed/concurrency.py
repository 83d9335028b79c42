"""Limit how many messages of feeds are read at the same time, so that a page never waits for them.

The site has a few threads for everybody. A sender that hands on a day's reports at once, or a message that
takes long, would take them all; whoever opens a case then waits. So feeds have some of the threads, and who
comes when those are taken is asked to come again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lamplighter.hub.site.processes import THREADS

READ, WAITING = max(1, THREADS // 2), 1
"""Messages that are read, and that wait to be: the other threads stay with pages."""
PATIENCE = 2.0  # seconds that one waits


class Turns:
    """The places of one process for messages of feeds."""

    def __init__(self, read: int = READ, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._here = threading.BoundedSemaphore(read + waiting)
        self._reading = threading.BoundedSemaphore(read)
        self._patience = patience

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Take a turn for as long as the block runs; give whether there was one."""
        if not self._here.acquire(blocking=False):
            yield False
            return
        try:
            mine = self._reading.acquire(timeout=self._patience)
            try:
                yield mine
            finally:
                if mine:
                    self._reading.release()
        finally:
            self._here.release()
