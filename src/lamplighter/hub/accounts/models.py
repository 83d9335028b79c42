"""Agencies, the people who sign in, and the tokens of their feeds."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Agency(models.Model):
    """An organisation that sends reports or works with them. ``code`` is what reports carry."""

    wall = "open"

    class Kind(models.TextChoices):
        POLICE = "police", "Police force"
        HEALTH = "health", "Health service"
        PROBATION = "probation", "Probation service"
        ADVOCACY = "advocacy", "Advocacy or helpline"
        HUB = "hub", "The hub itself"

    code = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.POLICE)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    COORDINATOR = "coordinator", "Hub coordinator"
    INVESTIGATOR = "investigator", "Investigator"
    STALKING_LEAD = "stalking_lead", "Stalking lead"
    PROBATION = "probation", "Probation officer"
    CLINICIAN = "clinician", "Clinician"
    ADVOCATE = "advocate", "Advocate"
    ADMINISTRATOR = "administrator", "Administrator"
    ANALYST = "analyst", "Analyst"
    AUDITOR = "auditor", "Auditor"


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who signs in: one agency, one role."""

    wall = "open"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField("name", max_length=120)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "role"]

    def __str__(self) -> str:
        return f"User {self.pk}"


class FeedToken(models.Model):
    """What a source system shows at the JSON endpoint. Only a digest is kept."""

    wall = "open"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="feed_tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Feed token {self.pk}"
