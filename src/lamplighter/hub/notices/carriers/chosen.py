"""The carrier that the configuration names, with the secrets of this installation."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.notices import rules
from lamplighter.hub.notices.carriers.notify import API, Notify
from lamplighter.hub.notices.carriers.protocol import NOT_SET_UP, Carrier, NotSentError
from lamplighter.hub.notices.carriers.smtp import Smtp
from lamplighter.hub.site import environment

USER, PASSWORD, KEY = "LAMPLIGHTER_SMTP_USER", "LAMPLIGHTER_SMTP_PASSWORD", "LAMPLIGHTER_NOTIFY_KEY"
AUTHORITY = "LAMPLIGHTER_EMAIL_CA"


def carrier(day: dt.date) -> Carrier | None:
    """Return it; ``None`` where no email is sent. Raises :class:`NotSentError` where a secret is missing."""
    row = rules.sending(day).extra
    if row["how"] == "none":
        return None
    if row["how"] == "notify":
        if not (key := environment.value(KEY)):
            raise NotSentError(NOT_SET_UP)
        authority = environment.value(AUTHORITY)
        return Notify(key, row["template"], api=row.get("api", API), authority=authority)
    user, password = environment.value(USER), environment.value(PASSWORD)
    if user and not password:
        raise NotSentError(NOT_SET_UP)
    return Smtp(
        row["host"],
        row["port"],
        row["security"],
        row["sender"],
        row["sender_name"],
        user=user,
        password=password,
        authority=environment.value(AUTHORITY),
    )
