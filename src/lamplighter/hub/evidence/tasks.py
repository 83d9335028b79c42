"""Background jobs of evidence. None has an argument."""

from __future__ import annotations

import logging
import time
import uuid

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.evidence.files import scanning, sealed
from lamplighter.hub.evidence.models import Erased, File
from lamplighter.hub.evidence.record import receipts, time_stamps
from lamplighter.hub.site.background_work.retries import PATIENT

log = logging.getLogger(__name__)
CUT_OFF_AFTER = 24 * 3600  # seconds


@app.periodic(cron="* * * * *")
@app.task(name="evidence.scan", queue="evidence", pass_context=False)
def scan(timestamp: int) -> None:
    """Every minute: what was received is scanned. One at a time, so that no file is scanned twice."""
    with identity.job(scanning.PURPOSE):
        scanning.scan_waiting()


@app.periodic(cron="*/10 * * * *")
@app.task(name="evidence.scan_again", queue="evidence", pass_context=False)
def scan_again(timestamp: int) -> None:
    """Every ten minutes: what was clean under old signatures is scanned under those of now, some at once."""
    with identity.job(scanning.PURPOSE):
        scanning.scan_again(timezone.localdate())


@app.periodic(cron="12 1 * * *")
@app.task(name="evidence.root", queue="evidence", pass_context=False, retry=PATIENT)
def root(timestamp: int) -> None:
    """Every night: the receipts of the day get their root, and what was erased goes from the disk."""
    with identity.job(receipts.PURPOSE):
        receipts.join(timezone.localdate())
        tidy()
        time_stamps.stamp_new()


def tidy() -> int:
    """Remove the files of rows that were erased, and what was cut off while it arrived; returns how many."""
    gone = 0
    for row in Erased.objects.all():
        with transaction.atomic():
            try:
                sealed.path_of(row.file).unlink()
                gone += 1
            except sealed.NotHereError:
                pass
            row.delete()
    for name, path in sealed.waiting().items():
        if time.time() - path.stat().st_mtime < CUT_OFF_AFTER:
            continue
        key = uuid.UUID(hex=name)
        if File.objects.filter(key=key).exists():
            sealed.settle(key)
        else:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
