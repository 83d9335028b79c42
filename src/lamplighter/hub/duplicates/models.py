"""That two cases are of one pair of people, and what went from one to the other when that was said."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import SHARED
from lamplighter.hub.cases.models import Case, Status

_CASE_READS = row_security.case_reads(SHARED)
BOTH = f"({_CASE_READS} AND {_CASE_READS.replace('case_id', 'other_id')})"


class Joined(CaseRow):
    """``other`` is a duplicate of ``case``, from ``at`` until the two are parted.

    Read by those who can open both: nobody learns from one case that there is another.
    """

    wall = "shared"
    wall_reads = BOTH
    wall_adds = f"({row_security.case_adds(SHARED)} AND {BOTH})"
    redacts = redactable(reason="Why they were joined", parted_why="Why they were parted")
    # A line of the history of one case would tell its readers that there is another.
    redacts_quietly = True

    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    # Where ``other`` stood when it was closed for this; empty where it was not open.
    stood = models.CharField(max_length=20, choices=Status.Name.choices, blank=True)
    # Agencies that work on ``case`` because of this.
    agencies = ArrayField(models.CharField(max_length=60), default=list)
    parted_at = models.DateTimeField(null=True)
    parted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    parted_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["other"], condition=Q(parted_at=None), name="a_duplicate_of_one_case"
            ),
            models.CheckConstraint(condition=~Q(case=F("other")), name="a_duplicate_of_another_case"),
        ]
        indexes = [models.Index(fields=["case"])]
        verbose_name_plural = "joined"


class GivenTask(RowOfAnyPartition):
    """A task of the duplicate that runs on the other case meanwhile, in the partition of the task.

    No foreign keys: a task that is erased with its case is no reason to keep anything of the other.
    """

    written_by_services = True
    append_only = True

    # Joined.key; Clock.key on the duplicate, and on the case where it runs.
    joined_key = models.UUIDField(default=uuid.uuid4)
    was = models.UUIDField(default=uuid.uuid4)
    now = models.UUIDField(default=uuid.uuid4)

    class Meta:
        indexes = [models.Index(fields=["joined_key"])]
