"""Background jobs of risk. They have no argument."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.risk.triggers import services as triggers


@app.periodic(cron="20 5 * * *")
@app.task(name="risk.silence", queue="clocks", pass_context=False)
def find_silence(timestamp: int) -> None:
    """Every morning: silence after many reports is a reason to assess the risk again."""
    with identity.job(triggers.PURPOSE), transaction.atomic():
        triggers.find_silence()


@app.periodic(cron="30 5 * * *")
@app.task(name="risk.second_raters", queue="clocks", pass_context=False)
def look_for_second_raters(timestamp: int) -> None:
    """Every morning: somebody may have joined a case of which nobody could be asked to judge blind."""
    with identity.job(second_rater.PURPOSE), transaction.atomic():
        second_rater.look_again()
