from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing somebody did. The database refuses to change or delete a row.

    ``subject`` is an opaque id ("pattern C-7KQ2M9"), never a name; ``detail``
    holds counts and codes, never what was recorded about a person.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"])]  # noqa: RUF012  Django's own attribute

    def __str__(self) -> str:
        return f"Event {self.pk}"
