"""Background jobs of the audit trail. None has an argument."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.integrity import checkpoints
from lamplighter.hub.site.background_work.retries import PATIENT

logger = logging.getLogger(__name__)


@app.periodic(cron="17 2 * * *")
@app.task(name="audit.checkpoint", queue="audit", pass_context=False, retry=PATIENT)
def checkpoint(timestamp: int) -> None:
    """Every night, sign how far the chain reached, and write that to the folder elsewhere too."""
    with identity.job("watch access"):
        checkpoints.nightly()
    _send()


@app.periodic(cron="23 * * * *")
@app.task(name="audit.watch", queue="audit", pass_context=False)
def watch(timestamp: int) -> None:
    """Every hour, put before the auditor what is unusual in who looked at what."""
    with identity.job("watch access"):
        anomalies.watch()
    # What could not be written in the night, because a mount was away.
    _send()


def _send() -> None:
    try:
        checkpoints.send()
    except OSError as problem:
        logger.warning("Checkpoints were not written elsewhere: %s", problem.strerror)
