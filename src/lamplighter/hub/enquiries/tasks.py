"""Background job of lines of enquiry. It has no argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.enquiries import appearing


@app.periodic(cron="35 5 * * *")
@app.task(name="enquiries.near", queue="clocks", pass_context=False)
def find_near(timestamp: int) -> None:
    """Every morning: lines that are due soon, or of which something is lost soon, become tasks."""
    with identity.job(appearing.PURPOSE):
        appearing.catch_up()
