"""The check on the victim's side and the warning of danger: on each side its own rows, and nobody reads both.

A row of one side is never read by the other. A service writes what crosses as a row of the
side that is told: that a check was asked for, its answer in one of two words, the message of a warning.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.hub.access.models import CaseRow, redactable


class When(models.TextChoices):
    BEFORE = "before", "Before direct work starts"
    END = "end", "Direct work has ended"


class Answer(models.TextChoices):
    GO_ON = "go_on", "Go on"
    NOT_YET = "not_yet", "Not yet: speak to the case’s coordinator"


class InDanger(models.TextChoices):
    VICTIM = "victim", "The victim"
    CHILD = "child", "A child"
    OTHER = "other", "Somebody else"
    SELF = "self", "The person themselves"


class HowSoon(models.TextChoices):
    NOW = "now", "Now or today"
    DAYS = "days", "In the next days"
    NOT_KNOWN = "not_known", "Not known"


# The suspect's side ---------------------------------------------------------------------------------------


class CheckAsk(CaseRow):
    """An agency that works with the suspect asked for the check."""

    wall = "health"
    append_only = True

    when = models.CharField(max_length=8, choices=When.choices)
    # The work is required by a court, a licence or an order.
    required = models.BooleanField(default=False)
    # perpetrator_side.Enrolment.key, where the work had started. It does not cross.
    enrolment = models.UUIDField(null=True)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


class CheckNews(CaseRow):
    """Answer to an ask: these words, and no others. A service writes it for the person who asked."""

    wall = "health"
    append_only = True

    class What(models.TextChoices):
        SENT = "sent", "The victim’s advocate was asked"
        NO_ADVOCATE = (
            "no_advocate",
            "No advocacy service works on the case. The coordinator was asked to find one",
        )
        GO_ON = Answer.GO_ON.value, Answer.GO_ON.label
        NOT_YET = Answer.NOT_YET.value, Answer.NOT_YET.label

    ask = models.ForeignKey(CheckAsk, on_delete=models.PROTECT, related_name="news")
    what = models.CharField(max_length=12, choices=What.choices)


class WithoutCheck(CaseRow):
    """Required work went on before the check said that it can, for this reason."""

    wall = "health"
    append_only = True
    redacts = redactable(why="Why it went on before the check")

    # perpetrator_side.Enrolment.key
    enrolment = models.UUIDField()
    why = models.TextField()


class DangerWarning(CaseRow):
    """Somebody who works with the suspect heard of danger: what was heard, and the message that was sent.

    ``heard`` stays here. ``message`` was written to be read on the other sides.
    """

    wall = "health"
    append_only = True
    redacts = redactable(heard="What was heard", message="Message")

    in_danger = ArrayField(models.CharField(max_length=8, choices=InDanger.choices))
    how_soon = models.CharField(max_length=10, choices=HowSoon.choices)
    heard = models.TextField()
    message = models.TextField()
    # A code of rules.toml.
    basis = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    # The agencies that were warned.
    sent_to = ArrayField(models.CharField(max_length=30), default=list)

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


# The victim's side ----------------------------------------------------------------------------------------


class Check(CaseRow):
    """The check that the victim's advocate is asked to sign. Of one ask the newest is the one to sign."""

    wall = "advocacy"
    append_only = True

    # CheckAsk.key: nobody who reads the one reads the other.
    ask = models.UUIDField()
    when = models.CharField(max_length=8, choices=When.choices)
    required = models.BooleanField(default=False)
    # Required work started before this was signed.
    begun = models.BooleanField(default=False)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


class CheckAnswer(CaseRow):
    """Answer that an advocate signed. All of it stays here; ``answer`` alone is told to the asker."""

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="Notes")

    class Told(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"

    class Why(models.TextChoices):
        WISH = "wish", "They do not want to be told of it"
        NOT_SAFE = "not_safe", "It is not safe to tell them"
        NOT_REACHED = "not_reached", "They cannot be reached"

    class Known(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_KNOWN = "not_known", "Not known"

    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="answers")
    told = models.CharField(max_length=4, choices=Told.choices)
    # Empty where they were told.
    told_why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    supported = models.CharField(max_length=10, choices=Known.choices)
    plan = models.CharField(max_length=10, choices=Known.choices)
    # Whether where they are, or their routine, could come out through the work.
    exposed = models.CharField(max_length=10, choices=Known.choices)
    words = models.TextField(blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices)

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


# Those who are warned -------------------------------------------------------------------------------------


class WarningMessage(CaseRow):
    """The message of a warning, for one agency (``owner``). ``by`` is who sent it, to be asked back."""

    wall = "warning"
    append_only = True
    redacts = redactable(message="Message")

    # DangerWarning.key
    warning = models.UUIDField()
    sender = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    in_danger = ArrayField(models.CharField(max_length=8, choices=InDanger.choices))
    how_soon = models.CharField(max_length=10, choices=HowSoon.choices)
    message = models.TextField()
    basis = models.CharField(max_length=40)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]
