"""Background jobs of the patterns. None has an argument."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.patterns import services
from lamplighter.hub.site.background_work.retries import PATIENT


@app.periodic(cron="5 4 * * *")
@app.task(name="patterns.reorder", queue="patterns", pass_context=False, retry=PATIENT)
def reorder(timestamp: int) -> None:
    """Every night, put the patterns in the order of the new day."""
    with identity.job("find patterns"):
        services.reorder()


@app.periodic(cron="35 1 * * *")
@app.task(name="patterns.link_anew", queue="patterns", pass_context=False, retry=PATIENT)
def link_anew(timestamp: int) -> None:
    """In the night, link everything anew if enough has come since the last time.

    If not, find the patterns anew where a new version of the software reads reports otherwise.
    """
    if not services.link_anew_if_due():
        services.find_anew_if_read_otherwise()


@app.periodic(cron="20 2 * * *")
@app.task(name="patterns.learn", queue="patterns", pass_context=False, retry=PATIENT)
def learn(timestamp: int) -> None:
    """Find the patterns anew where lessons that were accepted or undone make them read otherwise, every night
    as well, and what lessons that wait would change."""
    services.learn()


@app.periodic(cron="17 * * * *")
@app.task(name="patterns.try_set_aside", queue="patterns", pass_context=False, retry=PATIENT)
def try_set_aside(timestamp: int) -> None:
    """Every hour, try again the reports that another version of the software set aside."""
    with identity.job("match a new report"):
        services.try_set_aside()
