"""Columns of every row on a case; emergency access; people blocked from a case."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import AREAS, CASE_PARTITIONS, OVERSIGHT


def partition_choices() -> list[tuple[str, str]]:
    """Return the partitions of a case. A function, so that another one needs no migration."""
    return [(name, name.capitalize()) for name in CASE_PARTITIONS]


def area_choices() -> list[tuple[str, str]]:
    """Return what emergency access can open."""
    return [(name, name.capitalize()) for name in AREAS]


def redactable(**labels: str) -> Mapping[str, str]:
    """Return what a model's ``redacts`` holds: its columns of free text, and what people call them."""
    return MappingProxyType(labels)


class CaseRow(models.Model):
    """A row of a case: whose case, which agency owns it, who wrote it and when.

    Sub-classes say ``wall = "<partition>"`` and, where rows are only ever
    added, ``append_only = True``. ``key`` is what addresses carry: random, so
    that nobody learns from it how many there are or which came first. Columns in
    which people write are in ``redacts``: what was written there by mistake can be
    taken out (:mod:`lamplighter.hub.access.wall.redaction`). ``redacts_quietly``: not everybody
    who reads the partition may know that there is such a row.
    """

    redacts: Mapping[str, str] = MappingProxyType({})
    redacts_quietly = False

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key}"


class RowOfAnyPartition(CaseRow):
    """A row that says its partition itself."""

    wall = "by_row"
    partition = models.CharField(max_length=10, choices=partition_choices)

    class Meta:
        abstract = True


class Exclusion(models.Model):
    """Somebody who must never open a case: a relative, a neighbour, the person it is about."""

    wall = "oversight"
    wall_adds = (
        "((SELECT access.role()) = ANY("
        f"{row_security.texts({'coordinator', 'stalking_lead', 'administrator'})}))"
    )
    # Not one's own: an update that reads nothing is not held by what one may read.
    wall_changes = f"({wall_adds} AND user_id <> (SELECT access.actor()))"
    # Whoever is kept off must not learn from it that there is a case, whatever their role.
    wall_reads = (
        f"({row_security.readers(OVERSIGHT)} AND user_id <> (SELECT access.actor())"
        " AND NOT access.excluded(case_id))"
    )

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "user"])]

    def __str__(self) -> str:
        return f"Exclusion {self.pk}"


class BreakGlass(models.Model):
    """A partition of a case opened by somebody whom the rule keeps out: for a while, with a reason."""

    wall = "oversight"
    wall_adds = row_security.breaks_glass()
    # Whoever is kept off a case does not learn from the reviews that there is one.
    wall_reads = f"({row_security.reads('oversight')} AND NOT access.excluded(case_id))"
    # They may end it early; reviewers write their own rows.
    wall_changes = "user_id = (SELECT access.actor())"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    partition = models.CharField(max_length=10, choices=area_choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "expires_at"]), models.Index(fields=["case"])]

    def __str__(self) -> str:
        return f"Emergency access {self.key}"


class BreakGlassReview(models.Model):
    """Review by another person. Until there is one, the look stays on the list of reviews."""

    wall = "oversight"
    append_only = True
    _glass = "SELECT 1 FROM public.access_breakglass g WHERE g.id = glass_id"
    wall_reads = f"({row_security.reads('oversight')} AND EXISTS ({_glass}))"
    # Not by the person who broke it.
    wall_adds = (
        f"({row_security.readers(OVERSIGHT)} AND user_id = (SELECT access.actor())"
        " AND NOT access.broke(glass_id))"
    )

    class Finding(models.TextChoices):
        JUSTIFIED = "justified", "It was justified"
        NOT_JUSTIFIED = "not_justified", "It was not justified"

    glass = models.OneToOneField(BreakGlass, on_delete=models.PROTECT, related_name="review")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=16, choices=Finding.choices)
    words = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Review of {self.glass_id}"


def owned(user: Any, case: Any, **values: Any) -> dict[str, Any]:
    """Return the first values of every new row on a case: the case, the writer and the writer's agency."""
    told = {"at": moment.told()} if moment.told() else {}
    return {"case": case, "by": user, "owner_id": user.agency_id, **told, **values}
