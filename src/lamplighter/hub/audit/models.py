from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Operation(models.TextChoices):
    """The six operations of the Data Protection Act 2018, section 62, and what happens at the door."""

    COLLECTION = "collection", "Collected"
    ALTERATION = "alteration", "Changed"
    CONSULTATION = "consultation", "Looked at"
    DISCLOSURE = "disclosure", "Disclosed"
    COMBINATION = "combination", "Combined"
    ERASURE = "erasure", "Erased"
    ACCESS = "access", "Came and went"


class Event(models.Model):
    """One thing somebody did or saw. Written by ``audit_write`` in the database, and changed by nobody.

    ``subject`` is an opaque id ("pattern C-7KQ2M9"), never a name; ``detail``
    holds counts and codes, never what was recorded about a person.
    """

    wall = "audit"
    append_only = True

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=60, default="", db_default="")
    # The purpose of the background service that did it, when one did.
    service = models.CharField(max_length=60, default="", db_default="")
    operation = models.CharField(
        max_length=14,
        choices=Operation.choices,
        default=Operation.ALTERATION,
        db_default=Operation.ALTERATION,
    )
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    # The case, when there is one: "who looked at this case" is one look-up.
    case_id = models.BigIntegerField(null=True)
    fields = ArrayField(models.TextField(), default=list, db_default=[])
    reason = models.TextField(default="", db_default="")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [  # noqa: RUF012  Django's own attribute
            models.Index(fields=["subject", "at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(
                fields=["case_id", "at"], condition=models.Q(case_id__isnull=False), name="audit_of_case"
            ),
        ]

    def __str__(self) -> str:
        return f"Event {self.pk}"


class ChainLink(models.Model):
    """The place of an event in the chain: each hash covers the event and the hash before it.

    Written by the database at the moment a transaction commits, so that the
    order of the chain is the order of commits and nobody waits for anybody
    while a page is made.
    """

    wall = "audit"
    append_only = True

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="link", db_constraint=False)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Link {self.position}"


class Checkpoint(models.Model):
    """A signed statement of how far the chain reached. Copies belong where nobody here can write."""

    wall = "audit"
    append_only = True

    at = models.DateTimeField()
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    signature = models.TextField()

    def __str__(self) -> str:
        return f"Checkpoint at {self.position}"
