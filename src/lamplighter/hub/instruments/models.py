"""Licences of instruments, versions that were answered, and answers on a case. Rows are only ever added."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.models import RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts.models import Role
from lamplighter.instruments.answers import TITLES

KEEPERS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})


class OfNoCase(models.Model):
    """A row of the register: everybody who works with the hub reads it."""

    wall = "instruments"
    append_only = True

    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class Licence(OfNoCase):
    """A licence as somebody recorded it. Of one code and reference the newest row counts."""

    wall_adds = (
        f"((SELECT access.role()) = ANY({row_security.texts(KEEPERS)}) AND by_id = (SELECT access.actor()))"
    )

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=40)
    holder = models.CharField(max_length=300)
    reference = models.CharField(max_length=200)
    valid_from = models.DateField()
    # The first day on which it does not hold any more.
    valid_until = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["code", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="instruments_licence_is_a_period",
            )
        ]


class UsedVersion(OfNoCase):
    """A version as it was when somebody first answered it. Its text stays, whatever becomes of the file."""

    wall_adds = f"((SELECT access.role()) = ANY({row_security.texts(CASEWORK)}))"

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="instruments_version_used_once")
        ]


class Sheet(RowOfAnyPartition):
    """An instrument that somebody answers on a case: a draft of theirs, until it is submitted.

    ``digest`` is the hash of the version that it was begun with, and it is finished with no other.
    ``corrects``: the submitted one in whose place it comes.
    """

    append_only = True

    instrument = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]
        verbose_name = "instrument"


class SheetAnswer(RowOfAnyPartition):
    """One answer on a sheet. The newest of each item counts, and those before it stay."""

    append_only = True
    redacts = redactable(words="In words")

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=[(str(s), words) for s, words in TITLES.items()])
    # A code of the instrument, codes, a whole number or a day; free words are in ``words``.
    value = models.JSONField(null=True)
    words = models.TextField(blank=True)
    # Keys of lines of the history: those are never changed, so that a key is a version.
    cites = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["sheet", "item", "-id"])]
        verbose_name = "answer"


class SheetEnd(RowOfAnyPartition):
    """The end of a draft: submitted, with what was asked and what counted; or set aside."""

    append_only = True

    class How(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        SET_ASIDE = "set_aside", "Set aside"

    class Training(models.TextChoices):
        VALID = "valid", "In date"
        NOT_VALID = "not_valid", "Not in date"
        NOT_NEEDED = "not_needed", "None is asked for"

    sheet = models.OneToOneField(Sheet, on_delete=models.PROTECT, related_name="end")
    how = models.CharField(max_length=12, choices=How.choices)
    digest = models.CharField(max_length=64, blank=True)
    # Codes of what was asked, in order; and the key of the answer that counted of each.
    path = models.JSONField(default=list)
    counted = models.JSONField(default=dict)
    training = models.CharField(max_length=10, choices=Training.choices)
    topic = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = "end of an instrument"
