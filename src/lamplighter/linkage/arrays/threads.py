"""Run what is done in Python alone in turn with other threads."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

_Value = TypeVar("_Value")
_AT_ONCE = 200


def in_turns(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """Some of the values at a time. Between them other threads come to their turn: one that works on arrays
    asks for it every millisecond, and would wait for five each time that another works in Python alone."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
        time.sleep(0)
