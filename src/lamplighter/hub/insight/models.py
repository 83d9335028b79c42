"""Reviews that were asked for, releases that were prepared of them, and what may leave the hub.

State is in rows, so that a run outlives the page that began it and the worker that dies under it.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import INSIGHT
from lamplighter.hub.accounts.models import Role

ANALYSTS = row_security.texts({Role.ANALYST, Role.AUDITOR})


class Run(models.Model):
    """Something that a worker does for a while: who asked, how far it is, and why it stopped."""

    wall = "insight"
    written_by_services = True

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for its turn"
        RUNNING = "running", "Being made"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # The step that is being done, in words, and its number from 1.
    step = models.CharField(max_length=120, blank=True)
    step_number = models.PositiveSmallIntegerField(default=0)
    # Why it stopped and what to do, in words that hold no data.
    problem = models.TextField(blank=True)
    remedy = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key}"


class Review(Run):
    """The review of one period. Its report lies in a folder of its own, named by ``key``."""

    class Scope(models.TextChoices):
        REPORTS = "reports", "Every report about stalking that the hub received"
        CASES = "cases", "Reports of the hub's own cases, with what the hub did"

    # What the hub did in its cases comes from partitions that coordinators may not read, and a short period
    # could hold a single case.
    wall_reads = (
        f"({row_security.readers(INSIGHT)} AND"
        f" (scope = 'reports' OR (SELECT access.role()) = ANY({ANALYSTS})))"
    )

    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.REPORTS)
    period_from = models.DateField()
    period_to = models.DateField()
    # Table of the bundle → rows; "left out" → why → rows.
    counts = models.JSONField(default=dict)
    # Analyses and indicators that the bundle could not answer ("indicator 9").
    not_answered = ArrayField(models.CharField(max_length=60), default=list)
    # SHA-256 of the bundle's files, as the report's manifest has it.
    digest = models.CharField(max_length=64, blank=True)
    # The bundle is kept for a while so that a release can be prepared; then it is removed.
    bundle_removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-asked_at"])]


class Release(Run):
    """An attempt to make of a review something that may leave: protected, attacked, withstood or blocked."""

    class Outcome(models.TextChoices):
        WITHSTOOD = "withstood", "Passed the test"
        BLOCKED = "blocked", "Blocked"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="releases")
    profile = models.CharField(max_length=60)
    edition = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    # Names of the tables that the attack broke, and how: not for everybody, since it says where to look.
    tables = ArrayField(models.CharField(max_length=120), default=list)
    words = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["review", "-asked_at"])]


class Publication(models.Model):
    """Release that withstood. The rows are the ledger: every later release is attacked with all of them."""

    wall = "published"
    written_by_services = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="publication")
    title = models.CharField(max_length=200)
    period_from = models.DateField()
    period_to = models.DateField()
    profile = models.CharField(max_length=60)
    edition = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(default=timezone.now)
    # File name → text of the printed tables, as ``disclosure.folders`` writes them.
    printed = models.JSONField()
    # The whole release as a ZIP archive. In the database, so that a copy of the hub has its ledger whole.
    archive = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["-at"])]

    def __str__(self) -> str:
        return f"Publication {self.edition}"
