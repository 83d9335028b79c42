"""Background job of what is known elsewhere. It has no argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.elsewhere import placing


@app.periodic(cron="50 5 * * *")
@app.task(name="elsewhere.catch_up", queue="clocks", pass_context=False)
def catch_up(timestamp: int) -> None:
    """Every morning: bring answers to the cases whose suspect they are about now, and take others away."""
    placing.catch_up()
