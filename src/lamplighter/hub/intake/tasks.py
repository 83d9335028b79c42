"""Background jobs. Their arguments are opaque keys and nothing else."""

from __future__ import annotations

import logging
import uuid

from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.intake import hooks, selectors, services
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.site.background_work.retries import PATIENT

log = logging.getLogger(__name__)


@app.task(name="intake.read_delivery", queue="intake", retry=PATIENT)
def read_delivery(delivery_key: str) -> None:
    """Read the files of a delivery that was sent here, then let linkage and patterns see what is new."""
    with identity.job("receive reports"):
        if services.refuse_to_read(Delivery.objects.get(key=delivery_key)):
            return
    read_now(delivery_key)


def read_now(delivery_key: str) -> None:
    """Do the same at once for whoever gave the command: of files that they can read, wherever these lie."""
    with identity.job("receive reports"):
        delivery = Delivery.objects.get(key=delivery_key)
        try:
            services.run(delivery)
        except services.AlreadyRunningError:
            log.info("Delivery %s is being read already", delivery_key)
            return
        delivery.refresh_from_db()
    if delivery.state == Delivery.State.DONE:
        hooks.delivery_read(delivery)


@app.task(name="intake.follow_up_report", queue="intake", retry=PATIENT)
def follow_up_report(report_key: str) -> None:
    """A report of a feed is stored; now see what it joins."""
    with identity.job("match a new report"):
        hooks.report_came(selectors.report_id(uuid.UUID(report_key)))


@app.periodic(cron="47 * * * *")
@app.task(name="intake.clear_expired", queue="housekeeping")
def clear_expired(timestamp: int) -> None:
    """Remove what nobody went on with for a day: samples, files awaiting an answer, saves that failed."""
    from lamplighter.hub.intake.imports import services as file_uploads
    from lamplighter.hub.intake.sources import samples, versions

    log.info("Removed %s samples and %s sendings", samples.clear_expired(), file_uploads.clear_expired())
    versions.clear_reserved()
