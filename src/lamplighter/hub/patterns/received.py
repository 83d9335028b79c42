"""Match what was received, and find its patterns. See ``intake.hooks``."""

from __future__ import annotations

from lamplighter.hub.access.wall.identity import job
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.patterns import services


def delivery_read(delivery: Delivery) -> None:
    """Link everything anew where that is due, else match the reports of this delivery."""
    if not services.link_anew_if_due():
        with job("match a new report"):
            services.delivery_read(delivery)


def report_came(report_id: str) -> None:
    """Match one report of a feed."""
    services.followed_up([report_id])
