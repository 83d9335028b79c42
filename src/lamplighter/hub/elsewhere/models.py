"""Answers of the national index as received, what of them a case has, and what its police asked and decided.

An answer is of a token and of no case: services alone read it. What a case has of it is in the partition of
the police, and the database shows it for a reason only. Nothing of a report is in either.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.models import CaseRow, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import POLICE


class Kind(models.TextChoices):
    SAME_COUPLE = "same_couple", "The same suspect with the same victim"
    OTHER_VICTIM = "other_victim", "The same suspect with another victim"
    BOTH = "both", "The same suspect, with the same victim and with another"
    NOT_KNOWN = "not_known", "The same suspect; the index does not say with whom"


def _codes() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=40), default=list, blank=True)


class Release(models.Model):
    """A release of the index that this hub has an answer of. Counts and days; nobody's record."""

    wall = "deliveries"
    written_by_services = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=40, unique=True)
    as_at = models.DateField()
    forces_read = models.PositiveIntegerField()
    forces_missing = _codes()
    suspects = models.PositiveIntegerField()
    # Of those, how many this hub knows by their token today.
    matched = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    why_withdrawn = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-as_at"])]

    def __str__(self) -> str:
        return f"Release {self.name}"


class Said(models.Model):
    """Say what one row of an answer says."""

    suspect = models.CharField(max_length=64)
    force = models.CharField(max_length=60)
    force_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    belief = models.FloatField()
    doubts = _codes()
    forces_known = models.PositiveIntegerField()
    contact_name = models.CharField(max_length=120)
    contact_email = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True


class Answer(Said):
    """One row of the file. ``record_id``: the hub's record behind the token; empty where it has none now."""

    wall = "closed"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="answers")
    record_id = models.CharField(max_length=200, blank=True)
    # The report that the record is of: when it is erased, so is the answer.
    report_id = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "suspect", "force"], name="an_answer_names_a_force_once"
            )
        ]
        indexes = [models.Index(fields=["record_id"]), models.Index(fields=["report_id"])]

    def __str__(self) -> str:
        return f"Answer {self.pk}"


class Known(Said, CaseRow):
    """A case's copy of an answer about its suspect. The database shows it to nobody without a reason."""

    wall = "police"
    wall_reads = f"((SELECT access.reason() <> '') AND {row_security.case_reads(POLICE)})"
    written_by_services = True

    release = models.CharField(max_length=40)
    as_at = models.DateField()
    forces_read = models.PositiveIntegerField()
    forces_missing = _codes()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "release", "suspect", "force"], name="a_case_knows_a_force_once"
            )
        ]
        verbose_name_plural = "known elsewhere"


class Request(CaseRow):
    """A question that the police of the case put to another force."""

    wall = "police"
    append_only = True
    redacts = redactable(question="What was asked")

    force = models.CharField(max_length=60)
    force_name = models.CharField(max_length=80)
    release = models.CharField(max_length=40)
    asked_on = models.DateField()
    question = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "force"])]


class Reply(CaseRow):
    """The force's answer to a request, and where what was learnt is. The words are a line of the history."""

    wall = "police"
    append_only = True
    redacts = redactable(learnt="What was learnt")

    class Outcome(models.TextChoices):
        TOLD = "told", "They told us"
        NOT_THE_SAME = "not_the_same", "They say it is not the same person"
        REFUSED = "refused", "They will not say"
        NONE = "none", "They do not answer"

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="reply")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    answered_on = models.DateField()
    learnt = models.TextField(blank=True)


class Decision(CaseRow):
    """Somebody of the case says that the two are not one person, or takes it back; the newest row counts."""

    wall = "police"
    append_only = True
    redacts = redactable(reason="Reason")

    class Said(models.TextChoices):
        NOT_THE_SAME = "not_the_same", "Not the same person"
        TAKEN_BACK = "taken_back", "Decision withdrawn"

    suspect = models.CharField(max_length=64)
    force = models.CharField(max_length=60)
    release = models.CharField(max_length=40)
    decision = models.CharField(max_length=12, choices=Said.choices)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "suspect", "force"])]
