"""Figures that are worked out from what was printed, written down as they are made.

A protected page may show the share of two printed counts, or its interval. The
attack on the release does not take our word for it: it reads this list, works
every figure out again from the printed counts, and calls any other number a leak.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

FILE = "derived.json"
Entry = tuple[str, tuple[float, ...], tuple[float, ...]]
_open: ContextVar[set[Entry] | None] = ContextVar("derived", default=None)


@contextmanager
def written_down() -> Iterator[set[Entry]]:
    """While this is open, every derived figure is kept: kind, values, and the counts it came from."""
    entries: set[Entry] = set()
    token = _open.set(entries)
    try:
        yield entries
    finally:
        _open.reset(token)


def note(kind: str, values: tuple[float, ...], inputs: tuple[float, ...]) -> None:
    """Keep one derived figure, where somebody is keeping them."""
    entries = _open.get()
    if entries is not None:
        entries.add((kind, tuple(float(v) for v in values), tuple(float(v) for v in inputs)))


def as_file(entries: set[Entry]) -> bytes:
    """The list as JSON, in a fixed order: sums first, because other figures may stand on them."""
    ordered = sorted(entries, key=lambda entry: (entry[0] != "sum", entry))
    rows = [{"kind": kind, "values": values, "inputs": inputs} for kind, values, inputs in ordered]
    return (json.dumps({"derived": rows}, indent=1) + "\n").encode()
