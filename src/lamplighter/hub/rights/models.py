"""Requests for one's own data, what was decided about each item, how long records are kept, and holds."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.models import RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.cases.models import Party

OWN_AGENCY = "owner_id = (SELECT access.agency())"
HANDLERS = f"((SELECT access.role()) = ANY({row_security.texts(CASEWORK)}) AND {OWN_AGENCY})"


class SubjectRequest(models.Model):
    """Somebody asked an agency what is held about them. Only that agency's people see that they asked.

    It looks the same and takes the same course whether or not anything is held.
    """

    wall = "oversight"
    wall_reads = HANDLERS
    wall_adds = HANDLERS
    wall_changes = HANDLERS

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=200)
    also_known_as = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True)
    received_on = models.DateField()
    identity_how = models.TextField()
    # The owners of records decide until then, counted from ``collected_at``; before that, a forecast.
    decide_by = models.DateField()
    due_on = models.DateField()
    # Put off once, for a reason that they are told; the clock stopped while they were asked what they mean.
    extended_on = models.DateField(null=True)
    extended_why = models.TextField(blank=True)
    paused_on = models.DateField(null=True)
    paused_why = models.TextField(blank=True)
    resumed_on = models.DateField(null=True)
    collected_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    # Who asked, and how they were identified, was taken out then: the period of the request is over.
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "due_on"])]

    def __str__(self) -> str:
        return f"Request {self.key}"


class SubjectItem(RowOfAnyPartition):
    """A row of a case with the person who asked, for its owner to decide about. Nobody else sees it."""

    append_only = True
    written_by_services = True
    wall_reads = f"({row_security.reads('by_row')} AND {OWN_AGENCY})"

    # SubjectRequest.key: its owner and this row's are different agencies, and neither reads the other's.
    request_key = models.UUIDField()
    side = models.CharField(max_length=8, choices=Party.Side.choices)
    # "cases.Entry", and the row's key.
    model = models.CharField(max_length=80)
    row_key = models.UUIDField()
    decide_by = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "decide_by"]),
            models.Index(fields=["request_key"]),
        ]


class SubjectDecision(RowOfAnyPartition):
    """Decision of the owner about one item, and the version that the person gets. The newest row stands."""

    append_only = True
    wall_reads = f"({row_security.reads('by_row')} AND {OWN_AGENCY})"
    redacts = redactable(
        reason="Reason",
        disclosed_how="How they know",
        opinion="Opinion of a health professional",
        title="Title",
        text="Text they get",
    )
    redacts_quietly = True

    class Kind(models.TextChoices):
        GIVE = "give", "Give it"
        WITHHOLD = "withhold", "Withhold it"
        # By the service, when the days went by: no decision of the owner, and none that withholds.
        NOBODY = "nobody", "Nobody decided in time: not given"

    item = models.ForeignKey(SubjectItem, on_delete=models.PROTECT, related_name="decisions")
    side = models.CharField(max_length=8, choices=Party.Side.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    exemption = models.CharField(max_length=40, blank=True)
    # Why it is given or withheld, and what was taken out.
    reason = models.TextField()
    # The person knows this already, from somebody who may tell them.
    disclosed_to_subject = models.BooleanField(default=False)
    disclosed_how = models.TextField(blank=True)
    # They know it because it is theirs: what they said, wrote or did themselves.
    own = models.BooleanField(default=False)
    # Of health data: which health professional said what about serious harm, and when.
    opinion = models.TextField(blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(side="suspect", kind="give") | models.Q(disclosed_to_subject=True),
                name="the_reported_get_what_they_know",
            )
        ]
        indexes = [models.Index(fields=["item", "-id"])]


class RetentionDecision(RowOfAnyPartition):
    """Decision of the owning agency about what it holds of a case. The newest of an owner stands."""

    append_only = True
    redacts = redactable(reason="Reason")

    class Kind(models.TextChoices):
        KEEP = "keep", "Keep it"
        ERASE = "erase", "Erase it"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    period = models.CharField(max_length=40)
    keep_until = models.DateField(null=True)
    # Why it is erased before its period has ended, by the rules of that day; "" where it has ended.
    early = models.CharField(max_length=40, blank=True)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "owner", "-id"])]


class Hold(RowOfAnyPartition):
    """Nothing of the case may be erased while it stands: disclosure under CPIA 1996, a claim, an inquiry."""

    redacts = redactable(reason="Reason", ended_why="Why it ended")

    reason = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["case"], condition=models.Q(ended_at=None), name="standing_holds")]


class ErasedPart(RowOfAnyPartition):
    """An owner's part of the case is gone. It says nothing of what it was."""

    append_only = True

    decision_key = models.UUIDField()


class ErasureApproval(RowOfAnyPartition):
    """A second person of the agency says yes to a decision to erase. The database refuses the first one."""

    append_only = True

    decision = models.OneToOneField(RetentionDecision, on_delete=models.PROTECT, related_name="approval")


class Erasure(models.Model):
    """The line of the ledger: what was erased, by keys that say nothing.

    A copy of the hub that was made before must lose it again when it comes back.
    """

    wall = "oversight"
    append_only = True
    written_by_services = True
    wall_reads = "((SELECT access.role()) = 'auditor')"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now)
    case_key = models.UUIDField()
    # The code of the agency whose part it was; of a whole case, of the last that decided.
    agency = models.CharField(max_length=60)
    whole = models.BooleanField()
    # intake.ReportVersion.key of the reports that went with it.
    report_keys = ArrayField(models.UUIDField(), default=list)

    def __str__(self) -> str:
        return f"Erasure {self.key}"
