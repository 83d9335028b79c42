"""Credentials a person signs in with, and text held for them: own rows that nobody else reads."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from lamplighter.hub.accounts import encryption

SEED_USE = "authenticator app"
LONGEST_WAIT = 5 * 60  # seconds after wrong codes: 288 tries a day, of a million codes


class AuthenticatorApp(TOTPDevice):  # type: ignore[misc]  # django-otp has no types
    """An app that shows six digits. The library's device, with its seed encrypted in the database."""

    wall = "own"

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The seed, 20 bytes."""
        return encryption.unseal(self.key, use=SEED_USE, of=self.user_id)

    def verify_is_allowed(self) -> Any:
        """Return whether a code is looked at now, and where not why: never for longer than ``LONGEST_WAIT``.

        The library doubles the wait with every wrong code, without an end: whoever knows the password could
        lock the app for a month.
        """
        allowed, why = super().verify_is_allowed()
        return (allowed, why) if allowed or self.seconds_to_wait() else (True, None)

    def seconds_to_wait(self) -> float:
        """Return for how long no code is looked at after wrong ones; 0 for not at all."""
        if not self.throttling_failure_count or self.throttling_failure_timestamp is None:
            return 0
        # Ten doublings are past the ceiling already.
        doubled = self.get_throttle_factor() * 2 ** min(self.throttling_failure_count - 1, 10)
        since = (timezone.now() - self.throttling_failure_timestamp).total_seconds()
        return float(max(0, min(doubled, LONGEST_WAIT) - since))

    @staticmethod
    def sealed(seed: bytes, user_id: int) -> str:
        """The seed as ``key`` holds it: 64 characters, of the 80 that the column has."""
        return encryption.seal(seed, use=SEED_USE, of=user_id)


class Own(models.Model):
    """A row of one person."""

    wall = "own"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key}"


class Passkey(Own):
    """A key that stays in somebody's device; we hold its public half."""

    # Random, made by the device; the standard asks that no two people have the same.
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=60)
    last_used_at = models.DateTimeField(null=True)


class RecoveryCode(Own):
    """One of ten codes for the day the telephone is lost. Only a keyed digest is stored."""

    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "digest"])]


class ExternalIdentity(Own):
    """Identity of this person at their organisation's identity provider."""

    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_a_subject")
        ]


class SignedIn(Own):
    """One session: when it began and with what. Of its key only a digest is stored."""

    how = models.CharField(max_length=20)
    # The person's stamp at the time: a session with an older one has been ended.
    stamp = models.CharField(max_length=32)
    session = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "at"])]


class AtTheDoor(Own):
    """Somebody who gave a right password and has not shown the second step yet; how often they tried.

    Counted here and not in the session, which two tries at the same moment would both read first.
    """

    tries = models.PositiveSmallIntegerField(default=0)


class KeptText(Own):
    """Text that somebody had typed when their session ran out, encrypted, for one day."""

    sealed = models.TextField()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "at"])]


class FormDraft(Own):
    """Draft of a form that is not saved yet, encrypted; ``at`` is the time of its last change."""

    form = models.CharField(max_length=40)
    # A keyed digest of the case or report that it is about.
    about = models.CharField(max_length=40)
    sealed = models.TextField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "form", "about"], name="one_draft_of_a_form")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["at"])]
