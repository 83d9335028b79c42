"""Background jobs of accounts."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.credentials import AtTheDoor, SignedIn
from lamplighter.hub.accounts.own_account import drafts, timed_out_text
from lamplighter.hub.accounts.sign_in import sessions

SIGN_INS_KEPT = dt.timedelta(days=90)


@app.periodic(cron="17 * * * *")
@app.task(name="accounts.clear_expired", queue="housekeeping")
def clear_expired(timestamp: int) -> None:
    """Kept text after a day, drafts after their time, ended sessions, and old sign-ins (the audit keeps its
    own)."""
    clear()


def clear() -> int:
    with identity.job("clear what has expired"):
        cleared = timed_out_text.forget_expired() + drafts.forget_expired()
        sessions.clear_expired()
        AtTheDoor.objects.filter(at__lt=timezone.now() - dt.timedelta(days=1)).delete()
        SignedIn.objects.filter(at__lt=timezone.now() - SIGN_INS_KEPT).delete()
    return cleared
