"""The only writers of operations: what was copied, what is put back into the queue, what is cleared away."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.access.wall import drift, sync
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Event, Operation
from lamplighter.hub.intake import services as intake
from lamplighter.hub.intake.models import Delivery, ReceivedFile
from lamplighter.hub.intake.sources import samples
from lamplighter.hub.operations import jobs
from lamplighter.hub.operations.models import Copy, JobFault
from lamplighter.hub.patterns.pattern_list import selectors as overall_counts
from lamplighter.hub.site.refusals import NotPossibleError

NOT_BEFORE = dt.timedelta(minutes=2)
"""A delivery younger than this may be on its way into the queue."""
UPLOADS_KEPT = dt.timedelta(days=1)
DONE_KEPT, FAILED_KEPT = dt.timedelta(days=7), dt.timedelta(days=90)
SAID_AGAIN, WATCHED_BACK = dt.timedelta(hours=20), dt.timedelta(days=30)
READ = "intake.read_delivery"
State = Delivery.State


def note_copy(made_at: dt.datetime, bytes_: int, seconds: float) -> None:
    """Note that a copy was made."""
    with as_service(jobs.PURPOSE):
        now = timezone.now()
        Copy.objects.create(what=Copy.What.MADE, at=now, made_at=made_at, bytes=bytes_, seconds=seconds)


def note_drill(made_at: dt.datetime, seconds: float, *, equal: bool) -> None:
    """Note that a copy was brought back and compared."""
    with as_service(jobs.PURPOSE):
        now = timezone.now()
        Copy.objects.create(what=Copy.What.PROVED, at=now, made_at=made_at, seconds=seconds, equal=equal)


def watch_rules(now: dt.datetime | None = None) -> list[str]:
    """Write into the trail where the database's rules of access are not as declared; return it in words.

    Once a day while it lasts, at once when it is something else, and once when all is as declared again.
    """
    found, at = sync.compare(), now or timezone.now()
    with as_service(jobs.PURPOSE):
        verbs = (sync.CHANGED, sync.AGAIN, sync.MENDED)
        last = Event.objects.filter(verb__in=verbs, at__gt=at - WATCHED_BACK).order_by("-pk").first()
        changed = last is not None and last.verb == sync.CHANGED
        if found.as_declared:
            if changed:
                audit.record(None, sync.AGAIN, "rules of access")
            return []
        same = changed and last is not None and last.detail.get("finding") == found.digest
        if not same or (last is not None and at - last.at > SAID_AGAIN):
            audit.record(
                None,
                sync.CHANGED,
                "rules of access",
                reason=drift.in_words(found.differences) if found.differences else found.why,
                things=len(found.words),
                finding=found.digest,
            )
    return found.words


def queue_undone() -> list[str]:
    """Queue again the deliveries that wait, or were read and not matched, and have no job; return their
    keys."""
    since = timezone.now() - NOT_BEFORE
    waiting = Delivery.objects.filter(
        door=Delivery.Door.FILES, state__in=[State.WAITING, State.RUNNING], received_at__lt=since
    )
    recent = Delivery.objects.filter(
        door=Delivery.Door.FILES, state=State.DONE, finished_at__range=(since - UPLOADS_KEPT, since)
    )
    queued = []
    for delivery in [*waiting, *(d for d in recent if overall_counts.worked_out(d) is None)]:
        key = str(delivery.key)
        known = ProcrastinateJob.objects.filter(task_name=READ, args__delivery_key=key)
        # One that failed for good stands on the page of the service, and is somebody's to try again.
        if known.filter(status__in=["todo", "doing", "failed"]).exists() or _is_read(delivery):
            continue
        intake.read_later(delivery)
        queued.append(key)
    return queued


def _is_read(delivery: Delivery) -> bool:
    """Whether a process is reading it now, a command for example: it holds a lock for as long as it lives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(72020, %s)", [delivery.pk])
        free = bool(cursor.fetchone()[0])
        if free:
            cursor.execute("SELECT pg_advisory_unlock(72020, %s)", [delivery.pk])
    return not free


@transaction.atomic
def try_again(user: User, job_id: int) -> None:
    """Put a job that failed for good back into the queue. Raises :class:`NotPossibleError`."""
    from procrastinate.contrib.django import app

    job = ProcrastinateJob.objects.filter(pk=job_id).first()
    if job is None or job.status != "failed":
        raise NotPossibleError("This has been tried again already, or is done.")
    with as_service(jobs.PURPOSE):
        app.job_manager.retry_job_by_id(job_id=job_id, retry_at=timezone.now())
    audit.record(user, "operations.tried_again", f"job {job_id}", operation=Operation.ALTERATION)


def clear_uploads() -> int:
    """Remove uploaded files that no delivery still needs, after a day; returns how many folders and files."""
    folder = Path(settings.UPLOADS)
    if not folder.is_dir():
        return 0
    needed = {
        Path(path).parent
        for path in ReceivedFile.objects.filter(
            delivery__state__in=[State.WAITING, State.RUNNING, State.FAILED],
            delivery__received_at__gt=timezone.now() - 7 * UPLOADS_KEPT,
        ).values_list("path", flat=True)
    }
    before = (timezone.now() - UPLOADS_KEPT).timestamp()
    old = [p for p in folder.iterdir() if p not in needed and p.stat().st_mtime < before]
    # Where uploads arrive is a folder that stays; what is left in it was cut off. So is that of samples,
    # which go when nobody went on with them for a day.
    arriving = Path(settings.FILE_UPLOAD_TEMP_DIR)
    old = [p for p in old if p not in {arriving, samples.folder()}]
    old += [p for p in arriving.iterdir() if p.stat().st_mtime < before] if arriving.is_dir() else []
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def clear_records() -> None:
    """Remove records of background work: what was done after a week, what failed after three months."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs j WHERE"
            " (status IN ('succeeded', 'cancelled', 'aborted')"
            "  AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > %s))"
            " OR (status = 'failed' AND NOT EXISTS (SELECT FROM procrastinate_events e"
            "  WHERE e.job_id = j.id AND e.at > %s))",
            [now - DONE_KEPT, now - FAILED_KEPT],
        )
    JobFault.objects.filter(at__lt=now - FAILED_KEPT).delete()
