"""Background work as it stands: what runs, what waits, what failed and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker

from lamplighter.hub.operations import jobs
from lamplighter.hub.operations.models import Copy, JobFault

MOST = 50


@dataclass(frozen=True, slots=True)
class Work:
    """One job in words. ``since``: when it was last put into the queue, begun, or ended."""

    id: int
    words: str
    status: str
    since: dt.datetime | None
    next_try: dt.datetime | None
    attempts: int
    fault: str


def work(*statuses: str, most: int = MOST) -> list[Work]:
    """Return jobs with one of these states, the newest first; at most ``most``."""
    rows = list(ProcrastinateJob.objects.filter(status__in=statuses).order_by("-pk")[:most])
    ids = [row.pk for row in rows]
    at = dict(
        ProcrastinateEvent.objects.filter(job_id__in=ids)
        .values_list("job_id")
        .annotate(last=Max("at"))
        .order_by()
    )
    faults = {f.job_id: f for f in JobFault.objects.filter(job_id__in=ids).order_by("pk")}
    return [
        Work(
            row.pk,
            jobs.in_words(row.task_name),
            row.status,
            at.get(row.pk),
            row.scheduled_at if row.status == "todo" and row.attempts else None,
            row.attempts,
            f"{faults[row.pk].kind} at {faults[row.pk].place}" if row.pk in faults else "",
        )
        for row in rows
    ]


def waiting() -> list[Work]:
    """Return what waits, without what is due by the clock only and has not come up yet."""
    return [w for w in work("todo") if w.next_try is None or w.attempts]


def workers() -> list[dt.datetime]:
    """Return when each worker that counts as there was last heard from."""
    since = timezone.now() - dt.timedelta(minutes=5)
    rows = ProcrastinateWorker.objects.filter(last_heartbeat__gt=since).order_by("-last_heartbeat")
    return list(rows.values_list("last_heartbeat", flat=True))


def copies(most: int = 10) -> list[Copy]:
    """Return the copies that were made and tested, the latest first."""
    return list(Copy.objects.order_by("-at")[:most])
