"""Background jobs of the clocks. None has an argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.clocks import overdue


@app.periodic(cron="*/5 * * * *")
@app.task(name="clocks.overdue", queue="clocks", pass_context=False)
def tell_overdue(timestamp: int) -> None:
    """Every five minutes: put before somebody else what has been overdue for long."""
    with identity.job("run clocks"):
        overdue.tell()
