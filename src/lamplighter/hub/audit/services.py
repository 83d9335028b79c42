from __future__ import annotations

from typing import Any

from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.models import Event


def record(actor: User | None, verb: str, subject: str, **detail: Any) -> Event:
    """Write down that ``actor`` (``None`` for the system) did ``verb`` to an opaque ``subject``."""
    return Event.objects.create(actor=actor, verb=verb, subject=subject, detail=detail)
