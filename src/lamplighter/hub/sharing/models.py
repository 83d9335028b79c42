"""A release across the wall: what was shown, what the register says of it, why it was right, and its end.

Four tables, because four sets of people read them. The recipient reads
:class:`Release` until it ends and :class:`Disclosure` for good; where it came
from, the grounds and the reason for taking it back stay with those who released.
A fifth, :class:`Receipt`, each recipient keeps for itself.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, partition_choices, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.sharing import walls

# Everybody on the case reads what is shared, so where she lives can go to neither.
NEVER_FROM_THE_VAULT = ("shared", "health")


class Crossing(CaseRow):
    """From where to where, and until when."""

    wall = "release"
    wall_changes = walls.changes()

    from_partition = models.CharField(max_length=10, choices=partition_choices)
    to_partition = models.CharField(max_length=10, choices=partition_choices)
    # Codes of agencies; empty: everybody on the case who reads that partition.
    to_agencies = ArrayField(models.CharField(max_length=60), default=list)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


def _vault_stays(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~models.Q(from_partition="vault", to_partition__in=NEVER_FROM_THE_VAULT), name=name
    )


class Disclosure(Crossing):
    """A line of the register: who released what kind of thing to whom, on what basis. No content."""

    wall_reads = walls.register_reads()

    # Codes of rules.toml.
    kind = models.CharField(max_length=40)
    basis = models.CharField(max_length=40)
    threshold = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            _vault_stays("register_vault_stays"),
            models.CheckConstraint(
                condition=~models.Q(from_partition="advocacy", to_partition__in=("police", "shared"))
                | models.Q(basis="consent")
                | ~models.Q(threshold=""),
                name="confidence_needs_consent_or_threshold",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-at"]),
            models.Index(fields=["owner", "-at"]),
            # What is new, ends soon or was taken back lately, of every case.
            models.Index(fields=["-at"], name="new_disclosures"),
            models.Index(fields=["expires_at"], name="ending_disclosures"),
            models.Index(
                fields=["withdrawn_at"],
                condition=models.Q(withdrawn_at__isnull=False),
                name="withdrawn_disclosures",
            ),
        ]


class Release(Crossing):
    """The released version: text written for the recipient. Nothing here leads to where it came from."""

    wall_reads = walls.reads()
    redacts = redactable(title="Title", text="Text")

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="releases")
    title = models.CharField(max_length=200)
    text = models.TextField()

    class Meta:
        constraints = [_vault_stays("release_vault_stays")]
        indexes = [models.Index(fields=["case", "-at"])]


class Grounds(RowOfAnyPartition):
    """Reasons why it was necessary and proportionate, whose consent it rests on, and what it was taken from.

    In the partition that the release came from.
    """

    append_only = True
    redacts = redactable(
        necessity="Why it is necessary",
        proportionality="Why it is proportionate",
        threshold_words="Why the threshold is met",
    )

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="grounds")
    # cases.Entry.key, where it was taken from one; or the key of what went with it.
    source_key = models.UUIDField(null=True)
    necessity = models.TextField()
    proportionality = models.TextField()
    consent_of = models.CharField(max_length=20, blank=True)
    consent_how = models.CharField(max_length=20, blank=True)
    consent_on = models.DateField(null=True)
    threshold_words = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "grounds"


class Withdrawal(RowOfAnyPartition):
    """Reason for a withdrawal: for those who released it."""

    append_only = True
    redacts = redactable(reason="Why it was withdrawn")

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="withdrawals")
    reason = models.TextField()


class Receipt(RowOfAnyPartition):
    """Somebody of a receiving agency opened a release: they know of it, or that it was withdrawn, or ends.

    In the partition that it went to; only that agency's people see it. It says nothing of what was released.
    """

    append_only = True
    wall_reads = f"({row_security.reads('by_row')} AND owner_id = (SELECT access.agency()))"

    class Kind(models.TextChoices):
        RELEASED = "released", "Released"
        ENDING = "ending", "Ends soon"
        WITHDRAWN = "withdrawn", "Withdrawn"

    # Disclosure.key: its owner and this row's are different agencies, and each is erased by its own.
    disclosure_key = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        indexes = [models.Index(fields=["owner", "disclosure_key"])]


# The reason that itself gives away what it protects.
IMMIGRATION = "immigration_status"


class Refusal(RowOfAnyPartition):
    """Something that was asked for and is not shared, and why: for the side that refused, and nobody else."""

    append_only = True
    redacts = redactable(asked_by="Who asked", words="What was asked, and what was said")

    # A code of refusals.toml.
    reason = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=200)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=IMMIGRATION) | models.Q(partition="advocacy"),
                name="immigration_status_stays_with_advocates",
            ),
            models.CheckConstraint(condition=~models.Q(partition="shared"), name="a_refusal_is_not_shared"),
        ]
        indexes = [models.Index(fields=["case", "-at"])]
