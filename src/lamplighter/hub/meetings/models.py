"""A meeting, who came, and rows of cases: what was asked to be discussed, its place, returns and minutes.

The meeting says nothing of anybody's case. What is said of a case is a row of that case, in the partition of
whoever may read it: so the wall keeps an agenda and its minutes as it keeps everything else of the case.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import BY_ROW

OWN_AGENCY = "owner_id = (SELECT access.agency())"
COORDINATES = "(SELECT access.role()) = 'coordinator'"


def _person(**rest: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **rest)


class Meeting(models.Model):
    """One meeting: when, where, who chairs it, which agencies are asked. ``key`` is what addresses carry."""

    wall = "meetings"
    wall_adds = f"({COORDINATES})"
    # Whoever chairs it agrees its minutes.
    wall_changes = f"({COORDINATES} OR chair_id = (SELECT access.actor()))"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What calendars know it by. Not ``key``: a calendar is read by others, and leads to no page.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # How often what the calendar says has changed.
    sequence = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    # The place stands in the calendar file too.
    place_told = models.BooleanField(default=False)
    chair = _person()
    agencies = ArrayField(models.CharField(max_length=60))
    # When agencies were asked for their returns, and by when.
    asked_at = models.DateTimeField(null=True)
    returns_by = models.DateTimeField(null=True)
    by = _person()
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=200, blank=True)
    # From then on no line of its minutes changes; what is added says that it came afterwards.
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["starts_at", "id"])]

    def __str__(self) -> str:
        return f"Meeting {self.key}"


class Attendance(models.Model):
    """Somebody came, or sent apologies; the newest row of a person or of a guest stands."""

    wall = "meetings"
    append_only = True

    class State(models.TextChoices):
        PRESENT = "present", "Present"
        PART = "part", "Present for part of it"
        APOLOGIES = "apologies", "Apologies"
        ABSENT = "absent", "Did not come"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    # Of whoever has no account here, the name and the agency.
    person = _person(null=True)
    guest = models.CharField(max_length=120, blank=True)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    by = _person()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["meeting", "id"])]

    def __str__(self) -> str:
        return f"Attendance {self.key}"


class Business(models.Model):
    """General business, which is about no case: an item (``item`` is empty), or what was said on one.

    Everybody who does casework reads it, so its words can be taken out by whoever wrote them or a
    coordinator. The database lets nothing else of it change but that it was done, and nothing be added once
    the minutes are agreed (``wall.sql``).
    """

    wall = "meetings"
    wall_changes = f"({COORDINATES} OR by_id = (SELECT access.actor()) OR doer_id = (SELECT access.actor()))"

    class Kind(models.TextChoices):
        ITEM = "item", "Item"
        NOTE = "note", "Note"
        DECISION = "decision", "Decision"
        ACTION = "action", "Action"

    SAID = (Kind.NOTE, Kind.DECISION, Kind.ACTION)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="business")
    item = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="said")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.TextField(blank=True)
    by = _person()
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # Of what somebody is asked to do: who does it, by which day, what would show it, and that it is done.
    doer = _person(null=True)
    due_on = models.DateField(null=True)
    evidence = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = _person(null=True)
    done_words = models.TextField(blank=True)
    struck_at = models.DateTimeField(null=True)
    struck_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["meeting", "id"]),
            models.Index(
                fields=["due_on"],
                condition=models.Q(done_at=None, struck_at=None, doer__isnull=False),
                name="business_not_done",
            ),
        ]

    def __str__(self) -> str:
        return f"General business {self.key}"

    @classmethod
    def said_choices(cls) -> list[tuple[str, str]]:
        """Return what can be said on an item."""
        return [(kind.value, str(kind.label)) for kind in cls.SAID]


class Asked(CaseRow):
    """Somebody on the case asks that the next meeting takes it up, and why."""

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Why")

    class What(models.TextChoices):
        DISCUSSION = "discussion", "A full discussion"
        CLOSURE = "closure", "Closing the case"

    what = models.CharField(max_length=10, choices=What.choices)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]


class Placing(CaseRow):
    """Place of a case in a section of an agenda, or that it is put off to the next; the newest row stands."""

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Why it was put off")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=20)
    place = models.PositiveSmallIntegerField(null=True)
    deferred = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["meeting", "section"])]


class Return(RowOfAnyPartition):
    """One agency's answer before a meeting about a case: what is new, what it did, what it asks for."""

    append_only = True
    redacts = redactable(new="What is new", did="What we did", ask="What we ask")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    new = models.TextField(blank=True)
    did = models.TextField(blank=True)
    ask = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["meeting", "case"])]


class Line(RowOfAnyPartition):
    """One contribution to the minutes about a case, by its author, at its time.

    Lines are added, and nobody's line is in the way of another's. A correction is a new row of the same
    agency that ``replaces`` the one before, which is then read by that agency alone, like a note that was
    corrected. The database keeps every version as it was written (``wall.sql``).
    """

    redacts = redactable(
        words="Text", reason="Why it was corrected", evidence="What would show that it is done"
    )

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        DECISION = "decision", "Decision"
        DISSENT = "dissent", "Dissent"
        ACTION = "action", "Action"
        VICTIM = "victim", "The victim’s side, told by their advocate"
        NOBODY = "nobody", "Why nobody could tell the victim’s side"

    # What somebody can be asked to do.
    TASKS = (Kind.ACTION, Kind.DECISION)

    wall_reads = f"({row_security.reads(BY_ROW)} AND (replaced_at IS NULL OR {OWN_AGENCY}))"
    wall_changes = f"({row_security.changes(BY_ROW)} AND {OWN_AGENCY})"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.TextField()
    # When it was said: a corrected line stays in its place.
    said_at = models.DateTimeField()
    # The key of the first version, which the line of the history carries.
    first = models.UUIDField()
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    # It should never have been written here: no words stand.
    struck = models.BooleanField(default=False)
    replaced_at = models.DateTimeField(null=True)
    # Added after the minutes were agreed. The database says so, whoever writes it.
    late = models.BooleanField(default=False)
    # Of an action, and of a decision that asks for something: who does it, by which day, what would show it,
    # and its task (clocks.Clock.key).
    doer = _person(null=True)
    due_on = models.DateField(null=True)
    evidence = models.TextField(blank=True)
    task = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first"], condition=models.Q(replaced_at=None), name="one_standing_version_a_line"
            )
        ]
        indexes = [
            models.Index(fields=["meeting", "case", "id"]),
            models.Index(fields=["case", "first"]),
        ]
