"""A structured audit of a file: what somebody who did not work on it answers to set questions."""

from __future__ import annotations

from django.db import models

from lamplighter.hub.access.models import CaseRow
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import SENIOR, SHARED


class FileAudit(CaseRow):
    """Answers of one audit of a file; the newest of a case stands. It has no words: nothing here is scored.

    Leads and coordinators on the case read it: whoever wrote the file is not told by a row, but by a person.
    """

    wall = "shared"
    append_only = True
    _senior = f"(SELECT access.role() = ANY({row_security.texts(SENIOR)}))"
    wall_reads = f"({row_security.case_reads(SHARED)} AND {_senior})"
    wall_adds = f"({row_security.adds('shared')} AND {_senior})"

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_TOLD = "not_known", "It cannot be told from the file"

    # Words that make the behaviour smaller than it was; decisions that treat it as smaller.
    language = models.CharField(max_length=10, choices=Answer.choices)
    decisions = models.CharField(max_length=10, choices=Answer.choices)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]  # noqa: RUF012  Django's own attribute

    @property
    def minimising(self) -> str:
        """Return how the file is rated: "yes" where language or decisions minimise, "no" where neither."""
        given = {self.language, self.decisions}
        return "yes" if "yes" in given else "no" if given == {"no"} else "not_known"
