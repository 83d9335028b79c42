"""Notes and tasks of people on the case, and the time each person last opened it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from lamplighter.hub.access.models import RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import BY_ROW

OWN_AGENCY = "owner_id = (SELECT access.agency())"


class Note(RowOfAnyPartition):
    """One version of a note, a call, a visit, a decision or an email, on a side or shared.

    A correction is a new row that ``replaces`` the one before. The one before is
    then read by the agency that wrote it alone: what was written by mistake is
    out of the sight of the others, and is not lost. The database keeps the words
    of every version as they were written (``wall.sql``).
    """

    redacts = redactable(with_whom="Who with", words="Text", reason="Why it was corrected")

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        CALL = "call", "Phone call"
        VISIT = "visit", "Visit or meeting"
        DECISION = "decision", "Decision"
        EMAIL = "email", "Email"

    wall_reads = f"({row_security.reads(BY_ROW)} AND (replaced_at IS NULL OR {OWN_AGENCY}))"
    wall_changes = f"({row_security.changes(BY_ROW)} AND {OWN_AGENCY})"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    happened_at = models.DateTimeField()
    with_whom = models.CharField(max_length=200, blank=True)
    words = models.TextField()
    # The key of the first version, which the line of the history carries.
    first = models.UUIDField()
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # Why it was corrected or struck out.
    reason = models.TextField(blank=True)
    # It should never have been written here: no words stand.
    struck = models.BooleanField(default=False)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first"], condition=models.Q(replaced_at=None), name="one_standing_version_a_note"
            )
        ]
        indexes = [models.Index(fields=["case", "first"])]


class LastVisit(models.Model):
    """Time at which one person last opened one case. Nobody else reads it."""

    wall = "own"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    # The latest look at the case, and the last look of the visit before this one.
    seen_at = models.DateTimeField()
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="one_last_visit_a_case")]

    def __str__(self) -> str:
        return f"Visit {self.pk}"
