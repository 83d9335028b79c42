"""Background jobs of email. None has an argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.notices import sending, telling
from lamplighter.hub.notices.services import PURPOSE


@app.periodic(cron="* * * * *")
@app.task(name="notices.tell", queue="notices", pass_context=False)
def tell(timestamp: int) -> None:
    """Every minute: write to whoever has something new, and send what waits."""
    with identity.job(PURPOSE):
        telling.tell()
        sending.send_waiting()


@app.periodic(cron="*/10 * * * *")
@app.task(name="notices.follow_up", queue="notices", pass_context=False)
def follow_up(timestamp: int) -> None:
    """Every ten minutes: ask what became of what was sent, and forget what is old."""
    with identity.job(PURPOSE):
        sending.ask_what_became()
        sending.forget()
