from __future__ import annotations

from django.db import models

from lamplighter.hub.access.models import CaseRow, redactable
from lamplighter.hub.cases.models import Party


class Answer(CaseRow):
    """Answer to a question about a child of the case. The newest of each question stands.

    Everybody on the case reads it, those who work with the suspect among them: no address, no school by
    its name. Those are in the vault, with safe contact.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(words="What is known, and who did what")

    class Given(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_KNOWN = "not_known", "Not known yet"

    side = models.CharField(max_length=8, choices=Party.Side.choices)
    # A code of rules.toml.
    question = models.CharField(max_length=40)
    answer = models.CharField(max_length=10, choices=Given.choices)
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "side", "question", "-id"])]
