"""Background jobs of the audit trail. None has an argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access import identity
from lamplighter.hub.audit import checkpoints, unusual
from lamplighter.hub.operations.jobs import PATIENT


@app.periodic(cron="17 2 * * *")
@app.task(name="audit.checkpoint", queue="audit", pass_context=False, retry=PATIENT)
def checkpoint(timestamp: int) -> None:
    """Every night, sign how far the chain reached. Copies of the files belong on another machine."""
    with identity.job("watch access"):
        checkpoints.nightly()


@app.periodic(cron="23 * * * *")
@app.task(name="audit.watch", queue="audit", pass_context=False)
def watch(timestamp: int) -> None:
    """Every hour, put before the auditor what is unusual in who looked at what."""
    with identity.job("watch access"):
        unusual.watch()
