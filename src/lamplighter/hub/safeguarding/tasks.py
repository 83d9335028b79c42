"""Background jobs of checks and warnings. None has an argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.safeguarding import services


@app.periodic(cron="*/5 * * * *")
@app.task(name="safeguarding.overdue", queue="clocks", pass_context=False)
def tell_overdue(timestamp: int) -> None:
    """Every five minutes: put overdue checks and warnings before whoever coordinates the case."""
    with identity.job("run clocks"):
        services.escalate()
