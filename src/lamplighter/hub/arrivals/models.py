"""Facts that a case shows of the reports about its two people, as the rule of sharing of the day allowed."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.models import CaseRow
from lamplighter.hub.intake.fields import WallClockField


def _texts() -> ArrayField[Any, Any]:
    return ArrayField(models.TextField(), default=list)


class CaseReport(CaseRow):
    """A report that belongs to a case, from ``at`` until ``ended_at``. No word of it, no name, no address.

    What the rule of sharing withholds is not in the row at all, so that the wall
    and not a page keeps it. A report that says something else later gets a new row.
    """

    wall = "shared"
    written_by_services = True

    class Ended(models.TextChoices):
        WITHDRAWN = "withdrawn", "Withdrawn by whoever sent it"
        LEFT = "left", "Found to be about somebody else"
        CHANGED = "changed", "Corrected"

    # What addresses call the report (intake.ReportVersion.key): opaque, and the same for every version.
    report_key = models.UUIDField(default=uuid.uuid4)
    # When it joined the case; older than ``at`` where a correction made a new row.
    since = models.DateTimeField(default=timezone.now)
    # It joined an open case, and everybody on it was told. What was known at the referral is no news.
    news = models.BooleanField(default=False)
    agency = models.CharField(max_length=60)
    happened_at = WallClockField(null=True)
    precision = models.CharField(max_length=12, blank=True)
    reported_at = WallClockField(null=True)
    # The rule of sharing by which the rest was written; empty: that it exists, and no more.
    rule = models.CharField(max_length=40, blank=True)
    recorded_as = models.CharField(max_length=40, blank=True)
    acts = _texts()
    limbs = _texts()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=Ended.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "report_key"],
                condition=models.Q(ended_at=None),
                name="a_report_once_on_a_case",
            )
        ]
        indexes = [
            models.Index(fields=["case", "at"]),
            models.Index(fields=["report_key"], condition=models.Q(ended_at=None), name="cases_of_a_report"),
            models.Index(
                fields=["-since"], condition=models.Q(ended_at=None, news=True), name="news_of_cases"
            ),
        ]


class Following(CaseRow):
    """From this moment a report that joins the case is news; what was known before is on record already."""

    wall = "shared"
    written_by_services = True

    class Meta:
        indexes = [models.Index(fields=["case"])]


class ReportRead(models.Model):
    """That this person said they have read what is new: it leaves their own list and nobody else's."""

    wall = "own"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # CaseReport.key. No foreign key: what a person has read goes with the person.
    row_key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "row_key"], name="read_once")]

    def __str__(self) -> str:
        return f"Read {self.pk}"
