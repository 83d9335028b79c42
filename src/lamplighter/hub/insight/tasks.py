"""Background jobs. Their arguments are opaque keys and nothing else."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.insight import services
from lamplighter.hub.insight.models import Release, Review
from lamplighter.hub.site.background_work.retries import PATIENT


@app.task(name="insight.make_review", queue="insight", retry=PATIENT)
def make_review(run_key: str) -> None:
    with identity.job(services.PURPOSE):
        services.make_review(Review.objects.get(key=run_key))


@app.task(name="insight.make_release", queue="insight", retry=PATIENT)
def make_release(run_key: str) -> None:
    with identity.job(services.PURPOSE):
        services.make_release(Release.objects.select_related("review").get(key=run_key))


@app.periodic(cron="20 3 * * *")
@app.task(name="insight.clear_bundles", queue="insight", pass_context=False, retry=PATIENT)
def clear_bundles(timestamp: int) -> None:
    """Every night: bundles that were kept long enough go."""
    with identity.job(services.PURPOSE):
        services.clear_bundles(timezone.localdate())


@app.task(name="insight.forget_bundles", queue="insight", retry=PATIENT)
def forget_bundles() -> None:
    """After an erasure: no bundle that was made before it is kept. One that is being made is looked at
    again.
    """
    with identity.job(services.PURPOSE):
        being_made = services.forget_bundles()
    if being_made:
        forget_bundles.configure(schedule_in={"minutes": 5}).defer()
