"""Background job of the closing. It has no argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.closing.around import limits


@app.periodic(cron="50 5 * * *")
@app.task(name="closing.limits", queue="clocks", pass_context=False)
def find_limits(timestamp: int) -> None:
    """Every morning: the six-month limits whose third, fourth or fifth month was reached."""
    with identity.job(limits.PURPOSE):
        limits.look_everywhere()
