"""Tell whether a worker is there: each gives a sign of life every ten seconds."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from procrastinate.contrib.django.models import ProcrastinateWorker

ALIVE = dt.timedelta(seconds=60)


def last() -> dt.datetime | None:
    """Return when a worker was last heard from."""
    heard: dt.datetime | None = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    return heard


def beats(heard: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether a worker that was last ``heard`` from then counts as running."""
    return heard is not None and now - heard <= ALIVE
