"""That somebody tried to sign in and did not get in. Never what they typed.

Who came and who went is written down where the second factor is asked
(``accounts.sign_in.signing_in``).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_login_failed

from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services
from lamplighter.hub.audit.models import Operation


def _tried(sender: Any, credentials: dict[str, Any], **rest: Any) -> None:
    """An account that is there is named by its key; what was typed for one that is not can be a password."""
    typed = str(credentials.get("username") or "")
    known = User.objects.called(typed) if typed else None
    subject = f"user {known.key}" if known else "no such user"
    services.record(None, "accounts.sign_in_failed", subject, operation=Operation.ACCESS)


def connect() -> None:
    user_login_failed.connect(_tried, dispatch_uid="audit.tried")
