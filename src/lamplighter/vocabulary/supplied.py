"""Files of this room that whoever runs it may supply in place of the packaged ones.

A hub supplies its own list of agencies and its own bank holidays. Without a
hub, as for ``lamplighter trace``, the packaged files are read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from lamplighter.rule_files import reading

Returned = TypeVar("Returned")
AGENCIES, WORKING_DAYS = "agencies", "working_days"
_readers: dict[str, Callable[[], dict[str, Any]]] = {}
_forgets: list[Callable[[], None]] = []


def packaged(name: str) -> str:
    """Return the text of the packaged file ``name``."""
    return (files("lamplighter.vocabulary") / f"{name}.toml").read_text("utf-8")


def supply(name: str, read: Callable[[], dict[str, Any]] | None) -> None:
    """Let ``read`` return what file ``name`` holds. ``None``: the packaged one is read again."""
    if read is None:
        _readers.pop(name, None)
    else:
        _readers[name] = read
    forget()


def as_packaged(name: str) -> dict[str, Any]:
    """Return what the packaged file ``name`` holds."""
    return reading.parsed(packaged(name), f"{name}.toml")


def document(name: str) -> dict[str, Any]:
    """Return what file ``name`` holds: as supplied, or else as packaged."""
    read = _readers.get(name)
    return read() if read else as_packaged(name)


def remembered(function: Callable[..., Returned]) -> Callable[..., Returned]:
    """Cache a function whose answer hangs on these files, until they are supplied anew."""
    made = cache(function)
    _forgets.append(made.cache_clear)
    return made


def forget() -> None:
    """Let everything that was remembered be worked out again."""
    for clear in _forgets:
        clear()
