"""Keep what was considered, proposed, signed and overridden. Rows are added and never changed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, redactable


def _codes() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=40), default=list)


class Answer(models.TextChoices):
    AGREED = "agreed", "Agrees"
    REFUSED = "refused", "Does not agree"


class Considered(RowOfAnyPartition):
    """Something was looked at before a decision, and the finding. The newest of each stands."""

    append_only = True
    redacts = redactable(words="Findings")

    class What(models.TextChoices):
        EVIDENCE_LED = "evidence_led", "Evidence-led prosecution"
        SUSPECT = "suspect", "Earlier reports about the suspect"
        VICTIM = "victim", "Earlier reports by and about the victim"

    what = models.CharField(max_length=14, choices=What.choices)
    # Codes of rules.toml "evidence", or of the code set "history_found".
    found = _codes()
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "what", "-id"])]
        verbose_name_plural = "considered"


class Proposal(CaseRow):
    """Somebody proposes an outcome that drops the case. The newest stands; two others sign it."""

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Reason")

    # A code of the outcomes.
    outcome = models.CharField(max_length=4)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


class Signature(CaseRow):
    """A stalking lead, or a supervisor, read the case and agrees, or does not. Neither is the proposer.

    The database takes no signature of whoever proposed it, none twice by one person, and none of anybody
    who is not of that kind.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(words="Reason")

    class Capacity(models.TextChoices):
        LEAD = "lead", "Stalking lead"
        SUPERVISOR = "supervisor", "Supervisor"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="signatures")
    capacity = models.CharField(max_length=10, choices=Capacity.choices)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    words = models.TextField()
    # victim_side.CodeEvent.key, of the second that agreed: the victim is told of it within its time.
    event = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "capacity"], name="signed_once_in_each_capacity"),
            models.UniqueConstraint(fields=["proposal", "by"], name="signed_once_by_each"),
        ]


class ReviewOffered(RowOfAnyPartition):
    """The victim was told of the right to have the decision reviewed. On the side of whoever told her."""

    append_only = True
    redacts = redactable(words="What was said of the right to review")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="reviews_offered")
    words = models.TextField()


class OverrideAsk(CaseRow):
    """A named senior is asked to let the case be dropped although something is missing."""

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Reason")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="overrides")
    senior = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    # Codes of the checks that were missing: no word of a case.
    missing = _codes()

    class Meta:
        indexes = [models.Index(fields=["senior"])]


class OverrideAnswer(CaseRow):
    """Answer of the named senior. The database takes nobody else's, and not that of the proposer.

    One that agrees is published in the hub's own figures.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(words="Reason")

    ask = models.OneToOneField(OverrideAsk, on_delete=models.PROTECT, related_name="answer")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    words = models.TextField()


class SafeguardingReview(RowOfAnyPartition):
    """After the victim withdrew: how she is, what is done for her safety, and that the case goes on."""

    append_only = True
    redacts = redactable(words="What was looked at", plan="What is done now")

    # victim_side.SupportEvent.key
    of_support = models.UUIDField()
    # Pressure was asked about again, alone and in safety.
    asked_alone = models.CharField(
        max_length=10, choices=[("yes", "Yes"), ("no", "No, it was not safe or possible")]
    )
    words = models.TextField()
    plan = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


class Handover(CaseRow):
    """Another area or service is asked to take the case over; or part of it."""

    wall = "shared"
    append_only = True
    redacts = redactable(service="Service or area", reason="Reason")

    # An agency of the hub that works on the case, or
    to = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    # one outside, by name.
    service = models.CharField(max_length=200, blank=True)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


class HandoverAnswer(CaseRow):
    """The receiver accepts or refuses. An agency of the hub answers for itself."""

    wall = "shared"
    append_only = True
    redacts = redactable(who="Who answered", words="Reason")

    class Said(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"

    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, related_name="answer")
    answer = models.CharField(max_length=10, choices=Said.choices)
    # Of a service outside: who said so.
    who = models.CharField(max_length=200, blank=True)
    words = models.TextField()


class HandoverOutcome(CaseRow):
    """Outcome of what was handed over, asked for later."""

    wall = "shared"
    append_only = True
    redacts = redactable(words="Outcome")

    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, related_name="outcome")
    words = models.TextField()


class Identified(RowOfAnyPartition):
    """An anonymous stalker was identified: from then on the hours of the decision count."""

    append_only = True

    identified_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]
        verbose_name_plural = "identified"


class IdentityDecision(RowOfAnyPartition):
    """Decision to tell the victim who it is, or not, with the reasons; somebody else authorises it."""

    append_only = True
    redacts = redactable(
        necessity="Necessity",
        proportionality="Proportionality",
        risk_victim="Risk to the victim",
        risk_suspect="Risk to the suspect",
    )

    class Decision(models.TextChoices):
        DISCLOSE = "disclose", "Tell the victim"
        WITHHOLD = "withhold", "Do not tell the victim"

    identified = models.ForeignKey(Identified, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    necessity = models.TextField()
    proportionality = models.TextField()
    risk_victim = models.TextField()
    risk_suspect = models.TextField()
    authoriser = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


class IdentityAuthorised(RowOfAnyPartition):
    """The named person authorises the decision, or does not. The database takes nobody else's answer."""

    append_only = True
    redacts = redactable(words="Reason")

    decision = models.OneToOneField(IdentityDecision, on_delete=models.PROTECT, related_name="authorised")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    words = models.TextField()


class IdentityTold(RowOfAnyPartition):
    """The victim was given the message, in these words."""

    append_only = True
    redacts = redactable(message="Message to the victim")

    decision = models.OneToOneField(IdentityDecision, on_delete=models.PROTECT, related_name="told")
    message = models.TextField()
    told_at = models.DateTimeField()


class FileAudit(RowOfAnyPartition):
    """Somebody who leads audited the file: one question of a sample, and the answer."""

    append_only = True
    redacts = redactable(words="Findings")

    class Said(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"

    # A code of the code set "audit_kinds".
    what = models.CharField(max_length=30)
    answer = models.CharField(max_length=3, choices=Said.choices)
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]
