"""Background jobs of rights. None has an argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access import identity
from lamplighter.hub.rights import services


@app.periodic(cron="*/10 * * * *")
@app.task(name="rights.collect", queue="rights", pass_context=False)
def collect(timestamp: int) -> None:
    """Look for what is held about those who asked. Not while the page is made: its time would tell."""
    with identity.job("answer a subject"):
        services.collect_waiting()
