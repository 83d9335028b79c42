"""Background job of arrivals. It has no argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.arrivals import services


@app.periodic(cron="17 * * * *")
@app.task(name="arrivals.catch_up", queue="clocks", pass_context=False)
def catch_up(timestamp: int) -> None:
    """Every hour: cases that were opened before the hub told of reports, or that a run left behind."""
    with identity.job(services.PURPOSE):
        services.catch_up()
