"""Something to do better, and what was said and found about it. It is of no case and names nobody.

Both tables are only added to: a due date and the rule of the verdict stay as they were first written, and
how an action stands is worked out from its entries, as in the public register (``studies.register``).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import OVERSIGHT, SENIOR

_SENIOR_IN_OWN_NAME = (
    f"by_id = (SELECT access.actor()) AND (SELECT access.role()) = ANY({row_security.texts(set(SENIOR))})"
)


class Written(models.Model):
    wall = "oversight"
    append_only = True
    wall_reads = f"({row_security.readers(OVERSIGHT)})"
    wall_adds = f"({_SENIOR_IN_OWN_NAME})"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key}"


class Action(Written):
    """Something that an agency, or the hub, undertook to do better."""

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    # From where it comes, such as a review or a recommendation with its number.
    comes_from = models.CharField(max_length=200, blank=True)
    due_on = models.DateField()
    # What would show that it is done.
    rule = models.TextField()


class Entry(Written):
    """One thing that was said of an action, found about it, checked, or withdrawn; or who answers for it."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        IN_PROGRESS = "in_progress", "Work is under way"
        DATE_MOVED = "date_moved", "It will be later"
        NOT_DONE = "not_done", "It is not done"
        REJECTED = "rejected", "It will not be done"
        DONE = "done", "It is done"
        FINDING = "finding", "Finding"
        CHECK = "check", "Check of a finding"
        WITHDRAWN = "withdrawn", "Withdrawn"
        OWNER = "owner", "Somebody answers for it"
        ENDED = "ended", "It is not needed any more"
        STRUCK = "struck", "It should not have been added"

    ENDS = (Kind.ENDED, Kind.STRUCK)
    SAID = (Kind.ACCEPTED, Kind.IN_PROGRESS, Kind.DATE_MOVED, Kind.NOT_DONE, Kind.REJECTED, Kind.DONE)

    class Found(models.TextChoices):
        MET = "met", "Yes, it is done"
        NOT_MET = "not_met", "No, it is not done"
        CANNOT_TELL = "cannot_tell", "It cannot be told"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    new_date = models.DateField(null=True)
    found = models.CharField(max_length=12, choices=Found.choices, blank=True)
    # The finding that is checked, or the entry that is withdrawn.
    of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answers")
    agrees = models.BooleanField(null=True)
    # Who answers for the action from then on.
    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["action", "id"])]
        constraints = [
            models.UniqueConstraint(fields=["of", "kind"], name="an_entry_checked_or_withdrawn_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["check", "withdrawn"], of__isnull=False)
                | (~Q(kind__in=["check", "withdrawn"]) & Q(of=None)),
                name="an_answer_is_of_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(kind="date_moved", new_date__isnull=False)
                | (~Q(kind="date_moved") & Q(new_date=None)),
                name="a_later_date_where_it_is_later",
            ),
            models.CheckConstraint(
                condition=Q(kind="owner", to__isnull=False) | (~Q(kind="owner") & Q(to=None)),
                name="somebody_where_somebody_answers",
            ),
        ]
