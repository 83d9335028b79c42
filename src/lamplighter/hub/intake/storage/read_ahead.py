"""Reads the next batch while PostgreSQL takes in the one before."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from itertools import islice

from lamplighter.hub.intake.storage.batch_writer import Incoming
from lamplighter.records import ingest
from lamplighter.records.reading.batches import Batch


def read_ahead(batches: Iterable[Batch], *, skip: int = 0, depth: int = 1) -> Iterator[Incoming]:
    """Batches with their digests, read in a thread of their own, at most ``depth`` ahead.

    ``skip`` batches at the start are read over: they are stored already.
    An error of the reader is raised here, after the batches before it.
    """
    ready: queue.Queue[Incoming | BaseException | None] = queue.Queue(maxsize=depth)
    stop = threading.Event()

    def put(item: Incoming | BaseException | None) -> None:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for seq, batch in islice(enumerate(batches), skip, None):
                if stop.is_set():
                    return
                put(Incoming(seq, batch, ingest.digest(batch.bundle)))
        except BaseException as error:  # noqa: BLE001  handed over, not swallowed
            put(error)
        else:
            put(None)

    thread = threading.Thread(target=work, name="import-reader", daemon=True)
    thread.start()
    try:
        while True:
            item = ready.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join(timeout=60)
