"""That somebody read an instrument and signed, that a second person checked it, and that a switch is off.

Rows are only ever added. Which switch is on, on which day and as it was known at
which moment, is worked out from them (``selectors.in_force``).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import CASEWORK

# Whoever the hub's file names signs and checks, of these roles, and in nobody else's name.
SIGNS = f"((SELECT access.role()) = ANY({row_security.texts(CASEWORK)}) AND by_id = (SELECT access.actor()))"
_ANOTHERS = (
    "SELECT 1 FROM public.law_reading r WHERE r.id = law_check.reading_id AND r.by_id <> law_check.by_id"
)
OF_ANOTHER = f"({SIGNS} AND EXISTS ({_ANOTHERS}))"


class OfSigning(models.Model):
    wall = "law"
    append_only = True
    wall_adds = SIGNS

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key}"


class Reading(OfSigning):
    """Somebody read the instrument of a switch. ``valid_from`` empty: they found it not to be in force."""

    switch = models.CharField(max_length=40)
    # The area, version or court that it is signed for; empty where the switch is for all.
    per = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True)
    # The first day on which it does not hold any more.
    valid_until = models.DateField(null=True)
    instrument = models.CharField(max_length=300)
    reference = models.CharField(max_length=200)
    read_on = models.DateField()
    next_review = models.DateField()
    words = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["switch", "per", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_from__isnull=False, valid_until__gt=models.F("valid_from")),
                name="law_reading_is_a_period",
            )
        ]


class Check(OfSigning):
    """A second person read the same and agrees, or does not."""

    wall_adds = OF_ANOTHER

    reading = models.OneToOneField(Reading, on_delete=models.PROTECT, related_name="check_made")
    agrees = models.BooleanField()
    reason = models.TextField()


class SwitchedOff(OfSigning):
    """From ``day`` on nothing that was signed before holds any more. A day of the past takes it back."""

    switch = models.CharField(max_length=40)
    per = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["switch", "per", "at"])]
        verbose_name_plural = "switched off"
