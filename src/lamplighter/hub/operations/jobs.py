"""Background jobs: what each does in words, and taking up what a killed worker
left."""

from __future__ import annotations

import logging
import time
import traceback
from contextlib import suppress
from typing import Any

import psycopg
from django.db import DatabaseError
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from lamplighter.hub.access.wall import identity

logger = logging.getLogger(__name__)
PURPOSE = "keep the service running"
DEAD_AFTER = (
    30.0  # seconds without a sign of life after which a worker counts as gone; it gives one every ten
)
LOOK_EVERY = 30.0  # seconds between two looks for jobs of workers that are gone

WORDS = {
    "accounts.clear_expired": "Remove expired sign-ins and drafts",
    "arrivals.catch_up": "Tell cases of reports that joined them",
    "audit.checkpoint": "Sign how far the audit log reaches",
    "audit.watch": "Look for unusual access",
    "clocks.overdue": "Tell people what is overdue",
    "closing.limits": "Find six-month limits that somebody must look at",
    "elsewhere.catch_up": "Bring answers of the national index to their cases",
    "enquiries.near": "Find lines of enquiry that are due soon",
    "evidence.root": "Join the day’s receipts of evidence into one root",
    "evidence.scan": "Scan files of evidence for viruses",
    "evidence.scan_again": "Scan files of evidence again, with newer signatures",
    "insight.clear_bundles": "Remove study data that was kept long enough",
    "insight.forget_bundles": "Remove study data after an erasure",
    "insight.make_release": "Protect and test a report for release",
    "insight.make_review": "Make a review",
    "intake.clear_expired": "Remove samples and files that nobody went on with",
    "intake.follow_up_report": "Match a report from a feed",
    "intake.read_delivery": "Read files that were sent",
    "notices.follow_up": "Ask whether emails arrived",
    "notices.tell": "Send emails about new work",
    "operations.housekeeping": "Remove old uploads and records of work",
    "operations.sweep": "Look for work that was left undone",
    "operations.watch_rules": "Compare the rules of access with what was declared",
    "patterns.learn": "Work out what the hub learned from corrections",
    "patterns.link_anew": "Match all records again",
    "patterns.reorder": "Put patterns in order for the day",
    "patterns.try_set_aside": "Try reports again that another version set aside",
    "orders.ending": "Ask what follows the orders that end soon",
    "rights.close_requests": "Take out who asked for their data, after the period",
    "rights.collect": "Find what is held about somebody who asked",
    "rights.forget_statistics": "Count tables anew after an erasure",
    "risk.second_raters": "Look for second raters where nobody could be asked",
    "risk.silence": "Find silence after many reports",
    "safeguarding.overdue": "Tell coordinators of checks and warnings that are overdue",
}
"""Task -> what it does, for those who look after the service. A test holds that every task is here."""
LONG = frozenset({"intake", "insight", "patterns"})
"""Queues whose jobs may take minutes or hours. A second worker sees to the others meanwhile."""


async def take_up_again(manager: JobManager) -> int:
    """Put jobs back into the queue whose worker is gone; returns how many. Every task may be repeated."""
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER))
    for job in stalled:
        await manager.retry_job(job)
        logger.warning("Job %s (%s) was left by a worker that is gone: taken up again", job.id, job.task_name)
    return len(stalled)


def watched(call_next: Any, context: JobContext, worker: Any) -> Any:
    """Run a job, log one line about it, and keep what kind of error ended it. A task middleware."""
    began = time.monotonic()
    job = context.job
    try:
        result = call_next()
    except BaseException as error:
        # Its text may repeat somebody's data: only its type and place are kept.
        place = _place(error)
        logger.error("Job %s (%s) failed: %s at %s", job.id, job.task_name, type(error).__name__, place)
        with suppress(DatabaseError, psycopg.Error):
            _note(job, error, place)
        raise
    logger.info("Job %s (%s) done in %.1f s", job.id, job.task_name, time.monotonic() - began)
    return result


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = (f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
    return " < ".join(places)[:400]


def _note(job: Job, error: BaseException, place: str) -> None:
    from lamplighter.hub.operations.models import JobFault

    with identity.as_service(PURPOSE):
        JobFault.objects.create(
            job_id=job.id or 0,
            task=job.task_name,
            attempt=job.attempts + 1,
            at=timezone.now(),
            kind=type(error).__name__[:120],
            place=place,
        )


def in_words(task: str) -> str:
    """Return what a task does."""
    return WORDS.get(task, task)
