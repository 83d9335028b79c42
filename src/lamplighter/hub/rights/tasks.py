"""Background jobs of rights. None has an argument."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.rights import services
from lamplighter.hub.rights.erasure import erasing
from lamplighter.hub.rights.erasure.ledger import ERASE
from lamplighter.hub.site.background_work.retries import PATIENT

logger = logging.getLogger(__name__)


@app.periodic(cron="*/10 * * * *")
@app.task(name="rights.collect", queue="rights", pass_context=False)
def collect(timestamp: int) -> None:
    """Look for what is held about those who asked. Not while the page is made: its time would tell."""
    with identity.job("answer a subject"):
        services.collect_waiting()


@app.periodic(cron="40 3 * * *")
@app.task(name="rights.close_requests", queue="rights", pass_context=False, retry=PATIENT)
def close_requests(timestamp: int) -> None:
    """Every night: who asked is taken out of the requests whose period is over."""
    with identity.job(services.ANSWER):
        services.close_requests(timezone.localdate())


@app.task(name="rights.forget_statistics", queue="rights", retry=PATIENT)
def forget_statistics() -> None:
    """After an erasure was committed: PostgreSQL counts its tables anew, and forgets values that are gone."""
    with identity.job(ERASE):
        left = erasing.forget_statistics()
    if left:
        logger.warning(
            "PostgreSQL keeps statistics of %s empty tables: its owner has to remove them", len(left)
        )
