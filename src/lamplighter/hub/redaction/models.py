"""That words were redacted, in which row, by whom and why; and that they were restored. Never the words.

They are written by functions of the database (``access/wall/redaction.py``), which seal the words where
nobody reads them. Each row is of the owner and the partition of the row that it is about, and goes with that
owner's part of the case.
"""

from __future__ import annotations

import uuid

from django.db import models

from lamplighter.hub.access.models import RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import BY_ROW


class OfRedacting(RowOfAnyPartition):
    """Read by whoever reads the row that it is about."""

    append_only = True
    written_by_services = True
    # That there is such a row at all is for the people of its agency alone.
    wall_reads = f"({row_security.reads(BY_ROW)} AND (NOT quiet OR owner_id = (SELECT access.agency())))"
    redacts = redactable(reason="Reason")

    reason = models.TextField()
    quiet = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Redaction(OfRedacting):
    """Words were taken out of one column of one row. All that one person took out at once share ``act``."""

    act = models.UUIDField(default=uuid.uuid4)
    table = models.CharField(max_length=63)
    row = models.UUIDField()
    column = models.CharField(max_length=63)
    # By somebody who could redact it only because the vault of the case holds the words.
    of_vault = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["act"]),
            models.Index(fields=["table", "row", "column"], name="redactions_of_a_place"),
        ]


class Restoring(OfRedacting):
    """A second person of the agency that owns the row put the words back."""

    redaction = models.OneToOneField(Redaction, on_delete=models.PROTECT, related_name="restoring")
