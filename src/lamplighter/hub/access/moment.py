"""Give the moment at which the hub comes to know something: now, except where a story of the past is told.

The demonstration and the tests of "as at" tell of weeks gone by. Nothing that
a person can reach sets a moment; the audit trail, which the database writes,
always has the real time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_told: ContextVar[dt.datetime | None] = ContextVar("told", default=None)


def now() -> dt.datetime:
    """The moment that is being told, or the present one."""
    return _told.get() or timezone.now()


def told() -> dt.datetime | None:
    """The moment that is being told, if one is."""
    return _told.get()


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Within this, new rows on a case are dated ``moment`` (aware)."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
