"""Background jobs of the service itself. None has an argument."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.operations import jobs, services
from lamplighter.hub.site.background_work.retries import PATIENT

logger = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(name="operations.sweep", queue="housekeeping", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every five minutes: files that nobody reads and reports that nobody matched go back into the queue."""
    with identity.job("receive reports"):
        services.queue_undone()


@app.periodic(cron="37 * * * *")
@app.task(name="operations.watch_rules", queue="housekeeping", pass_context=False)
def watch_rules(timestamp: int) -> None:
    """Every hour, hold the database's rules of access against the declarations. The trail says what
    differs."""
    for words in services.watch_rules():
        logger.warning("Rules of access: %s", words)


@app.periodic(cron="47 * * * *")
@app.task(name="operations.housekeeping", queue="housekeeping", pass_context=False, retry=PATIENT)
def housekeeping(timestamp: int) -> None:
    """Every hour: uploads that nobody needs, and records of background work from long ago."""
    with identity.job("receive reports"):
        services.clear_uploads()
    with identity.job(jobs.PURPOSE):
        services.clear_records()
