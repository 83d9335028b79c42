"""Background job of orders. It has no argument."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.orders import following
from lamplighter.hub.orders.selectors import PURPOSE


@app.periodic(cron="30 5 * * *")
@app.task(name="orders.ending", queue="clocks", pass_context=False)
def find_ending(timestamp: int) -> None:
    """Every morning: orders that end soon are asked about."""
    with identity.job(PURPOSE), transaction.atomic():
        following.find_ending()
