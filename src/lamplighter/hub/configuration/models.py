"""Versions of each part of the configuration: when each came into force, and what it said."""

from __future__ import annotations

import uuid

from django.db import models


class InForce(models.Model):
    """From ``since`` on the hub ran on this content of a part, until the next row of the part."""

    wall = "operations"
    append_only = True
    # Processes of the hub note what they run on; nobody does through a page.
    written_by_services = True

    class NoticedBy(models.TextChoices):
        SITE = "site", "when the site started"
        WORKER = "worker", "when the worker started"
        UPGRADE = "upgrade", "when the hub was upgraded"
        COMMAND = "command", "by a command"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    part = models.CharField(max_length=40)
    # SHA-256 of the texts, in hexadecimal.
    digest = models.CharField(max_length=64)
    # Whether a file of the installation counted.
    own = models.BooleanField()
    # Text by name of file.
    content = models.JSONField()
    software = models.CharField(max_length=40)
    noticed_by = models.CharField(max_length=8, choices=NoticedBy.choices)
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["part", "-since", "-id"])]
        verbose_name_plural = "in force"

    def __str__(self) -> str:
        return f"In force {self.key}"
