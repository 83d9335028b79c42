"""Background job of risk. It has no argument."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.risk import triggers


@app.periodic(cron="20 5 * * *")
@app.task(name="risk.silence", queue="clocks", pass_context=False)
def find_silence(timestamp: int) -> None:
    """Every morning: silence after many reports is a reason to assess the risk again."""
    with identity.job(triggers.PURPOSE), transaction.atomic():
        triggers.find_silence()
