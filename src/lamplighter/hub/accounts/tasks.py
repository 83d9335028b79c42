"""Background jobs of accounts."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.hub.access import identity
from lamplighter.hub.accounts import drafts, kept, sessions
from lamplighter.hub.accounts.held import AtTheDoor, SignedIn

SIGN_INS_KEPT = dt.timedelta(days=90)


@app.periodic(cron="17 * * * *")
@app.task(name="accounts.clear_expired", queue="housekeeping")
def clear_expired(timestamp: int) -> None:
    """Kept text after a day, drafts after their time, ended sessions, and old sign-ins (the audit keeps its
    own)."""
    clear()


def clear() -> int:
    with identity.job("clear what has expired"):
        cleared = kept.forget_expired() + drafts.forget_expired()
        sessions.clear_expired()
        AtTheDoor.objects.filter(at__lt=timezone.now() - dt.timedelta(days=1)).delete()
        SignedIn.objects.filter(at__lt=timezone.now() - SIGN_INS_KEPT).delete()
    return cleared
