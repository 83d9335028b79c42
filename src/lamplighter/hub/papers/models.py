"""Keep what stood on a paper, and what became of it: each version, each issue and each withdrawal a row."""

from __future__ import annotations

import uuid

from django.db import models

from lamplighter.hub.access.models import RowOfAnyPartition, redactable


class Paper(RowOfAnyPartition):
    """One version of a paper, as it was made: its outline at ``at``, by whom. A draft, until it is issued.

    Versions of one paper share a ``thread``. Two versions for two readers, such as the court and the
    respondent, share the number too (``for_whom``). ``digest``: SHA-256 of the outline as it was made, which
    a word taken out later does not change.
    """

    append_only = True
    redacts = redactable(outline="Paper", given="What was typed for the paper")

    # A key of kinds.KINDS.
    kind = models.CharField(max_length=40)
    thread = models.UUIDField(default=uuid.uuid4)
    number = models.PositiveSmallIntegerField()
    for_whom = models.CharField(max_length=12, blank=True)
    outline = models.JSONField()
    given = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number", "for_whom"], name="papers_version")
        ]
        indexes = [models.Index(fields=["case", "-id"])]


class Issue(RowOfAnyPartition):
    """The paper left the hub: to whom, on what basis, and the SHA-256 of each form as it was given out."""

    append_only = True
    redacts = redactable(recipient="To whom", why="Why it is needed")

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="issue")
    recipient = models.CharField(max_length=200)
    # A code of the legal bases.
    basis = models.CharField(max_length=40)
    why = models.TextField()
    # {"pdf": "…"}
    digests = models.JSONField(default=dict)


class PaperWithdrawal(RowOfAnyPartition):
    """The paper is not to be used any more, for this reason."""

    append_only = True
    redacts = redactable(reason="Reason")

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
