"""Addresses for email, what their owners were told of by it, and the emails. All are a person's own.

No row holds a word of a case: a notice names its kind and a keyed digest of what it is about, and an email
holds a number.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from lamplighter.hub.accounts.credentials import Own


class Mailbox(Own):
    """The email address of an account, encrypted, and what its owner wants sent there and when.

    Nothing but the code is sent to an address that its owner has not confirmed.
    """

    sealed = models.TextField()
    confirmed_at = models.DateTimeField(null=True)
    # Encrypted; emptied when it was used.
    code = models.TextField(blank=True)
    code_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    at_once = models.BooleanField(default=True)
    digest = models.BooleanField(default=True)
    # The same time twice: no quiet hours.
    quiet_from = models.TimeField()
    quiet_until = models.TimeField()
    quiet_days = models.BooleanField(default=True)
    # The day of the last digest, sent or not: there is at most one a day.
    digest_on = models.DateField(null=True)
    # Why the last email did not arrive (``carriers.FAULTS``), and until when none is tried.
    fault = models.CharField(max_length=20, blank=True)
    paused_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user"], name="one_mailbox_a_person")
        ]
        verbose_name_plural = "mailboxes"


class Letter(Own):
    """One email to one account, and how it stands. Its words are made when it is sent."""

    class What(models.TextChoices):
        AT_ONCE = "at_once", "New and urgent"
        DIGEST = "digest", "What is new today"
        INVITATION = "invitation", "An invitation"
        TEST = "test", "A test"
        CODE = "code", "A code that confirms the address"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Did not arrive"
        DROPPED = "dropped", "Not sent: there was nothing to say, or nobody to say it to"

    what = models.CharField(max_length=10, choices=What.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=20, blank=True)
    # By what the carrier knows it, until it has said that it arrived.
    reference = models.CharField(max_length=80, blank=True)
    # A calendar file, until it is sent.
    calendar = models.BinaryField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="letters_to_send"),
            models.Index(fields=["user", "-at"]),
        ]


class Notice(Own):
    """Somebody was told by email of this thing on their work list."""

    kind = models.CharField(max_length=60)
    # A keyed digest: whoever has only the database does not learn what it is about.
    subject = models.CharField(max_length=64)
    urgent = models.BooleanField()
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="notices")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "subject"], name="told_once_of_a_thing")
        ]
