"""Rows of what the victim brings: the file, its lines, its pictures, and drafts of incidents.

Each row is on the side of whoever took it in: the advocates' or the police's. Lines are added once and keep
what stands in the file; a draft says which of them belong together.
"""

from __future__ import annotations

from django.db import models

from lamplighter.hub.access.models import RowOfAnyPartition, redactable
from lamplighter.hub.intake.fields import WallClockField


class Brought(RowOfAnyPartition):
    """One thing that she brought: a file, or a set of pictures. ``sha256`` of a set is of its pictures'."""

    redacts = redactable(
        name="Name of the file", words="How it was brought", senders="Who each sender is", account="Account"
    )

    class State(models.TextChoices):
        ASKED = "asked", "Questions to answer"
        DRAFTS = "drafts", "Drafts to confirm"
        DONE = "done", "Done"

    class Sort(models.TextChoices):
        FILE = "file", "A file"
        PICTURES = "pictures", "Pictures"

    sort = models.CharField(max_length=8, choices=Sort.choices, default=Sort.FILE)
    format = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=14, blank=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    # How it came into her hands and ours, in words.
    words = models.TextField(blank=True)
    # She could not export the chat: the other person had switched that off, which is itself behaviour.
    export_blocked = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    # "dmy", "mdy" or "ymd": as the file proves it, or as somebody confirmed it.
    order = models.CharField(max_length=3, blank=True)
    order_confirmed = models.BooleanField(default=False)
    # {sender: "victim", "suspect", "other" or "not_known"}
    senders = models.JSONField(default=dict)
    # How every line was counted: {"unit", "total", "counts", "notes", "refused", "order", "reason"}.
    account = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "partition", "sha256"], name="a_file_is_brought_once_to_a_side_of_a_case"
            )
        ]
        indexes = [models.Index(fields=["case", "-at"])]
        verbose_name_plural = "brought"


class Original(RowOfAnyPartition):
    """A file as it was received: which exhibit it is. See ``receipt``."""

    append_only = True

    brought = models.ForeignKey(Brought, on_delete=models.PROTECT, related_name="originals")
    file = models.ForeignKey("evidence.File", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["brought"])]


class Draft(RowOfAnyPartition):
    """An incident to be: until somebody confirms it, or leaves it out with a reason."""

    redacts = redactable(words="What happened", reason="Why it was left out")

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LEFT_OUT = "left_out", "Left out"
        CONFIRMED = "confirmed", "Confirmed"
        JOINED = "joined", "Joined with another"

    brought = models.ForeignKey(Brought, on_delete=models.PROTECT, related_name="drafts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    channel = models.CharField(max_length=14, blank=True)
    started_at = WallClockField(null=True)
    ended_at = WallClockField(null=True)
    precision = models.CharField(max_length=12)
    words = models.TextField(blank=True)
    # Somebody changed the words: parting and joining no longer make them anew.
    edited = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    # intake.ReportVersion.key of the report in which it is an incident, and its number there.
    report_key = models.UUIDField(null=True)
    seq = models.PositiveIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "state"]), models.Index(fields=["brought"])]


class Line(RowOfAnyPartition):
    """One entry of a file, or one picture of a set, as it stands there."""

    redacts = redactable(
        who="Sender", text="Text", raw="As it stands in the file", files="Attachments", note="Note"
    )

    class LeftOut(models.TextChoices):
        SYSTEM = "system", "Written by the app itself"
        VICTIM = "victim", "On this day only the victim wrote"
        UNSENT = "unsent", "Never left the phone"
        AGAIN = "again", "Brought before, with another file"
        OVERLAP = "overlap", "Shown on another picture"

    brought = models.ForeignKey(Brought, on_delete=models.PROTECT, related_name="lines")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="lines")
    left_out = models.CharField(max_length=8, choices=LeftOut.choices, blank=True)
    place = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    # As a clock in London showed it; where the file told the moment itself, ``moment`` has that.
    happened_at = WallClockField(null=True)
    moment = models.DateTimeField(null=True)
    # "exact", "day", or "twice": the clock showed this time twice, on the night on which clocks go back.
    precision = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    who = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=10, blank=True)
    text = models.TextField(blank=True)
    raw = models.TextField(blank=True)
    files = models.JSONField(default=list)
    seconds = models.IntegerField(null=True)
    note = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    # Of a picture.
    picture = models.OneToOneField(Original, null=True, on_delete=models.PROTECT, related_name="line")

    class Meta:
        indexes = [
            models.Index(fields=["brought", "place"]),
            models.Index(fields=["draft", "place"]),
        ]
